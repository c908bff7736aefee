/// Rules about contracts that a gateway cannot enforce.
enum GatewayRules {
    /// All of them, in the order of the rule table.
    static let all: [any LintRule.Type] = []
}
