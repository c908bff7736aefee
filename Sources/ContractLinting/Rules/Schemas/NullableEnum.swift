import JSONDocuments

/// An enumeration that may be null lists null.
struct NullableEnum: LintRule {
    static let profile = RuleProfile(
        id: "nullable-enum-contains-null",
        summary: "A nullable enumeration lists null.",
        why: "`nullable` does not widen `enum`: null is refused unless it stands among the values (OpenAPI 3.0.3).",
        category: .schemas, versions: [.version30],
        good: """
            openapi: 3.0.3
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Size: {type: string, nullable: true, enum: [small, large, null]}}}
            """,
        bad: """
            openapi: 3.0.3
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Size: {type: string, nullable: true, enum: [small, large]}}}
            """)

    static let interests: [NodeInterest] = [.having("nullable", in: .schema)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard node.value.isTrue("nullable"), let values = node["enum"], values.kind == .array,
            !values.elements.contains(where: \.isNull)
        else { return }
        context.report("the enumeration is nullable and does not list null, so null is refused", at: values)
    }
}
