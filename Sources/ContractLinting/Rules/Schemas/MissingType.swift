import JSONDocuments

/// Schemas say what kind of value they describe.
struct MissingType: LintRule {
    static let profile = RuleProfile(
        id: "missing-type",
        summary: "A schema has a `type`, unless it is a constant, an enumeration, a reference or composed of others.",
        why: "Keywords constrain only values of their own type: without `type`, everything else is allowed.",
        category: .schemas, isRecommended: false, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Name: {type: string, minLength: 1}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Name: {minLength: 1}}}
            """)

    static let interests: [NodeInterest] = [.every(.schema)]

    /// What says enough about the kind of value.
    private static let others = [
        "type", "enum", "const", "$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "not", "if",
    ]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard node.value.kind == .object, node.value.count > 0 else { return }
        guard !Self.others.contains(where: { node[$0] != nil }) else { return }
        // A part of a composition constrains what the whole describes.
        if node.name == nil, context.parent?.kind == .schema { return }
        context.report("the schema has no `type`", at: node.value)
    }
}
