/// A document of 2.0 has the structure that the specification gives it.
struct Swagger2Structure: StructureRule {
    static let profile = RuleProfile(
        id: "oas2-schema",
        summary: "The document has the fields that Swagger 2.0 has, with values of their types.",
        why:
            "What is misspelt or in the wrong place is passed over by every tool, and the contract says less than it seems.",
        category: .document, severity: .error, versions: .version2,
        good: """
            swagger: '2.0'
            info: {title: Pets, version: 1.0.0}
            paths: {}
            """,
        bad: """
            swagger: '2.0'
            info: {titel: Pets, version: 1.0.0}
            paths: {}
            """)

    static let interests = DocumentStructure.interests

    func visit(_ problem: StructureProblem, _ context: LintContext) { DocumentStructure.report(problem, context) }

    func visit(_ node: LintNode, _ context: LintContext) { DocumentStructure.check(node, context) }
}
