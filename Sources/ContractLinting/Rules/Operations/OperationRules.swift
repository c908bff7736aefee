/// Rules about operations, request bodies, responses, callbacks and links.
enum OperationRules {
    /// All of them, in the order of the rule table.
    static let all: [any LintRule.Type] = []
}
