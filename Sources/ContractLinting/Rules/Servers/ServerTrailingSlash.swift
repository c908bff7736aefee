import JSONDocuments

/// No server's URL ends with a slash; a slash alone is one that begins.
struct ServerTrailingSlash: LintRule {
    static let profile = RuleProfile(
        id: "oas3-server-trailing-slash",
        summary: "No server's `url` ends with a slash.",
        why: "Paths begin with one and are appended as they are, so requests would go to `//pets`.",
        category: .servers, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            servers: [{url: 'https://api.pets.example'}, {url: /}]
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            servers: [{url: 'https://api.pets.example/'}]
            """)

    static let interests: [NodeInterest] = [.having("url", in: .server)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let url = node["url"], url.withText({ $0.count > 1 && $0.last == UInt8(ascii: "/") }) else { return }
        context.report("Server URL must not have trailing slash.", at: url)
    }
}
