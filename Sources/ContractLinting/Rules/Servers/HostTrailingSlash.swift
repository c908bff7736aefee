import JSONDocuments

/// The host of 2.0 is a host: no slash at its end, no protocol before it.
struct HostTrailingSlash: LintRule {
    static let profile = RuleProfile(
        id: "oas2-host-trailing-slash",
        summary: "`host` is a name and perhaps a port: it has no protocol and does not end with a slash.",
        why: "Clients put `schemes`, `host` and `basePath` together as they are.",
        category: .servers, versions: .version2,
        good: """
            swagger: '2.0'
            host: api.pets.example
            """,
        bad: """
            swagger: '2.0'
            host: api.pets.example/
            """)

    static let interests: [NodeInterest] = [.having("host", in: .document)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let host = node["host"], host.kind == .string else { return }
        if host.withText({ $0.last == UInt8(ascii: "/") }) {
            context.report("Server URL must not have trailing slash.", at: host)
        }
        if host.withText({ TextSearch.contains("://", in: $0) }) {
            context.report("Host must not have a protocol: it belongs to \"schemes\".", at: host)
        }
    }
}
