import JSONDocuments

/// A value has one type.
struct MultipleTypes: LintRule {
    static let profile = RuleProfile(
        id: "avoid-multiple-types",
        summary: "A schema has one type, beside null.",
        why: "Few languages have a type for `string or number`; generated clients fall back to `any`.",
        category: .schemas, isRecommended: false, versions: .since31,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Chip: {type: [string, 'null']}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Chip: {type: [string, integer]}}}
            """)

    static let interests: [NodeInterest] = [.having("type", in: .schema)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let type = node["type"], type.kind == .array else { return }
        let names = node.value.typeNames.filter { $0 != "null" }
        guard names.count > 1 else { return }
        context.report("the value may be \(names.joined(separator: " or "))", at: type)
    }
}
