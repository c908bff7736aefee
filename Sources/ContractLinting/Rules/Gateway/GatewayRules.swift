/// Rules about what only a gateway knows: contracts that cannot be enforced, or mean something else than they seem to.
enum GatewayRules {
    /// All of them.
    static let all: [any LintRule.Type] = [
        CatastrophicPattern.self, UnreachableBranch.self, OverlappingQueryObjects.self, ContractCompiles.self,
        UncheckedContent.self,
    ]
}
