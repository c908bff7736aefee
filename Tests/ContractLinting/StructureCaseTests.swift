import ContractLinting
import SourceDiagnostics
import TestSupport
import Testing

/// The cases by which the OpenAPI Initiative tests its own schemas of documents, judged by `oas3-schema`.
@Suite(
    "Document cases for the rules of structure",
    .enabled(if: Corpora.isPresent, Comment(rawValue: Corpora.absence)))
struct StructureCaseTests {
    /// A folder of cases and whether its documents are right.
    struct Folder: Sendable, CustomTestStringConvertible {
        /// The folder under oai/.
        let path: String
        /// Whether its documents are right.
        let isRight: Bool
        /// How many there are.
        let count: Int

        var testDescription: String { path }
    }

    /// The folders.
    static let folders = [
        Folder(path: "schema-tests/v3.1/tests/schema/pass", isRight: true, count: 35),
        Folder(path: "schema-tests/v3.1/tests/schema/fail", isRight: false, count: 11),
        Folder(path: "schema-tests/v3.2/tests/schema/pass", isRight: true, count: 37),
        Folder(path: "schema-tests/v3.2/tests/schema/fail", isRight: false, count: 29),
        Folder(path: "schema-tests/_archive_/schemas/v3.0/pass", isRight: true, count: 6),
        Folder(path: "examples/examples/v2.0/yaml", isRight: true, count: 7),
        Folder(path: "examples/examples/v3.0", isRight: true, count: 12),
        Folder(path: "examples/examples/v3.1", isRight: true, count: 6),
    ]

    /// Cases that are judged otherwise, with the reason. A case that starts to pass has to leave the list.
    static let knownFailures: [String: String] = [:]

    @Test("right documents have no finding, wrong ones have one", arguments: folders)
    func cases(folder: Folder) {
        let root = Corpora.file("oai/" + folder.path)
        let names = Corpora.files(in: "oai/" + folder.path).filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".json") }
        let rules = ["oas3-schema", "oas2-schema", "parser"].compactMap { RuleRegistry.rule(named: $0) }
        let linter = Linter(rules: rules.map { ConfiguredRule($0) })
        var passed = 0
        for name in names {
            let findings = linter.lint(LintLoader().load("\(root)/\(name)"))
            let isGood = findings.isEmpty == folder.isRight
            if isGood { passed += 1 }
            let key = "\(folder.path)/\(name)"
            if Self.knownFailures[key] != nil {
                #expect(!isGood, "\(key) passes now: take it off the list")
            } else if !isGood {
                Issue.record("\(key): \(findings.map(Linting.summary))")
            }
        }
        print("structure cases, \(folder.path): \(passed)/\(names.count)")
        #expect(names.count == folder.count)
    }
}
