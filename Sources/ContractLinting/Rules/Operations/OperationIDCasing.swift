import JSONDocuments

/// Operation ids are written in one way.
struct OperationIDCasing: LintRule {
    static let profile = RuleProfile(
        id: "operation-operationId-casing",
        summary: "`operationId` is written in one case: `camel`, or what the option `case` says.",
        why: "Generated clients take their method names from `operationId`; one case makes them look like one library.",
        category: .operations, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {/pets: {get: {operationId: listPets, responses: {'200': {description: pets}}}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {/pets: {get: {operationId: List_Pets, responses: {'200': {description: pets}}}}}
            """)

    static let interests: [NodeInterest] = [.having("operationId", in: .operation)]

    /// How ids are written.
    private var casing = WordCasing.camel

    mutating func configure(_ options: JSONValue) throws(RuleOptionError) {
        casing = try RuleOptions(options, of: Self.profile, names: ["case"]).casing("case") ?? casing
    }

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let id = node["operationId"], let text = id.string, !casing.matches(text) else { return }
        context.report("`\(text)` is not written in \(casing.rawValue) case", at: id)
    }
}
