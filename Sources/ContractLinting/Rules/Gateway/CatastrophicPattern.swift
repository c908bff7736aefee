import JSONDocuments
import PatternMatching

/// Patterns are decided in bounded time.
struct CatastrophicPattern: LintRule {
    static let profile = RuleProfile(
        id: "pattern-catastrophic",
        summary: "No pattern has loops that take one text in so many ways that a matcher gives up.",
        why:
            "A short hostile text keeps a backtracking matcher busy for years. The gateway gives up and refuses the text, good ones of that kind too.",
        category: .gateway,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Name: {type: string, pattern: '^a+$'}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Name: {type: string, pattern: '^(a+)+$'}}}
            """)

    static let interests: [NodeInterest] = [
        .having("pattern", "patternProperties", in: .schema), .having("pattern", in: .parameter),
        .having("pattern", in: .items), .having("pattern", in: .header),
    ]

    /// What came of each pattern: documents repeat them.
    private var witnesses: [String: PatternWitness?] = [:]

    mutating func visit(_ node: LintNode, _ context: LintContext) {
        if let pattern = node["pattern"], let text = pattern.string { check(text, at: pattern, context) }
        guard node.kind == .schema, let table = node["patternProperties"], table.kind == .object else { return }
        for member in table.members { check(member.name, at: member.key, context) }
    }

    /// Looks for a text that the pattern takes too long on.
    private mutating func check(_ text: String, at place: JSONValue, _ context: LintContext) {
        let found: PatternWitness?
        if let known = witnesses[text] {
            found = known
        } else {
            found = PatternWitness.search(in: text)
            witnesses[text] = .some(found)
        }
        guard let found else { return }
        context.report(
            "the pattern takes too long on some texts, which are then refused: \(found)", at: place,
            suggestion: "let no loop stand in a loop that can take the same text")
    }
}
