/// Every operation has a name.
struct OperationIdentifier: LintRule {
    static let profile = RuleProfile(
        id: "operation-operationId",
        summary: "Every operation has an `operationId`.",
        why: "Generated code, logs and links call an operation by it; without one each tool invents its own.",
        category: .operations,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get: {operationId: listPets}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get: {summary: All pets.}
            """)

    static let interests: [NodeInterest] = [.every(.operation)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard context.isPathOperation, !node["operationId"].isTruthy else { return }
        context.report("Operation must have \"operationId\".", at: node["operationId"] ?? node.value)
    }
}
