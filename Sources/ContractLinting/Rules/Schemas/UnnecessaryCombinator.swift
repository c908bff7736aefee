import JSONDocuments

/// What combines, combines several.
struct UnnecessaryCombinator: LintRule {
    static let profile = RuleProfile(
        id: "unnecessary-combinator",
        summary: "`allOf`, `anyOf` and `oneOf` have more than one schema.",
        why: "One schema in a list says the same as the schema itself, with a level more to read.",
        category: .schemas, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Pet: {anyOf: [{type: string}, {type: integer}]}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Pet: {anyOf: [{type: string}]}}}
            """)

    static let interests: [NodeInterest] = [.having("allOf", "anyOf", "oneOf", in: .schema)]

    func visit(_ node: LintNode, _ context: LintContext) {
        for name in ["allOf", "anyOf", "oneOf"] {
            guard let list = node[name], list.kind == .array, list.count == 1 else { continue }
            // Up to 3.0, `allOf` around a reference is the only way to say something beside it.
            let wrapsReference = name == "allOf" && context.version < .version31 && list[0]?["$ref"] != nil
            if wrapsReference, node.value.count > 1 { continue }
            context.report("`\(name)` has only one schema", atNameOf: list)
        }
    }
}
