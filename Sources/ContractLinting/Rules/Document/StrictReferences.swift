/// References stand only where the specification permits a Reference Object.
struct StrictReferences: LintRule {
    static let profile = RuleProfile(
        id: "strict-refs",
        summary: "`$ref` stands only where the specification permits a Reference Object.",
        why: "Elsewhere some tools follow it and others show it as it is.",
        category: .document, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  responses: {'200': {$ref: '#/components/responses/Pets'}}
            components:
              responses: {Pets: {description: All pets.}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get: {$ref: '#/paths/~1cats/get'}
              /cats:
                get:
                  responses: {'200': {description: All cats.}}
            """)

    static let interests: [NodeInterest] = [.every(.reference)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard !context.isReferencePermitted, let reference = node["$ref"] else { return }
        context.report("The specification does not permit \"$ref\" here.", at: reference)
    }
}
