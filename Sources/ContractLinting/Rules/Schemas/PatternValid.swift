import JSONDocuments
import PatternMatching

/// Patterns can be kept.
struct PatternValid: LintRule {
    static let profile = RuleProfile(
        id: "pattern-valid",
        summary: "Every pattern is a regular expression of ECMA-262.",
        why:
            "The gateway refuses to load what it cannot enforce, and other readers take such a pattern for something else.",
        category: .schemas, severity: .error,
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
            components: {schemas: {Name: {type: string, pattern: '^[a-z+$'}}}
            """)

    static let interests: [NodeInterest] = [
        .having("pattern", "patternProperties", in: .schema), .having("pattern", in: .parameter),
        .having("pattern", in: .items), .having("pattern", in: .header),
    ]

    func visit(_ node: LintNode, _ context: LintContext) {
        if let pattern = node["pattern"], let text = pattern.string { check(text, at: pattern, context) }
        guard node.kind == .schema, let table = node["patternProperties"], table.kind == .object else { return }
        for member in table.members { check(member.name, at: member.key, context) }
    }

    /// Compiles a pattern.
    private func check(_ text: String, at place: JSONValue, _ context: LintContext) {
        do throws(PatternError) {
            _ = try Pattern(text)
        } catch {
            context.report("`\(text)` is no pattern of ECMA-262: \(error.message) (at \(error.position))", at: place)
        }
    }
}
