import JSONDocuments
import OpenAPIDocuments

/// The examples and the default of a schema fit it.
struct SchemaExamples: LintRule {
    static let profile = RuleProfile(
        id: "oas3-valid-schema-example",
        summary: "The `example`, the `examples` and the `default` of a schema are values that it accepts.",
        why: "Readers copy examples, generators fill in defaults; the gateway would refuse both.",
        category: .examples, severity: .error, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            components:
              schemas: {Legs: {type: integer, default: 4}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            components:
              schemas: {Legs: {type: integer, default: four}}
            """)

    static let interests: [NodeInterest] = [.having("example", "default", "examples", in: .schema)]

    /// Examples with their numbers at the checker.
    private var checks: [Int] = []

    mutating func visit(_ node: LintNode, _ context: LintContext) {
        var examples = [node["example"], node["default"]].compactMap { $0 }
        if context.version >= .version31, let list = node["examples"] { examples += list.elements }
        for example in examples {
            checks.append(
                context.facts.examples.add(
                    example, against: node.value,
                    direction: context.isInRequest ? .request : context.isInResponse ? .response : .none))
        }
    }

    mutating func finish(_ context: LintContext) {
        for check in checks { context.report(context.facts.examples.mistakes(of: check)) }
    }
}
