import JSONDocuments

/// Patterns say where they begin and end.
struct PatternAnchored: LintRule {
    static let profile = RuleProfile(
        id: "pattern-anchored",
        summary: "A pattern begins with `^` and ends with `$`.",
        why: "Patterns are searched for anywhere in the text: `[a-z]+` takes `<script>` too.",
        category: .schemas, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Name: {type: string, pattern: '^[a-z]+$'}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Name: {type: string, pattern: '[a-z]+'}}}
            """)

    static let interests: [NodeInterest] = [.having("pattern", in: .schema)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let pattern = node["pattern"], let text = pattern.string else { return }
        if !text.hasPrefix("^") || !text.hasSuffix("$") || text.hasSuffix("\\$") {
            context.report(
                "the pattern is found anywhere in the text", at: pattern, suggestion: "put `^` and `$` around it")
        }
    }
}
