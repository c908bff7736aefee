import JSONDocuments

/// What must be given has no default.
struct RequiredWithDefault: LintRule {
    static let profile = RuleProfile(
        id: "required-with-default",
        summary: "A required parameter has no default.",
        why: "A default says what holds when the value is left out, which `required` forbids: one of the two is wrong.",
        category: .parameters,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  parameters: [{name: limit, in: query, schema: {type: integer, default: 20}}]
                  responses: {'200': {description: pets}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  parameters: [{name: limit, in: query, required: true, schema: {type: integer, default: 20}}]
                  responses: {'200': {description: pets}}
            """)

    static let interests: [NodeInterest] = [.having("required", in: .parameter)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard node.value.isTrue("required") else { return }
        let schema = node["schema"].flatMap { context.followed($0) }
        guard let value = schema?["default"] ?? node["default"] else { return }
        context.report("the default is never used: the parameter is required", at: value)
    }
}
