import JSONDocuments

/// Keywords belong to the type that the schema has.
struct SchemaTypeMismatch: LintRule {
    static let profile = RuleProfile(
        id: "schema-type-mismatch",
        summary: "Keywords of arrays, objects, strings and numbers stand in schemas that allow these types.",
        why: "A keyword of another type is never looked at: what it should hold off gets through.",
        category: .schemas, severity: .error,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Names: {type: array, items: {type: string}}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Names: {type: string, items: {type: string}}}}
            """)

    static let interests: [NodeInterest] = [
        .having(
            "items", "minItems", "maxItems", "uniqueItems", "properties", "required", "minProperties", "maxProperties",
            "minLength", "maxLength", "pattern", "minimum", "maximum", "multipleOf", in: .schema)
    ]

    /// Keywords by the types whose values they look at (JSON Schema 2020-12 validation §6).
    private static let keywords: [(type: [String], names: [String])] = [
        (["array"], ["items", "minItems", "maxItems", "uniqueItems"]),
        (["object"], ["properties", "required", "minProperties", "maxProperties"]),
        (["string"], ["minLength", "maxLength", "pattern"]),
        (["number", "integer"], ["minimum", "maximum", "multipleOf"]),
    ]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard node["type"] != nil else { return }
        let types = node.value.typeNames
        // 2.0's `file` is described as a string.
        guard !types.isEmpty, !types.contains("file") else { return }
        for group in Self.keywords where !group.type.contains(where: types.contains) {
            for name in group.names {
                // Drafts up to 4 write `required: true`; the structure of it is not this rule's business.
                guard let value = node[name], name != "required" || value.kind == .array else { continue }
                let wanted = group.type.map { "`\($0)`" }.joined(separator: " or ")
                context.report(
                    "`\(name)` has no effect on the type `\(types.joined(separator: ", "))`: it is for \(wanted)",
                    atNameOf: value)
            }
        }
    }
}
