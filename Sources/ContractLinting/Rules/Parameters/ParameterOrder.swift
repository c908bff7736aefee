import JSONDocuments

/// What must be given stands first.
struct ParameterOrder: LintRule {
    static let profile = RuleProfile(
        id: "parameter-order",
        summary: "Required parameters stand before optional ones.",
        why:
            "Generators make arguments in this order, and few languages allow a required argument behind an optional one.",
        category: .parameters, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  parameters:
                    - {name: owner, in: query, required: true, schema: {type: string}}
                    - {name: limit, in: query, schema: {type: integer}}
                  responses: {'200': {description: pets}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  parameters:
                    - {name: limit, in: query, schema: {type: integer}}
                    - {name: owner, in: query, required: true, schema: {type: string}}
                  responses: {'200': {description: pets}}
            """)

    static let interests: [NodeInterest] = [
        .having("parameters", in: .operation), .having("parameters", in: .pathItem),
    ]

    func visit(_ node: LintNode, _ context: LintContext) {
        var optional: String?
        for element in node["parameters"]?.elements.map({ $0 }) ?? [] {
            guard let parameter = context.followed(element), let name = parameter["name"]?.string else { continue }
            if !parameter.isTrue("required") {
                optional = optional ?? name
            } else if let optional {
                context.report("`\(name)` is required and stands behind `\(optional)`, which is not", at: element)
            }
        }
    }
}
