import JSONDocuments

/// A bound is said once.
struct MixedNumberRange: LintRule {
    static let profile = RuleProfile(
        id: "mixed-number-range",
        summary: "`maximum` does not stand beside `exclusiveMaximum`, nor `minimum` beside `exclusiveMinimum`.",
        why: "Since 3.1 both are numbers and both hold; one of them is superfluous, and readers take the wrong one.",
        category: .schemas, versions: .since31,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Age: {type: integer, minimum: 0, exclusiveMaximum: 30}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Age: {type: integer, maximum: 20, exclusiveMaximum: 30}}}
            """)

    static let interests: [NodeInterest] = [.having("exclusiveMinimum", "exclusiveMaximum", in: .schema)]

    func visit(_ node: LintNode, _ context: LintContext) {
        for (open, closed) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
            guard let value = node[open], value.kind == .number, node[closed]?.kind == .number else { continue }
            context.report("`\(open)` stands beside `\(closed)`: only one of them has an effect", atNameOf: value)
        }
    }
}
