/// A document of 2.0 says where the service is.
struct HostPresent: LintRule {
    static let profile = RuleProfile(
        id: "oas2-api-host",
        summary: "`host` is there and not empty.",
        why: "Without it clients take the host of the document for that of the service.",
        category: .servers, versions: .version2,
        good: """
            swagger: '2.0'
            host: api.pets.example
            """,
        bad: """
            swagger: '2.0'
            paths: {}
            """)

    static let interests: [NodeInterest] = [.every(.document)]

    func visit(_ node: LintNode, _ context: LintContext) {
        if node["host"].isTruthy { return }
        context.report("OpenAPI \"host\" must be present and non-empty string.", at: node["host"] ?? node.value)
    }
}
