import JSONDocuments

/// Names of properties are written in one way.
struct PropertyCasing: LintRule {
    static let profile = RuleProfile(
        id: "property-casing",
        summary: "Names of properties are written in one case: `camel`, or what the option `case` says.",
        why: "People guess the names of properties from those that they have seen.",
        category: .schemas, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Pet: {type: object, properties: {firstName: {type: string}, _links: {}}}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Pet: {type: object, properties: {first_name: {type: string}}}}}
            """)

    static let interests: [NodeInterest] = [.having("properties", in: .schema)]

    /// How names are written.
    private var casing = WordCasing.camel

    mutating func configure(_ options: JSONValue) throws(RuleOptionError) {
        casing = try RuleOptions(options, of: Self.profile, names: ["case"]).casing("case") ?? casing
    }

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let properties = node["properties"], properties.kind == .object else { return }
        for member in properties.members {
            // `_links`, `@type` and `$schema` are names of formats that others defined.
            if let first = member.name.utf8.first, [0x5F, 0x40, 0x24].contains(first) { continue }
            guard !casing.matches(member.name) else { continue }
            context.report("`\(member.name)` is not written in \(casing.rawValue) case", atNameOf: member.value)
        }
    }
}
