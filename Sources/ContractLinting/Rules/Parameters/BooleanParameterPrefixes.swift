import JSONDocuments

/// A switch is named as one.
struct BooleanParameterPrefixes: LintRule {
    static let profile = RuleProfile(
        id: "boolean-parameter-prefixes",
        summary:
            "Names of boolean parameters begin with one of the option `prefixes`: by default is, has, can, should, with, include.",
        why: "`isArchived=true` reads as what it means; `archived=true` may as well be a date.",
        category: .parameters, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  parameters: [{name: isTame, in: query, schema: {type: boolean}}]
                  responses: {'200': {description: pets}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  parameters: [{name: tame, in: query, schema: {type: boolean}}]
                  responses: {'200': {description: pets}}
            """)

    static let interests: [NodeInterest] = [.having("name", in: .parameter)]

    /// What names begin with.
    private var prefixes = ["is", "has", "can", "should", "with", "include"]

    mutating func configure(_ options: JSONValue) throws(RuleOptionError) {
        prefixes = try RuleOptions(options, of: Self.profile, names: ["prefixes"]).list("prefixes") ?? prefixes
    }

    func visit(_ node: LintNode, _ context: LintContext) {
        let schema = node["schema"].flatMap { context.followed($0) } ?? node.value
        guard schema["type"]?.isString("boolean") == true, let name = node["name"], let text = name.string,
            !prefixes.contains(where: { text.hasPrefix($0) })
        else { return }
        context.report("the name of a boolean should begin with one of: \(prefixes.joined(separator: ", "))", at: name)
    }
}
