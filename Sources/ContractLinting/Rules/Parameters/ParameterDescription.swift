/// Every parameter says what it does.
struct ParameterDescription: LintRule {
    static let profile = RuleProfile(
        id: "oas3-parameter-description",
        summary: "Every parameter has a `description`.",
        why: "A name alone leaves open what the values mean.",
        category: .parameters, isRecommended: false, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  parameters: [{name: kind, in: query, description: Cats or dogs., schema: {type: string}}]
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  parameters: [{name: kind, in: query, schema: {type: string}}]
            """)

    static let interests: [NodeInterest] = [.having("in", in: .parameter)]

    func visit(_ node: LintNode, _ context: LintContext) {
        if node["in"].isTruthy, !node["description"].isTruthy {
            context.report("Parameter objects must have \"description\".", at: node["description"] ?? node.value)
        }
    }
}
