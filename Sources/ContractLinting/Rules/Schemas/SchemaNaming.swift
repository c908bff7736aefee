import JSONDocuments

/// Schemas have names that make good types.
struct SchemaNaming: LintRule {
    static let profile = RuleProfile(
        id: "schema-naming",
        summary: "Names of schemas are written in one case: `pascal`, or what the option `case` says.",
        why: "Generators make types from these names.",
        category: .schemas, isRecommended: false, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {PetOwner: {type: object}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {pet_owner: {type: object}}}
            """)

    static let interests: [NodeInterest] = [.having("schemas", in: .components)]

    /// How names are written.
    private var casing = WordCasing.pascal

    mutating func configure(_ options: JSONValue) throws(RuleOptionError) {
        casing = try RuleOptions(options, of: Self.profile, names: ["case"]).casing("case") ?? casing
    }

    func visit(_ node: LintNode, _ context: LintContext) {
        for member in node["schemas"]?.members.map({ $0 }) ?? [] where !casing.matches(member.name) {
            context.report("`\(member.name)` is not written in \(casing.rawValue) case", atNameOf: member.value)
        }
    }
}
