/// Rules about tags.
enum TagRules {
    /// All of them, in the order of the rule table.
    static let all: [any LintRule.Type] = []
}
