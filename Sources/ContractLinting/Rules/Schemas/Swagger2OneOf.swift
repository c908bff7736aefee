/// 2.0 has no `oneOf`.
struct Swagger2OneOf: LintRule {
    static let profile = RuleProfile(
        id: "oas2-oneOf",
        summary: "No schema uses `oneOf`.",
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
              Pet: {oneOf: [{type: object}]}
            """)

    static let interests: [NodeInterest] = [.having("oneOf", in: .schema)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let keyword = node["oneOf"] else { return }
        context.report("\"oneOf\" keyword must not be used in OpenAPI v2 document.", at: keyword)
    }
}
