import JSONDocuments

/// The interface says what it is for.
struct InfoDescription: LintRule {
    static let profile = RuleProfile(
        id: "info-description",
        summary: "`info` has a `description`.",
        why: "It is the first thing that readers of the documentation look for.",
        category: .info,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0, description: Everything about pets.}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            """)

    static let interests: [NodeInterest] = [.every(.document)]

    func visit(_ node: LintNode, _ context: LintContext) {
        let info = node["info"]
        if info?["description"].isTruthy != true {
            context.report(
                "Info \"description\" must be present and non-empty string.",
                at: info?["description"] ?? info ?? node.value)
        }
    }
}
