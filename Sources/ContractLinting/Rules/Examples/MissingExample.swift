import JSONDocuments

/// Messages are shown, not only described.
struct MissingExample: LintRule {
    static let profile = RuleProfile(
        id: "missing-example",
        summary: "The content of requests and responses has an example, of its own or in its schema.",
        why: "People read the example first.",
        category: .examples, isRecommended: false, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pet:
                get:
                  responses:
                    '200':
                      description: pet
                      content: {application/json: {schema: {type: object}, example: {name: Rex}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pet:
                get:
                  responses:
                    '200': {description: pet, content: {application/json: {schema: {type: object}}}}
            """)

    static let interests: [NodeInterest] = [.having("schema", in: .mediaType)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard node["example"] == nil, (node["examples"]?.count ?? 0) == 0, let schema = node["schema"] else { return }
        let depth = 4
        guard !Self.hasExample(schema, context, depth: depth) else { return }
        context.report("there is no example", at: node.value)
    }

    /// Whether a schema shows what it describes: by an example, or by one for each of its properties.
    private static func hasExample(_ schema: JSONValue, _ context: LintContext, depth: Int) -> Bool {
        guard depth > 0, let found = context.followed(schema) else { return false }
        for name in ["example", "examples", "default", "const", "enum"] where found[name] != nil { return true }
        if let items = found["items"] { return hasExample(items, context, depth: depth - 1) }
        if let parts = found["allOf"], parts.count > 0 {
            return parts.elements.contains { hasExample($0, context, depth: depth - 1) }
        }
        guard let properties = found["properties"], properties.count > 0 else { return false }
        return properties.members.allSatisfy { hasExample($0.value, context, depth: depth - 1) }
    }
}
