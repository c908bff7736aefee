import JSONDocuments
import MessageContracts
import OpenAPIDocuments
import PatternMatching
import SourceDiagnostics
import TestSupport
import Testing

/// Documents as vendors publish them, down to the contract that the gateway enforces.
@Suite("Real documents", .enabled(if: Corpora.isPresent, Comment(rawValue: Corpora.absence)))
struct RealDocumentTests {
    /// A document, and what is in it.
    struct Example: Sendable, CustomTestStringConvertible {
        let name: String
        /// How many operations it describes.
        let operations: Int
        /// How many different patterns its schemas have.
        let patterns: Int

        var testDescription: String { name }
    }

    static let examples = [
        Example(name: "github-api.github.com.yaml", operations: 873, patterns: 7),
        Example(name: "github-enterprise-server-3.0.yaml", operations: 664, patterns: 4),
        Example(name: "stripe.yaml", operations: 402, patterns: 58),
        Example(name: "kong-admin-ee-3.15.yaml", operations: 663, patterns: 0),
        Example(name: "kong-konnect-mesh-control-planes.yaml", operations: 171, patterns: 6),
        Example(name: "asana.yaml", operations: 152, patterns: 0),
        Example(name: "asana-multifile/large.yaml", operations: 152, patterns: 0),
        Example(name: "google-books.yaml", operations: 51, patterns: 0),
        Example(name: "lxkns.yaml", operations: 3, patterns: 0),
        Example(name: "kubernetes-v1.10.0-swagger2.json", operations: 945, patterns: 0),
    ]

    @Test("no document is left out")
    func completeness() {
        let files = Corpora.files(in: "realworld").filter { !$0.hasSuffix(".md") }
        #expect(Set(files).subtracting(Self.examples.map(\.name)).isEmpty)
    }

    @Test(
        "every reference leads somewhere, every pattern compiles, every operation has a contract", arguments: examples)
    func contract(_ example: Example) throws {
        let loaded = DocumentLoader().load(Corpora.file("realworld/" + example.name))
        #expect(loaded.diagnostics.filter { $0.severity == .error || $0.code == "unresolved-reference" }.isEmpty)
        let document = try #require(loaded.document)
        let (contract, diagnostics) = APIContract.compile(document)
        #expect(diagnostics.filter { $0.severity == .error }.map(\.message) == [])
        #expect(contract?.operations.count == example.operations)

        var patterns: Set<String> = []
        for file in document.files { Self.collect(file.document.root, &patterns) }
        #expect(patterns.count == example.patterns)
        for pattern in patterns {
            #expect(throws: Never.self, "\(pattern)") { _ = try Pattern(pattern) }
        }
        print("\(example.name): \(example.operations) contracts, \(patterns.count) patterns")
    }

    /// Finds the patterns of schemas, wherever they stand; not in data.
    private static func collect(_ value: JSONValue, _ patterns: inout Set<String>) {
        for member in value.members where !["example", "examples", "default", "enum"].contains(member.name) {
            if member.name == "pattern", let text = member.value.string { patterns.insert(text) }
            collect(member.value, &patterns)
        }
        for element in value.elements { collect(element, &patterns) }
    }
}
