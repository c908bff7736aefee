/// A document of 3.x has the structure that the specification gives it.
struct OpenAPI3Structure: StructureRule {
    static let profile = RuleProfile(
        id: "oas3-schema",
        summary: "The document has the fields that its version of the specification has, with values of their types.",
        why:
            "What is misspelt or in the wrong place is passed over by every tool, and the contract says less than it seems.",
        category: .document, severity: .error, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  operationId: listPets
                  responses: {'200': {description: All pets.}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  operationID: listPets
                  responses: {'200': {description: All pets.}}
            """)

    static let interests = DocumentStructure.interests

    func visit(_ problem: StructureProblem, _ context: LintContext) { DocumentStructure.report(problem, context) }

    func visit(_ node: LintNode, _ context: LintContext) { DocumentStructure.check(node, context) }
}
