/// Every tag says what it is about.
struct TagDescription: LintRule {
    static let profile = RuleProfile(
        id: "tag-description",
        summary: "Every tag has a `description`.",
        why: "It opens the chapter of the documentation.",
        category: .tags, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            tags: [{name: cats, description: All about cats.}]
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            tags: [{name: cats}]
            """)

    static let interests: [NodeInterest] = [.every(.tag)]

    func visit(_ node: LintNode, _ context: LintContext) {
        if node["description"].isTruthy { return }
        context.report("Tag object must have \"description\".", at: node["description"] ?? node.value)
    }
}
