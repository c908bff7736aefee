import JSONDocuments
import SourceDiagnostics

/// Security requirements: OpenAPI 3.2 §4.30. A list of alternatives, each of which demands credentials.
///
/// A credential more breaks the client that does not have it; one alternative more breaks nobody. So a change is as
/// serious as what it does: it is told as an error only where clients that were let in are no longer.
extension ComparisonRun {
    /// One alternative: the scopes that are demanded by the names of schemes; none demands nothing.
    private typealias Alternative = [String: Set<String>]

    /// Compares the requirements of an operation.
    func compareSecurity(_ old: DescribedOperation, _ new: DescribedOperation) {
        // What the document says for all is compared once.
        guard old.value["security"] != nil || new.value["security"] != nil else { return }
        compareRequirements(
            old.security, new.security, prefix: "api-security", in: new.name, place: new.value["security"] ?? new.value)
    }

    /// Compares the requirements of the document, and its schemes.
    func compareGlobalSecurity() {
        compareRequirements(
            base.root["security"], revision.root["security"], prefix: "api-global-security", in: nil,
            place: revision.root["security"] ?? revision.root)
        compareSchemes()
    }

    /// Reads a list of requirements; none at all lets everybody in.
    private func alternatives(_ list: JSONValue?) -> [Alternative] {
        let all = (Array(list?.elements) as [JSONValue]).map { element -> Alternative in
            Dictionary(
                element.members.map { ($0.name, Set($0.value.elements.compactMap(\.string))) },
                uniquingKeysWith: { first, _ in first })
        }
        return all.isEmpty ? [[:]] : all
    }

    /// Compares two lists.
    private func compareRequirements(
        _ old: JSONValue?, _ new: JSONValue?, prefix: String, in operation: String?, place: JSONValue
    ) {
        let (before, after) = (alternatives(old), alternatives(new))
        guard before != after else { return }
        /// Whether a client with the credentials of one alternative is let in by another.
        func suffices(_ credentials: Alternative, for demand: Alternative) -> Bool {
            demand.allSatisfy { scheme, scopes in credentials[scheme].map { scopes.isSubset(of: $0) } ?? false }
        }
        let locksOut = before.contains { credentials in !after.contains { suffices(credentials, for: $0) } }
        let severity: Severity = locksOut ? .error : .information
        let shapes = (before.map { Set($0.keys) }, after.map { Set($0.keys) })
        for (alternative, shape) in zip(after, shapes.1) where !shape.isEmpty {
            guard let place = shapes.0.firstIndex(of: shape) else {
                report(
                    "\(prefix)-added", "a security requirement is new: \(words(alternative))", at: new ?? revision.root,
                    before: old, in: operation, severity: severity)
                continue
            }
            reportScopes(before[place], alternative, prefix, operation, new ?? revision.root, old, severity)
        }
        for (alternative, shape) in zip(before, shapes.0) where !shape.isEmpty && !shapes.1.contains(shape) {
            report(
                "\(prefix)-removed", "a security requirement is gone: \(words(alternative))", at: place, before: old,
                in: operation, severity: severity)
        }
        if locksOut, before.contains([:]), !after.contains([:]), shapes.1.allSatisfy({ shapes.0.contains($0) }) {
            report(
                "\(prefix)-added", "clients without credentials are not let in any more", at: place, before: old,
                in: operation, severity: severity)
        }
    }

    /// Reports scopes that came and went.
    private func reportScopes(
        _ old: Alternative, _ new: Alternative, _ prefix: String, _ operation: String?, _ place: JSONValue,
        _ before: JSONValue?, _ severity: Severity
    ) {
        for (scheme, scopes) in new.sorted(by: { $0.key < $1.key }) {
            let had = old[scheme] ?? []
            for scope in scopes.subtracting(had).sorted() {
                report(
                    "\(prefix)-scope-added", "the scope `\(scope)` of `\(scheme)` must be granted now", at: place,
                    before: before, in: operation, severity: severity)
            }
            for scope in had.subtracting(scopes).sorted() {
                report(
                    "\(prefix)-scope-removed", "the scope `\(scope)` of `\(scheme)` need not be granted any more",
                    at: place,
                    before: before, in: operation)
            }
        }
    }

    /// An alternative in words.
    private func words(_ alternative: Alternative) -> String {
        alternative.sorted { $0.key < $1.key }.map { scheme, scopes in
            scopes.isEmpty ? "`\(scheme)`" : "`\(scheme)` with \(scopes.sorted().joined(separator: ", "))"
        }.joined(separator: " and ")
    }

    // MARK: - Schemes

    /// Compares the schemes that the document declares.
    private func compareSchemes() {
        func schemes(_ document: ComparedDocument) -> JSONValue? {
            document.member("components", "securitySchemes") ?? document.member("securityDefinitions")
        }
        let (old, new) = (schemes(base), schemes(revision))
        for member in Array(new?.members) as [JSONMember] {
            guard let now = revision.followed(member.value) else { continue }
            guard let was = old?[member.name].flatMap({ base.followed($0) }) else {
                report("api-security-component-added", "the security scheme `\(member.name)` is new", at: now)
                continue
            }
            compare(was, now, member.name)
        }
        for member in Array(old?.members) as [JSONMember] where new?[member.name] == nil {
            report(
                "api-security-component-removed", "the security scheme `\(member.name)` is gone",
                at: new ?? revision.root,
                before: member.value)
        }
    }

    /// Compares a scheme.
    private func compare(_ old: JSONValue, _ new: JSONValue, _ name: String) {
        let told = ["type", "scheme", "in", "name"].map { (old[$0]?.string, new[$0]?.string) }
        if told.contains(where: { $0.0?.lowercased() != $0.1?.lowercased() }) {
            let words = (told.compactMap(\.0).joined(separator: " "), told.compactMap(\.1).joined(separator: " "))
            // The credential that clients have is another from one version to the next.
            report(
                "api-security-component-type-changed",
                "the security scheme `\(name)` is `\(words.1)` instead of `\(words.0)`",
                at: new["type"] ?? new, before: old, severity: .error)
        }
        let flows: [(JSONValue, JSONValue)] =
            if old["flows"] == nil, new["flows"] == nil { [(old, new)] } else {
                (Array(new["flows"]?.members) as [JSONMember]).compactMap { flow in
                    old["flows"]?[flow.name].map { ($0, flow.value) }
                }
            }
        for (was, now) in flows { compareFlows(was, now, name) }
    }

    /// Compares a flow of OAuth 2.0.
    private func compareFlows(_ old: JSONValue, _ new: JSONValue, _ name: String) {
        for (keyword, check) in [
            ("authorizationUrl", "api-security-component-oauth-url-changed"),
            ("tokenUrl", "api-security-component-oauth-token-url-changed"),
        ] {
            guard old[keyword]?.string != new[keyword]?.string else { continue }
            report(
                check,
                "`\(keyword)` of the security scheme `\(name)` is `\(new[keyword]?.string ?? "")` instead of `\(old[keyword]?.string ?? "")`",
                at: new[keyword] ?? new, before: old[keyword] ?? old)
        }
        let (was, now) = (old["scopes"], new["scopes"])
        for member in Array(now?.members) as [JSONMember] {
            let previous = was?[member.name]
            if previous == nil {
                report(
                    "api-security-component-oauth-scope-added", "the scope `\(member.name)` of `\(name)` is new",
                    at: member.value, before: was)
            } else if previous?.string != member.value.string {
                report(
                    "api-security-component-oauth-scope-changed",
                    "the scope `\(member.name)` of `\(name)` is described in other words", at: member.value,
                    before: previous)
            }
        }
        for member in Array(was?.members) as [JSONMember] where now?[member.name] == nil {
            report(
                "api-security-component-oauth-scope-removed", "the scope `\(member.name)` of `\(name)` is gone",
                at: now ?? new, before: member.value)
        }
    }
}
