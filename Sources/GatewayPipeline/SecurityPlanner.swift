import GatewaySettings
import KeySetFetching
import OpenAPIDocuments
import SourceDiagnostics
import TrafficPolicies

/// Builds the credential policies of the settings, each once, and from them and the documents what every operation asks
/// of its callers.
///
/// What cannot be carried out is an error here: a scheme bound to a policy that looks elsewhere, scopes of a key, a
/// broken list of keys. Nothing is let through because something could not be built.
struct SecurityPlanner {
    /// Everything found so far.
    private(set) var diagnostics: [Diagnostic] = []
    /// The policies that could be built, by name.
    private var policies: [String: CredentialPolicy] = [:]

    /// The schemes of one document with what carries them out.
    struct Schemes {
        /// By the scheme's name; schemes with errors are missing, and then nothing is served.
        fileprivate var bindings: [String: SchemeBinding] = [:]
        /// What undeclared requests need: the document's own `security`.
        fileprivate var general: [Requirement] = []
    }

    /// One alternative, as plain data.
    fileprivate typealias Requirement = [(scheme: String, scopes: [String], range: SourceRange)]

    /// Builds the policies.
    init(_ settings: GatewaySettings) {
        let asksForCertificates = settings.listeners.contains { $0.value.tls?.clientCA != nil }
        for policy in settings.policies where policy.value.authenticates {
            if case .clientCertificate = policy.value.kind, !asksForCertificates {
                diagnostics.append(
                    Diagnostic(
                        .warning, "no-client-ca",
                        "the policy \"\(policy.name)\" asks for certificates, and no listener does: nobody will pass",
                        at: policy.range, suggestion: "set tls.clientCA of a listener"))
            }
            do throws(CredentialPolicyError) {
                policies[policy.name] = try build(policy)
            } catch {
                report(error, subject: "the policy \"\(policy.name)\"", at: policy.range)
            }
        }
    }

    /// Builds one policy.
    private mutating func build(_ policy: Named<PolicySettings>) throws(CredentialPolicyError) -> CredentialPolicy? {
        switch policy.value.kind {
        case .apiKey(let settings):
            let entries = settings.keys.map { entry in
                (key: entry.key.withBytes { $0 }, consumer: entry.consumer)
            }
            let place = CredentialPlace(settings.location)
            return CredentialPolicy(name: policy.name, kind: .apiKey(try APIKeyPolicy(place: place, entries: entries)))
        case .basic(let settings):
            let users = settings.users.withBytes { $0 }
            return CredentialPolicy(
                name: policy.name, kind: .basic(try BasicPolicy(users: users, realm: settings.realm)))
        case .jwt(let settings):
            return CredentialPolicy(name: policy.name, kind: .jwt(try token(settings, at: policy.range)))
        case .clientCertificate(let settings):
            let built = try ClientCertificatePolicy(subjects: settings.subjects, names: settings.names)
            return CredentialPolicy(name: policy.name, kind: .clientCertificate(built))
        case .rateLimit, .concurrency, .cors, .ip, .headers: return nil
        }
    }

    /// Builds a policy for tokens.
    private mutating func token(
        _ settings: JWTPolicySettings, at range: SourceRange
    ) throws(CredentialPolicyError) -> JWTPolicy {
        let algorithms = Set(settings.algorithms.compactMap { SignatureAlgorithm(rawValue: $0.rawValue) })
        return try JWTPolicy(
            issuer: settings.issuer, audiences: settings.audiences, algorithms: algorithms,
            leeway: settings.leeway.components.seconds, keys: try keys(settings, algorithms, at: range))
    }

    /// Where a policy for tokens finds its keys. Nothing is fetched here: what `check` says depends on files alone.
    private mutating func keys(
        _ settings: JWTPolicySettings, _ algorithms: Set<SignatureAlgorithm>, at range: SourceRange
    ) throws(CredentialPolicyError) -> KeySource {
        switch settings.keys {
        case .file(let path, let content):
            do throws(CredentialPolicyError) {
                return .fixed(try JWKSet(parsing: content.withBytes { $0 }, algorithms: algorithms))
            } catch {
                throw CredentialPolicyError(error.code, "\(path): \(error.message)")
            }
        case .url(let url, let fetching):
            guard !algorithms.contains(where: \.isSymmetric) else {
                throw CredentialPolicyError(
                    "jwks-of-secrets",
                    "algorithms allows HMAC, and jwks is a URL (\(url)): a secret that can be fetched is none")
            }
            if let file = fetching.authorities {
                guard file.content.withBytes({ KeySetFetcher.certificateCount(inPEM: $0) }) != nil else {
                    throw CredentialPolicyError("invalid-certificate", "\(file.path) holds no certificate in PEM")
                }
            }
            if url.scheme == "http", !Self.isLoopback(url.host) {
                diagnostics.append(
                    Diagnostic(
                        .warning, "jwks-without-tls",
                        "the keys of \(url) come over http: whoever is on the way can put in others", at: range,
                        suggestion: "fetch them by https"))
            }
            return .fetched(KeySetOrigin(url, fetching, algorithms))
        }
    }

    /// Whether a host is this machine (RFC 6761 §6.3, RFC 1122 §3.2.1.3).
    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host.hasSuffix(".localhost") || host.hasPrefix("127.") || host == "::1"
    }

    // MARK: Schemes

    /// Joins the schemes of a document with what the API's settings bind them to.
    mutating func schemes(of document: OpenAPIDocument, api: Named<APISettings>) -> Schemes {
        var schemes = Schemes()
        schemes.general = Self.generalRequirements(of: document)
        if case .schemes(let targets) = api.value.security {
            for target in targets where document.securitySchemes[target.name] == nil {
                diagnostics.append(
                    Diagnostic(
                        .error, "unknown-security-scheme",
                        "the document of the API \"\(api.name)\" has no security scheme \"\(target.name)\"",
                        at: target.range,
                        suggestion: NearestName.suggestion(
                            among: document.securitySchemes.keys.sorted(), to: target.name)))
            }
        }
        for (name, scheme) in document.securitySchemes.sorted(by: { $0.key < $1.key }) {
            guard let target = api.value.security.target(of: name) else { continue }
            let description = SchemeDescription(scheme)
            switch target {
            case .upstream: schemes.bindings[name] = SchemeBinding(upstream: description)
            case .policy(let policyName):
                // A policy that could not be built has been reported.
                guard let policy = policies[policyName] else { continue }
                do throws(CredentialPolicyError) {
                    schemes.bindings[name] = try SchemeBinding(description, policy: policy)
                } catch {
                    diagnostics.append(
                        Diagnostic(
                            .error, error.code, error.message, at: Self.range(of: name, in: api),
                            notes: [Diagnostic.Note("the scheme", at: scheme.node.keyRange ?? scheme.node.range)]))
                }
            }
        }
        guard api.value.undeclared != .reject else { return schemes }
        for need in schemes.general.joined() where api.value.security.target(of: need.scheme) == nil {
            diagnostics.append(SecurityBindings.unbound(need.scheme, at: need.range, api: api))
        }
        return schemes
    }

    /// Where a scheme is bound.
    private static func range(of scheme: String, in api: Named<APISettings>) -> SourceRange {
        guard case .schemes(let targets) = api.value.security else { return api.range }
        return targets.first { $0.name == scheme }?.range ?? api.range
    }

    /// `security` of the document itself: what holds where no operation says otherwise.
    private static func generalRequirements(of document: OpenAPIDocument) -> [Requirement] {
        guard let list = document.root["security"], list.kind == .array else { return [] }
        return list.elements.map { requirement in
            requirement.members.map { member in
                (member.name, member.value.elements.compactMap(\.string), member.key.range)
            }
        }
    }

    // MARK: Compositions

    /// What one called operation asks of callers, so that a composition can ask for all of it at once.
    struct OperationNeeds {
        /// One of these has to hold; none where nothing is asked for.
        let alternatives: [[SecurityRequirementPlan.Need]]
        /// The names of all policies of the operation.
        let policies: [Setting<String>]

        /// Whether a credential is left to the service to check: then nobody here knows whose reply it gives.
        var leavesToService: Bool { alternatives.joined().contains { !$0.isCheckedHere } }
    }

    /// What a declared operation asks of callers.
    func needs(
        of requirements: [SecurityRequirement], _ schemes: Schemes, use policies: [Setting<String>]
    ) -> OperationNeeds {
        OperationNeeds(
            alternatives: requirements.map { requirement in
                requirement.needs.compactMap { need in
                    schemes.bindings[need.scheme].map { SecurityRequirementPlan.Need($0, scopes: need.scopes) }
                }
            }, policies: policies)
    }

    /// Most ways in that are looked at for one composition.
    private static let mostAlternatives = 16

    /// What a composition asks of its callers: everything that the called operations ask for, one of the policies of its
    /// own `security`, and each of its `use`. Nil where that is nothing, and where it cannot be carried out, which is
    /// reported.
    mutating func plan(
        composition name: String, calling needs: [OperationNeeds], oneOf own: [Setting<String>],
        use: [Setting<String>], at range: SourceRange
    ) -> SecurityRequirementPlan? {
        var alternatives: [[SecurityRequirementPlan.Need]] = [[]]
        for operation in needs where !operation.alternatives.isEmpty {
            alternatives = alternatives.flatMap { way in operation.alternatives.map { way + $0 } }
            guard alternatives.count <= Self.mostAlternatives else {
                let text = "the called operations ask for credentials in more than \(Self.mostAlternatives) ways"
                diagnostics.append(Diagnostic(.error, "unmet-security", text, at: range))
                return nil
            }
        }
        if !own.isEmpty {
            alternatives = alternatives.flatMap { way in
                own.compactMap { policies[$0.value] }.map { way + [SecurityRequirementPlan.Need(SchemeBinding($0))] }
            }
        }
        let possible = alternatives.filter { way in
            way.allSatisfy { need in way.allSatisfy { need.binding.goesTogether(with: $0.binding) } }
        }
        guard !possible.isEmpty else {
            let text = "the called operations ask for credentials that no request can show at once"
            diagnostics.append(Diagnostic(.error, "unmet-security", text, at: range))
            return nil
        }
        let always = (use + needs.flatMap(\.policies)).reduce(into: [String]()) { names, policy in
            if !names.contains(policy.value) { names.append(policy.value) }
        }
        do throws(CredentialPolicyError) {
            let plan = try SecurityRequirementPlan(
                requirements: possible, always: always.compactMap { policies[$0] })
            return plan.isTrivial ? nil : plan
        } catch {
            report(error, subject: "the composition \"\(name)\"", at: range)
            return nil
        }
    }

    // MARK: Plans

    /// What a declared operation asks of its callers; nil where that is nothing.
    ///
    /// - Parameter policies: The names of all policies that `use` gives the operation.
    mutating func plan(
        _ requirements: [SecurityRequirement], _ schemes: Schemes, use policies: [Setting<String>],
        api: Named<APISettings>
    ) -> SecurityRequirementPlan? {
        let plain = requirements.map { requirement in requirement.needs.map { ($0.scheme, $0.scopes, $0.range) } }
        return compile(plain, schemes, policies, api)
    }

    /// What an undeclared request has to show: what the document asks of everybody.
    mutating func undeclaredPlan(
        _ schemes: Schemes, use policies: [Setting<String>], api: Named<APISettings>
    ) -> SecurityRequirementPlan? {
        compile(schemes.general, schemes, policies, api)
    }

    private mutating func compile(
        _ requirements: [Requirement], _ schemes: Schemes, _ use: [Setting<String>], _ api: Named<APISettings>
    ) -> SecurityRequirementPlan? {
        var alternatives: [[SecurityRequirementPlan.Need]] = []
        for requirement in requirements {
            // A scheme without binding has been reported, and a snapshot with an error is never served.
            alternatives.append(
                requirement.compactMap { need in
                    schemes.bindings[need.scheme].map { SecurityRequirementPlan.Need($0, scopes: need.scopes) }
                })
        }
        do throws(CredentialPolicyError) {
            let plan = try SecurityRequirementPlan(
                requirements: alternatives, always: use.compactMap { policies[$0.value] })
            return plan.isTrivial ? nil : plan
        } catch {
            report(error, subject: "the API \"\(api.name)\"", at: requirements.first?.first?.range ?? api.range)
            return nil
        }
    }

    private mutating func report(_ error: CredentialPolicyError, subject: String, at range: SourceRange) {
        let diagnostic = Diagnostic(.error, error.code, "\(subject): \(error.message)", at: range)
        guard !diagnostics.contains(where: { $0.message == diagnostic.message }) else { return }
        diagnostics.append(diagnostic)
    }
}

extension KeySetOrigin {
    /// The origin of the settings.
    fileprivate init(
        _ url: WebURL, _ fetching: JWTPolicySettings.Fetching, _ algorithms: Set<SignatureAlgorithm>
    ) {
        self.init(
            url: url.description, isSecure: url.scheme == "https", host: url.host, port: url.port, target: url.rest,
            authorities: fetching.authorities?.content.withBytes { $0 }, algorithms: algorithms,
            rules: KeyRotation.Rules(refresh: fetching.refresh, staleFor: fetching.staleFor),
            timeout: fetching.timeout)
    }
}

extension CredentialPlace {
    /// The place of the settings.
    init(_ location: APIKeyPolicySettings.Location) {
        switch location {
        case .header(let name): self = .header(Array(name.utf8))
        case .query(let name): self = .query(Array(name.utf8))
        case .cookie(let name): self = .cookie(Array(name.utf8))
        }
    }
}

extension SchemeDescription {
    /// A scheme of a document.
    init(_ scheme: SecurityScheme) {
        let name = Array((scheme.parameterName ?? "").utf8)
        let kind: Kind =
            switch (scheme.type, scheme.location) {
            case ("apiKey", "header"): .apiKey(.header(name))
            case ("apiKey", "query"): .apiKey(.query(name))
            case ("apiKey", "cookie"): .apiKey(.cookie(name))
            case ("http", _): .http(scheme.scheme ?? "")
            case ("oauth2", _): .oauth2
            case ("openIdConnect", _): .openIDConnect
            case ("mutualTLS", _): .mutualTLS
            default: .other(scheme.type)
            }
        self.init(name: scheme.name, kind: kind)
    }
}
