/// Every rule that is built in: the lists of the categories, one after the other.
package enum RuleRegistry {
    /// All rules, in the order of the categories.
    package static let all: [any LintRule.Type] =
        DocumentRules.all + InfoRules.all + ServerRules.all + PathRules.all + OperationRules.all + ParameterRules.all
        + SchemaRules.all + ExampleRules.all + TagRules.all + SecurityRules.all + GatewayRules.all

    /// The rules that are on where no ruleset says otherwise.
    package static let recommended: [any LintRule.Type] = all.filter { $0.profile.isRecommended }

    /// The rule with a name; nil where there is none.
    package static func rule(named id: String) -> (any LintRule.Type)? { byName[id] }

    /// Rules by name.
    private static let byName = Dictionary(all.map { ($0.profile.id, $0) }, uniquingKeysWith: { first, _ in first })
}
