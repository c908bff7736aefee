/// Every operation says what it does.
struct OperationDescription: LintRule {
    static let profile = RuleProfile(
        id: "operation-description",
        summary: "Every operation has a `description`.",
        why: "A path and a method do not tell what happens, when it fails, and what it costs.",
        category: .operations,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get: {description: 'All pets, the youngest first.'}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get: {operationId: listPets}
            """)

    static let interests: [NodeInterest] = [.every(.operation)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard context.isPathOperation, !node["description"].isTruthy else { return }
        context.report(
            "Operation \"description\" must be present and non-empty string.", at: node["description"] ?? node.value)
    }
}
