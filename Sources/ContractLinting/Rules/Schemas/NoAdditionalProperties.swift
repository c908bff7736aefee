import JSONDocuments

/// Objects take what is described, and nothing else.
struct NoAdditionalProperties: LintRule {
    static let profile = RuleProfile(
        id: "no-additional-properties",
        summary: "An object is closed, or says what its further properties are.",
        why: "What is not described reaches the service unchecked (OWASP API3:2023).",
        category: .schemas, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Pet: {type: object, additionalProperties: false, properties: {name: {}}}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Pet: {type: object, properties: {name: {}}}}}
            """)

    static let interests: [NodeInterest] = [.having("type", in: .schema)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard node.value.hasType("object"), let type = node["type"] else { return }
        if let rest = node["additionalProperties"] ?? node["unevaluatedProperties"] {
            if rest.bool == true || rest.kind == .object && rest.count == 0 {
                context.report("the object takes properties of any kind", at: rest)
            }
            return
        }
        // A part of allOf would close what the other parts describe.
        if node.name == nil, context.parent?.kind == .schema { return }
        context.report("the object takes properties that are not described", at: type)
    }
}
