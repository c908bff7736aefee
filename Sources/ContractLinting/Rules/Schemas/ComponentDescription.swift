import JSONDocuments

/// Components say what they are.
struct ComponentDescription: LintRule {
    static let profile = RuleProfile(
        id: "component-description",
        summary: "Schemas of `components`, and their properties, have a description.",
        why: "Names tell people who know the domain what a value is; a description tells the others.",
        category: .schemas, isRecommended: false, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Name: {type: string, description: What it is called.}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Name: {type: string}}}
            """)

    static let interests: [NodeInterest] = [.having("schemas", in: .components)]

    func visit(_ node: LintNode, _ context: LintContext) {
        for member in node["schemas"]?.members.map({ $0 }) ?? [] where member.value.kind == .object {
            check("the schema `\(member.name)`", member.value, context)
            for property in member.value["properties"]?.members.map({ $0 }) ?? [] where property.value.kind == .object {
                check("the property `\(property.name)`", property.value, context)
            }
        }
    }

    /// Looks at one of them; what stands behind a reference is described there.
    private func check(_ what: String, _ schema: JSONValue, _ context: LintContext) {
        guard schema["$ref"] == nil, schema["description"]?.isBlank ?? true else { return }
        context.report("\(what) has no description", atNameOf: schema)
    }
}
