import JSONDocuments

/// No schema leads back to itself.
///
/// An edge goes from every referenced node that a `$ref` stands in to the node that it leads to; references inside one
/// strongly connected part (Tarjan 1972) are circular.
struct CircularReferences: LintRule {
    static let profile = RuleProfile(
        id: "no-circular-refs",
        summary: "No reference leads, through others, back to what it stands in.",
        why: "Recursive types are legal, and Lintel keeps them, but some generators never come to an end.",
        category: .document, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            components:
              schemas:
                Pet: {type: object, properties: {owner: {$ref: '#/components/schemas/Owner'}}}
                Owner: {type: object}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            components:
              schemas:
                Pet: {type: object, properties: {owner: {$ref: '#/components/schemas/Owner'}}}
                Owner: {type: object, properties: {pet: {$ref: '#/components/schemas/Pet'}}}
            """)

    static let interests: [NodeInterest] = []

    mutating func finish(_ context: LintContext) {
        let graph = ReferenceGraph(context.document)
        for (reference, isCircular) in graph.references where isCircular {
            context.report(
                "\"\(reference.string ?? "")\" leads back to what it stands in.", at: reference)
        }
    }
}
