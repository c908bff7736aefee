import JSONDocuments

/// Servers are reached over TLS.
struct ServerHTTPS: LintRule {
    static let profile = RuleProfile(
        id: "server-https",
        summary: "Every absolute `url` of a server uses https or wss.",
        why: "Everything that goes over plain http can be read and changed on its way.",
        category: .servers, isRecommended: false, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            servers: [{url: 'https://api.pets.example'}, {url: /v1}]
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            servers: [{url: 'http://api.pets.example'}]
            """)

    static let interests: [NodeInterest] = [.having("url", in: .server)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let url = node["url"], let text = url.string?.lowercased(), text.contains("://"),
            !["https://", "wss://", "{"].contains(where: { text.hasPrefix($0) })
        else { return }
        context.report("Server URL must use https.", at: url)
    }
}
