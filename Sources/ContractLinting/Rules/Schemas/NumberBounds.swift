import JSONDocuments

/// Numbers have bounds.
struct NumberBounds: LintRule {
    static let profile = RuleProfile(
        id: "number-bounds",
        summary: "An integer has bounds, and a `format` that says how wide it is.",
        why: "A number beyond the type that a service reads it into overflows there (OWASP API4:2023).",
        category: .schemas, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Age: {type: integer, format: int32, minimum: 0, maximum: 30}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Age: {type: integer}}}
            """)

    static let interests: [NodeInterest] = [.having("type", in: .schema)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard node.value.hasType("integer"), let type = node["type"], node["enum"] == nil, node["const"] == nil else {
            return
        }
        if node["minimum"] == nil, node["exclusiveMinimum"] == nil {
            context.report("the integer has no lower bound", at: type)
        }
        if node["maximum"] == nil, node["exclusiveMaximum"] == nil {
            context.report("the integer has no upper bound", at: type)
        }
        if node["format"] == nil {
            context.report("the integer does not say how wide it is: `int32`, `int64`", at: type)
        }
    }
}
