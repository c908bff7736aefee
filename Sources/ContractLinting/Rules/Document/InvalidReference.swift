/// Every `$ref` leads somewhere.
struct InvalidReference: LintRule {
    static let profile = RuleProfile(
        id: "invalid-ref",
        summary: "Every `$ref` leads to something.",
        why: "What a broken reference should have brought in is not checked, not documented and not generated.",
        category: .document, severity: .error,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            components:
              schemas:
                Pet: {type: object}
                Pets: {type: array, items: {$ref: '#/components/schemas/Pet'}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            components:
              schemas:
                Pet: {type: object}
                Pets: {type: array, items: {$ref: '#/components/schemas/Pett'}}
            """)

    static let interests: [NodeInterest] = [.every(.reference)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let reference = node["$ref"],
            case .failure(let message, let suggestion) =
                context.document.outcome(of: reference)
        else { return }
        context.report(message, at: reference, suggestion: suggestion)
    }
}
