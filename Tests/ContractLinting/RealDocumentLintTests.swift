import ContractLinting
import JSONDocuments
import SourceDiagnostics
import TestSupport
import Testing

/// Documents of the world: rules look at them, and no finding points beside its place.
@Suite("Real documents", .enabled(if: Corpora.isPresent, Comment(rawValue: Corpora.absence)))
struct RealDocumentLintTests {
    /// The documents.
    static let documents =
        Corpora.files(in: "realworld").filter { !$0.hasSuffix(".md") }.map { "realworld/" + $0 }
        + ["realworld/asana-multifile/large.yaml"]

    /// Documents that are small enough for all rules, also those that find something at every schema.
    static let small = ["asana", "kong-admin", "google", "lxkns", "large"]

    @Test("every finding lies at its path, in the file that it names", arguments: documents)
    func locations(name: String) throws {
        let document = LintLoader().load(Corpora.file(name))
        let rules = Self.small.contains { name.contains($0) } ? RuleRegistry.all : RuleRegistry.recommended
        let findings = Linter(rules: rules.map { ConfiguredRule($0) }).lint(document)
        let files = Dictionary(
            document.files.map { ($0.document.file.path, $0.document) }, uniquingKeysWith: { first, _ in first })
        var faults: [String] = []
        for finding in findings {
            let file = try #require(files[finding.source])
            let range = try #require(finding.range)
            let value = file.root.value(at: JSONPointer(tokens: finding.path))
            let lower = value.map { $0.keyRange?.lowerBound ?? $0.range.lowerBound } ?? .max
            let isInside = lower <= range.lowerBound && range.upperBound <= value?.range.upperBound ?? 0
            let isReached = finding.source == document.root.document.file.path || !finding.references.isEmpty
            if !isInside || range.lowerBound >= range.upperBound || range.file !== file.file || !isReached {
                faults.append("\(finding.rule) \(Linting.summary(finding))")
            }
        }
        #expect(faults.prefix(5) == [])
        print("\(name): \(findings.count) findings in \(document.files.count) files")
    }

    @Test("two runs over a document find the same in the same order")
    func order() {
        let path = Corpora.file("realworld/google-books.yaml")
        let linter = Linter(rules: RuleRegistry.all.map { ConfiguredRule($0) })
        let runs = (0..<2).map { _ in linter.lint(LintLoader().load(path)).map { "\($0.rule) \(Linting.summary($0))" } }
        #expect(runs[0] == runs[1])
    }
}
