/// Rules about schemas.
enum SchemaRules {
    /// All of them, in the order of the rule table.
    static let all: [any LintRule.Type] = []
}
