import JSONDocuments

/// No prose calls `eval`.
struct EvalInMarkdown: LintRule {
    static let profile = RuleProfile(
        id: "no-eval-in-markdown",
        summary: "No description, title or summary contains `eval(`.",
        why: "Prose is shown by documentation pages, and some of them run what they show.",
        category: .info,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0, description: Everything about pets.}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0, description: 'eval("alert(1)")'}
            """)

    static let interests: [NodeInterest] = [.every(.prose)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard node.value.withText({ TextSearch.contains("eval(", in: $0) }) else { return }
        context.report("Markdown descriptions must not have \"eval(\".", at: node.value)
    }
}
