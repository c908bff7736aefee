import JSONDocuments
import OpenAPIDocuments
import SchemaCompilation

/// The examples of content, parameters and headers fit their schemas.
struct MediaExamples: LintRule {
    static let profile = RuleProfile(
        id: "oas3-valid-media-example",
        summary: "The examples of content, parameters and headers are values that their schemas accept.",
        why: "Readers copy examples; the gateway would refuse what they send.",
        category: .examples, severity: .error, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            components:
              parameters:
                legs: {name: legs, in: query, schema: {type: integer}, example: 4}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            components:
              parameters:
                legs: {name: legs, in: query, schema: {type: integer}, example: four}
            """)

    static let interests: [NodeInterest] = [
        .having("example", "examples", in: .mediaType), .having("example", "examples", in: .parameter),
        .having("example", "examples", in: .header),
    ]

    /// Examples with their numbers at the checker.
    private var checks: [Int] = []

    mutating func visit(_ node: LintNode, _ context: LintContext) {
        guard let schema = node["schema"] else { return }
        for example in examples(of: node, context) where !Self.isSerialized(example, node) {
            checks.append(
                context.facts.examples.add(
                    example, against: schema,
                    direction: context.isInRequest || node.kind == .parameter
                        ? .request : context.isInResponse ? .response : .none))
        }
    }

    mutating func finish(_ context: LintContext) {
        for check in checks { context.report(context.facts.examples.mistakes(of: check)) }
    }

    /// The values that are shown: `example`, or those of `examples`.
    private func examples(of node: LintNode, _ context: LintContext) -> [JSONValue] {
        if let example = node["example"] { return [example] }
        guard let examples = node["examples"], examples.kind == .object else { return [] }
        return examples.members.compactMap { member in
            guard let example = context.followed(member.value), example["externalValue"] == nil else { return nil }
            return example["value"] ?? (context.version >= .version32 ? example["dataValue"] : nil)
        }
    }

    /// Whether an example is a text in a format of its own, such as XML: nothing that a schema could judge.
    private static func isSerialized(_ example: JSONValue, _ node: LintNode) -> Bool {
        guard node.kind == .mediaType, example.kind == .string, let type = node.name?.lowercased() else { return false }
        return type.contains("/") && !type.contains("json") && !type.hasPrefix("*/")
    }
}
