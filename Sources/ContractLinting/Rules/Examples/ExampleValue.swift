import OpenAPIDocuments

/// An Example Object has an example, in one form.
struct ExampleValue: LintRule {
    static let profile = RuleProfile(
        id: "oas3-examples-value-or-externalValue",
        summary:
            "An example has either `value` or `externalValue`; since 3.2 `dataValue` and `serializedValue` will do.",
        why: "One without either shows nothing, one with both may show two different things.",
        category: .examples, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            components:
              examples: {cat: {value: {name: Tom}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            components:
              examples: {cat: {summary: A cat.}}
            """)

    static let interests: [NodeInterest] = [.every(.example)]

    func visit(_ node: LintNode, _ context: LintContext) {
        let hasValue = node["value"] != nil
        let hasExternal = node["externalValue"] != nil
        var isGood = hasValue != hasExternal
        if context.version >= .version32 {
            let hasData = node["dataValue"] != nil
            let hasSerialized = node["serializedValue"] != nil
            // OpenAPI 3.2.0 §4.19: `value` excludes all others, `serializedValue` and `externalValue` each other.
            isGood =
                hasValue
                ? !hasExternal && !hasData && !hasSerialized
                : (hasExternal || hasData || hasSerialized) && !(hasExternal && hasSerialized)
        }
        if !isGood {
            context.report("Examples must have either \"value\" or \"externalValue\" field.", at: node.value)
        }
    }
}
