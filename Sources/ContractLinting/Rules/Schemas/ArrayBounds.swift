import JSONDocuments

/// Arrays have an end.
struct ArrayBounds: LintRule {
    static let profile = RuleProfile(
        id: "array-bounds",
        summary: "An array has a `maxItems`.",
        why:
            "An array without an end is as long as the attacker wants (OWASP API4:2023), and no cost can be computed from it.",
        category: .schemas, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Names: {type: array, maxItems: 10, items: {type: string}}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Names: {type: array, items: {type: string}}}}
            """)

    static let interests: [NodeInterest] = [.having("type", in: .schema)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard node.value.hasType("array"), let type = node["type"], node["maxItems"] == nil else { return }
        // A tuple that takes nothing further is bounded.
        if node["prefixItems"] != nil, node["items"]?.bool == false { return }
        context.report("the array has no greatest number of items", at: type)
    }
}
