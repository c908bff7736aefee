import JSONDocuments

/// No server is the one of the tutorial.
struct ServerNotExample: LintRule {
    static let profile = RuleProfile(
        id: "oas3-server-not-example.com",
        summary: "No server's `url` points at example.com.",
        why: "The name belongs to nobody: a copied template went out.",
        category: .servers, isRecommended: false, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            servers: [{url: 'https://api.pets.org'}]
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            servers: [{url: 'https://example.com/pets'}]
            """)

    static let interests: [NodeInterest] = [.having("url", in: .server)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let url = node["url"], url.withText({ TextSearch.contains("example.com", in: $0) }) else { return }
        context.report("Server URL must not point at example.com.", at: url)
    }
}
