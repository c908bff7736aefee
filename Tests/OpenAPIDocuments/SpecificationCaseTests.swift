import Glibc
import OpenAPIDocuments
import SourceDiagnostics
import TestSupport
import Testing

/// The cases by which the OpenAPI Initiative tests its own schemas of documents.
@Suite("Document cases of the OpenAPI Initiative", .enabled(if: Corpora.isPresent, Comment(rawValue: Corpora.absence)))
struct SpecificationCaseTests {
    /// A folder of cases and whether its documents are right.
    struct Folder: Sendable, CustomTestStringConvertible {
        /// The folder under oai/schema-tests.
        let path: String
        /// Whether its documents are right.
        let isRight: Bool
        /// How many there are.
        let count: Int
        /// The folder.
        var testDescription: String { path }
    }

    /// The folders.
    static let folders = [
        Folder(path: "v3.1/tests/schema/pass", isRight: true, count: 35),
        Folder(path: "v3.1/tests/schema/fail", isRight: false, count: 11),
        Folder(path: "v3.2/tests/schema/pass", isRight: true, count: 37),
        Folder(path: "v3.2/tests/schema/fail", isRight: false, count: 29),
        Folder(path: "_archive_/schemas/v3.0/pass", isRight: true, count: 6),
    ]

    /// Codes that the schemas of documents cannot see: they look at one object at a time.
    static let beyondSchemas: Set<String> = [
        "path-parameter", "unresolved-reference", "file-missing", "remote-reference", "unknown-security-scheme",
        "duplicate-operation-id", "duplicate-parameter", "file-outside-roots",
    ]

    /// Cases that fail, with the reason. A case that starts to pass has to leave the list.
    static let knownFailures: [String: String] = [:]

    /// Files of a folder.
    private static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".yaml") { names.append(name) }
        }
        return names.sorted()
    }

    @Test("right documents give nothing to say, wrong ones do", arguments: folders)
    func cases(folder: Folder) throws {
        let root = try #require(Corpora.path) + "/oai/schema-tests/" + folder.path
        let names = Self.names(in: root)
        var passed = 0
        for name in names {
            let diagnostics = DocumentLoader().load("\(root)/\(name)").diagnostics
                .filter { $0.severity >= .warning && !Self.beyondSchemas.contains($0.code) }
            let isGood = diagnostics.isEmpty == folder.isRight
            if isGood { passed += 1 }
            let key = "\(folder.path)/\(name)"
            if Self.knownFailures[key] != nil {
                #expect(!isGood, "\(key) passes now: take it off the list")
            } else if !isGood {
                Issue.record("\(key): \(diagnostics.map { "\($0.range?.start.description ?? "-") \($0.message)" })")
            }
        }
        print("document cases, \(folder.path): \(passed)/\(names.count)")
        #expect(names.count == folder.count)
    }
}
