import JSONDocuments
import OpenAPIDocuments

/// An array says what its elements are.
struct ArrayItems: LintRule {
    static let profile = RuleProfile(
        id: "array-items",
        summary: "A schema of the type `array` has `items`; since 3.1 `prefixItems` will do.",
        why: "Without it elements of any kind pass the gateway. Up to 3.0 the specification demands it.",
        category: .schemas, severity: .error,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            components:
              schemas: {Names: {type: array, items: {type: string}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            components:
              schemas: {Names: {type: array}}
            """)

    static let interests: [NodeInterest] = [
        .having("type", in: .schema), .having("type", in: .parameter), .having("type", in: .header),
        .having("type", in: .items),
    ]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let type = node["type"], Self.isArray(type), node["items"] == nil else { return }
        if context.version >= .version31, node["prefixItems"] != nil { return }
        context.report("Schemas with \"type: array\", require a sibling \"items\" field", at: node.value)
    }

    /// Whether a `type` admits arrays.
    private static func isArray(_ type: JSONValue) -> Bool {
        type.isString("array") || type.kind == .array && type.elements.contains { $0.isString("array") }
    }
}
