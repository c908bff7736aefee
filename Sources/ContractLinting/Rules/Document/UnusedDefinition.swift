import JSONDocuments

/// Every definition of 2.0 is used.
struct UnusedDefinition: LintRule {
    static let profile = RuleProfile(
        id: "oas2-unused-definition",
        summary: "Every entry of `definitions` is referred to.",
        why: "What nobody uses is still read, translated and kept up to date by somebody.",
        category: .document, versions: .version2,
        good: """
            swagger: '2.0'
            paths: {}
            definitions:
              Pet: {type: object, properties: {mother: {$ref: '#/definitions/Pet'}}}
            """,
        bad: """
            swagger: '2.0'
            paths: {}
            definitions:
              Pet: {type: object}
            """)

    static let interests: [NodeInterest] = [.having("definitions", in: .document)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let definitions = node["definitions"] else { return }
        for entry in definitions.members where !context.facts.isReferenced(entry.value) {
            context.report("Potentially unused definition has been detected.", atNameOf: entry.value)
        }
    }
}
