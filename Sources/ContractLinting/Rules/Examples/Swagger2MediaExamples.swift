import JSONDocuments

/// The examples of a response of 2.0 fit its schema.
struct Swagger2MediaExamples: LintRule {
    static let profile = RuleProfile(
        id: "oas2-valid-media-example",
        summary: "The examples of a response are values that its schema accepts.",
        why: "Readers build clients by the examples; what comes back is something else.",
        category: .examples, severity: .error, versions: .version2,
        good: """
            swagger: '2.0'
            responses:
              Legs: {description: How many., schema: {type: integer}, examples: {application/json: 4}}
            """,
        bad: """
            swagger: '2.0'
            responses:
              Legs: {description: How many., schema: {type: integer}, examples: {application/json: four}}
            """)

    static let interests: [NodeInterest] = [.having("examples", in: .response)]

    /// Examples with their numbers at the checker.
    private var checks: [Int] = []

    mutating func visit(_ node: LintNode, _ context: LintContext) {
        guard let schema = node["schema"], let examples = node["examples"] else { return }
        for member in examples.members where member.value.kind != .string || member.name.contains("json") {
            checks.append(context.facts.examples.add(member.value, against: schema, direction: .response))
        }
    }

    mutating func finish(_ context: LintContext) {
        for check in checks { context.report(context.facts.examples.mistakes(of: check)) }
    }
}
