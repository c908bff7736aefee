import JSONDocuments

/// The document says where the service is.
struct ServersPresent: LintRule {
    static let profile = RuleProfile(
        id: "oas3-api-servers",
        summary: "`servers` is there and not empty.",
        why: "Without it clients take the address of the document for that of the service.",
        category: .servers, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            servers: [{url: 'https://api.pets.example'}]
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            servers: []
            """)

    static let interests: [NodeInterest] = [.every(.document)]

    func visit(_ node: LintNode, _ context: LintContext) {
        let servers = node["servers"]
        if let servers, servers.kind == .array, servers.count > 0, servers.elements.allSatisfy({ $0.kind == .object }) {
            return
        }
        context.report("OpenAPI \"servers\" must be present and non-empty array.", at: servers ?? node.value)
    }
}
