import HTTPExchanges
import TrafficPolicies

/// A request as a plan sees it: parsed by the gateway's own parser.
struct RequestFixture {
    /// The target.
    var target = "/s"
    /// The field lines.
    var fields: [(String, String)] = []

    /// A request with these field lines.
    init(target: String = "/s", _ fields: [(String, String)] = []) {
        self.target = target
        self.fields = fields
    }

    /// A request with a token.
    static func bearer(_ token: String) -> RequestFixture { RequestFixture([("Authorization", "Bearer " + token)]) }

    /// Calls a closure with a view of the request; nil where the parser refuses it.
    ///
    /// - Parameter peer: what is known of the connection's other end beside its address.
    func withView<R>(from peer: ConnectionPeer? = nil, _ body: (CredentialView) -> R) -> R? {
        var text = "GET \(target) HTTP/1.1\r\nHost: shop.test\r\n"
        for (name, value) in fields { text += "\(name): \(value)\r\n" }
        let bytes = Array((text + "\r\n").utf8)
        let table = HeadTable(capacity: 100)
        return bytes.withUnsafeBytes { bytes in
            guard case .complete = HeadParser.parseRequest(bytes, into: table, limits: HeadLimits()) else { return nil }
            let target = table.target.slice(of: bytes)
            let query = target.firstIndex(of: UInt8(ascii: "?")).map {
                UnsafeRawBufferPointer(rebasing: target[($0 + 1)...])
            }
            return body(CredentialView(query: query, table: table, bytes: bytes, peer: peer))
        }
    }

    /// What a plan says, in one line: `granted`, `granted policy/name`, `401 reason`, `403 policy/name`,
    /// `open reason`.
    func verdict(_ plan: SecurityRequirementPlan, at now: Int64 = TokenForge.now) -> String {
        var workspace = CredentialWorkspace()
        return verdict(plan, at: now, using: &workspace)
    }

    /// The same with working space that has been used before.
    func verdict(
        _ plan: SecurityRequirementPlan, at now: Int64 = TokenForge.now, using workspace: inout CredentialWorkspace
    ) -> String {
        let decision = withView { plan.evaluate($0, at: now, using: &workspace) }
        switch decision {
        case nil: return "no request"
        case .granted(nil): return "granted"
        case .granted(let consumer?): return "granted \(consumer.policy)/\(workspace.name(of: consumer))"
        case .unauthenticated(_, let reason): return "401 \(reason.rawValue)"
        case .undecided(_, _, let reason): return "open \(reason.rawValue)"
        case .forbidden(_, let consumer): return "403 \(consumer.policy)/\(workspace.name(of: consumer))"
        }
    }

    /// The challenges of a refusal, one a line.
    func challenges(_ plan: SecurityRequirementPlan, at now: Int64 = TokenForge.now) -> String {
        var workspace = CredentialWorkspace()
        switch withView({ plan.evaluate($0, at: now, using: &workspace) }) {
        case .unauthenticated(let challenges, _):
            return challenges.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
        case .forbidden(let challenge, _): return String(decoding: challenge, as: UTF8.self)
        case .granted, .undecided, nil: return ""
        }
    }
}

/// Plans and policies of tests.
enum PolicyFixture {
    /// A policy for keys at a place.
    static func keys(
        _ name: String, _ place: CredentialPlace, _ entries: [(String, String?)]
    ) throws -> CredentialPolicy {
        let entries = entries.map { (key: Array($0.0.utf8), consumer: $0.1) }
        return CredentialPolicy(name: name, kind: .apiKey(try APIKeyPolicy(place: place, entries: entries)))
    }

    /// A policy for passwords.
    static func basic(_ users: String, realm: String = "shop") throws -> CredentialPolicy {
        CredentialPolicy(name: "staff", kind: .basic(try BasicPolicy(users: Array(users.utf8), realm: realm)))
    }

    /// A place of a field.
    static func header(_ name: String) -> CredentialPlace { .header(Array(name.utf8)) }
    /// A place in the query.
    static func query(_ name: String) -> CredentialPlace { .query(Array(name.utf8)) }
    /// A place of a cookie.
    static func cookie(_ name: String) -> CredentialPlace { .cookie(Array(name.utf8)) }

    /// A plan of one scheme of the policy's own kind and place.
    static func plan(_ policy: CredentialPolicy, scopes: [String] = []) throws -> SecurityRequirementPlan {
        let kind: SchemeDescription.Kind =
            switch policy.kind {
            case .apiKey: .apiKey(policy.ownPlace)
            case .basic: .http("basic")
            case .jwt: .oauth2
            case .clientCertificate: .mutualTLS
            }
        let binding = try SchemeBinding(SchemeDescription(name: "scheme", kind: kind), policy: policy)
        return try SecurityRequirementPlan(requirements: [[.init(binding, scopes: scopes)]])
    }
}
