/// Rules about `info`, and about prose anywhere.
enum InfoRules {
    /// All of them, in the order of the rule table.
    static let all: [any LintRule.Type] = []
}
