import ContractLinting
import JSONDocuments
import SchemaCompilation
import SchemaEvaluation
import TestSupport
import Testing

/// The examples of the world's documents: each fits its schema or is reported, by a count of its own.
@Suite("Examples of real documents", .enabled(if: Corpora.isPresent, Comment(rawValue: Corpora.absence)))
struct RealDocumentExampleTests {
    /// An example beside the schema that it stands for.
    private struct Pair {
        /// The example.
        let example: JSONValue
        /// The schema.
        let schema: JSONValue
    }

    @Test(
        "every example of content fits its schema or is reported",
        arguments: [
            ("realworld/asana.yaml", Dialect.oas3_0), ("realworld/github-api.github.com.yaml", .oas3_0),
            ("realworld/github-enterprise-server-3.0.yaml", .oas3_0), ("realworld/google-books.yaml", .oas3_0),
            ("realworld/kong-admin-ee-3.15.yaml", .oas3_1), ("realworld/lxkns.yaml", .oas3_0),
            ("realworld/stripe.yaml", .oas3_0),
        ])
    func examples(name: String, dialect: Dialect) throws {
        let document = LintLoader().load(Corpora.file(name))
        let rule = try #require(RuleRegistry.rule(named: "oas3-valid-media-example"))
        let reported = Linter(rules: [ConfiguredRule(rule)]).lint(document).map(\.path)
        var pairs: [Pair] = []
        Self.collect(document.root, &pairs)

        var resources = SchemaResources()
        for file in document.files { resources.register(file.document, uri: file.address, dialect: dialect) }
        var compiler = SchemaCompiler(resources: resources, dialect: dialect)
        let entries = pairs.map { compiler.add($0.schema) }
        let (program, _) = compiler.finish()
        var broken = 0
        for (pair, entry) in zip(pairs, entries) {
            let violations = pair.example.document.withView {
                program.violations(entry, $0, at: pair.example.index, limit: 100)
            }
            // What a message of one direction may lack or show all the same is another test's business.
            let isCertain = violations.contains { !["required", "readOnly", "writeOnly"].contains($0.keyword) }
            let path = pair.example.pointer.tokens
            let isReported = reported.contains { $0.starts(with: path) }
            if isCertain { broken += 1 }
            if isCertain != isReported, isCertain || violations.isEmpty {
                Issue.record("\(name) \(path.joined(separator: "/")): broken \(isCertain), reported \(isReported)")
            }
        }
        print("\(name): \(pairs.count) examples beside schemas, \(broken) broken and reported")
    }

    /// Finds `example` beside `schema`, and the values of `examples`, wherever they stand.
    private static func collect(_ value: JSONValue, _ pairs: inout [Pair]) {
        if value.kind == .object, let schema = value["schema"], schema.kind == .object, isJSON(value) {
            if let example = value["example"] {
                pairs.append(Pair(example: example, schema: schema))
            } else {
                value["examples"]?.members.forEach { member in
                    if let example = member.value["value"] { pairs.append(Pair(example: example, schema: schema)) }
                }
            }
        }
        for member in value.members where !["example", "examples", "default", "enum"].contains(member.name) {
            collect(member.value, &pairs)
        }
        for element in value.elements { collect(element, &pairs) }
    }

    /// Whether an object is no media type, or one of JSON: other contents are shown as texts.
    private static func isJSON(_ value: JSONValue) -> Bool {
        guard let name = value.pointer.tokens.last, name.contains("/") else { return true }
        return name.contains("json") || name.hasPrefix("*/")
    }
}
