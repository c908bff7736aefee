import JSONDocuments

/// `nullable` stands beside `type`.
struct NullableTypeSibling: LintRule {
    static let profile = RuleProfile(
        id: "nullable-type-sibling",
        summary: "`nullable: true` stands beside `type` in the same schema.",
        why:
            "Without `type` in the same object it has no effect (OpenAPI 3.0.3 §4.7.24.2), and null is judged otherwise than meant.",
        category: .schemas, severity: .error, versions: [.version30],
        good: """
            openapi: 3.0.3
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Size: {type: string, nullable: true}}}
            """,
        bad: """
            openapi: 3.0.3
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Size: {nullable: true, allOf: [{type: string}]}}}
            """)

    static let interests: [NodeInterest] = [.having("nullable", in: .schema)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard node.value.isTrue("nullable"), node["type"] == nil, let nullable = node["nullable"] else { return }
        context.report(
            "`nullable` has no effect without `type` in the same schema", atNameOf: nullable,
            suggestion: "add `type`, or an `anyOf` with a schema that is nullable")
    }
}
