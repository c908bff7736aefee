import JSONDocuments
import MessageContracts

/// The examples and the default of a schema of 2.0, or of a parameter, fit it.
struct Swagger2SchemaExamples: LintRule {
    static let profile = RuleProfile(
        id: "oas2-valid-schema-example",
        summary:
            "The `example`, the `x-example` and the `default` of a schema or parameter are values that it accepts.",
        why: "Readers copy examples, generators fill in defaults; the gateway would refuse both.",
        category: .examples, severity: .error, versions: .version2,
        good: """
            swagger: '2.0'
            definitions: {Legs: {type: integer, default: 4}}
            """,
        bad: """
            swagger: '2.0'
            definitions: {Legs: {type: integer, default: four}}
            """)

    static let interests: [NodeInterest] = [
        .having("example", "x-example", "default", in: .schema),
        .having("x-example", "default", in: .parameter), .having("x-example", "default", in: .header),
        .having("x-example", "default", in: .items),
    ]

    /// Examples with their numbers at the checker.
    private var checks: [Int] = []

    mutating func visit(_ node: LintNode, _ context: LintContext) {
        guard let schema = Self.schema(of: node) else { return }
        for name in ["example", "x-example", "default"] {
            guard let example = node[name] else { continue }
            checks.append(
                context.facts.examples.add(
                    example, against: schema, direction: context.isInResponse ? .response : .none))
        }
    }

    mutating func finish(_ context: LintContext) {
        for check in checks { context.report(context.facts.examples.mistakes(of: check)) }
    }

    /// The schema that a node is; a parameter of 2.0 is one but for `required`.
    private static func schema(of node: LintNode) -> JSONValue? {
        guard node.kind == .parameter else { return node.value }
        guard node["type"] != nil, node["type"]?.isString("file") != true else { return nil }
        return ParameterSchema.cutOut(of: node.value)?.root ?? node.value
    }
}
