/// 2.0 has no `anyOf`.
struct Swagger2AnyOf: LintRule {
    static let profile = RuleProfile(
        id: "oas2-anyOf",
        summary: "No schema uses `anyOf`.",
        why: "Swagger 2.0 does not know the keyword: tools pass over it, and every value is accepted.",
        category: .schemas, versions: .version2,
        good: """
            swagger: '2.0'
            definitions:
              Pet: {allOf: [{type: object}]}
            """,
        bad: """
            swagger: '2.0'
            definitions:
              Pet: {anyOf: [{type: object}]}
            """)

    static let interests: [NodeInterest] = [.having("anyOf", in: .schema)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let keyword = node["anyOf"] else { return }
        context.report("\"anyOf\" keyword must not be used in OpenAPI v2 document.", at: keyword)
    }
}
