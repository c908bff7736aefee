import JSONDocuments

/// Strings have an end.
struct StringBounds: LintRule {
    static let profile = RuleProfile(
        id: "string-bounds",
        summary: "A string has a `maxLength`, unless `enum`, `const`, `pattern` or a `format` bounds it.",
        why: "A string without an end is as long as the attacker wants (OWASP API4:2023).",
        category: .schemas, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Name: {type: string, maxLength: 40}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Name: {type: string}}}
            """)

    static let interests: [NodeInterest] = [.having("type", in: .schema)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard node.value.hasType("string"), let type = node["type"] else { return }
        for name in ["maxLength", "enum", "const", "pattern", "format", "contentEncoding"] where node[name] != nil {
            return
        }
        context.report("the string has no greatest length", at: type)
    }
}
