/// Rules about the keys of `paths`.
enum PathRules {
    /// All of them, in the order of the rule table.
    static let all: [any LintRule.Type] = []
}
