/// Every parameter of 2.0 says what it does.
struct Swagger2ParameterDescription: LintRule {
    static let profile = RuleProfile(
        id: "oas2-parameter-description",
        summary: "Every parameter has a `description`.",
        why: "A name alone leaves open what the values mean.",
        category: .parameters, isRecommended: false, versions: .version2,
        good: """
            swagger: '2.0'
            paths:
              /pets:
                get:
                  parameters: [{name: kind, in: query, description: Cats or dogs., type: string}]
            """,
        bad: """
            swagger: '2.0'
            paths:
              /pets:
                get:
                  parameters: [{name: kind, in: query, type: string}]
            """)

    static let interests: [NodeInterest] = [.having("in", in: .parameter)]

    func visit(_ node: LintNode, _ context: LintContext) {
        ParameterDescription().visit(node, context)
    }
}
