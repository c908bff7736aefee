import JSONDocuments
import SourceDiagnostics
import TestSupport
import Testing
import YAMLDocuments

/// Published API descriptions of vendors, as large as such files get.
@Suite(
    "Real documents", .enabled(if: Corpora.isPresent, Comment(rawValue: Corpora.absence)),
    .timeLimit(.minutes(5)))
struct RealWorldDocumentTests {
    /// All YAML and JSON files below the folder.
    private static let files = FileContent.paths(below: Corpora.file("realworld")).filter { name in
        name.hasSuffix(".yaml") || name.hasSuffix(".json")
    }

    private static func document(_ name: String) throws -> JSONDocument {
        try DocumentParser.parse(SourceFile(path: name, bytes: try Corpora.bytes("realworld/" + name))).get()
    }

    @Test("every document is read, and every node stands where its range says", arguments: files)
    func ranges(name: String) throws {
        let document = try Self.document(name)
        let bytes = document.file.bytes
        document.withView { view in
            var misplaced = 0
            for index in 0..<view.count {
                let node = view[index]
                guard node.lower <= node.upper, Int(node.upper) <= bytes.count else {
                    misplaced += 1
                    continue
                }
                let slice = bytes[Int(node.lower)..<Int(node.upper)]
                switch node.kind {
                case .string:
                    // Quoted and block scalars by their indicator, plain ones of a line by their text.
                    guard let first = slice.first, !Array("\"'|>&!*".utf8).contains(first) else { continue }
                    let text = view.text(of: node)
                    if !slice.contains(0x0A), !slice.elementsEqual(text) { misplaced += 1 }
                case .number: if !slice.elementsEqual(view.text(of: node)) { misplaced += 1 }
                case .true, .false: if slice.count != (node.kind == .true ? 4 : 5) { misplaced += 1 }
                case .null: if !slice.isEmpty, slice.count != 1, slice.count != 4 { misplaced += 1 }
                case .array, .object: if slice.isEmpty { misplaced += 1 }
                }
            }
            #expect(misplaced == 0)
        }
    }

    @Test("every document means the same when it is written as JSON and read again", arguments: files)
    func roundTrip(name: String) throws {
        let document = try Self.document(name)
        let file = SourceFile(path: "again.json", bytes: JSONWriter.bytes(of: document.root))
        let again = try JSONDocument(parsing: file)
        #expect(again.nodeCount == document.nodeCount)
        #expect(again.root.structurallyEquals(document.root))
    }

    @Test("known facts of GitHub's document hold")
    func github() throws {
        let root = try Self.document("github-api.github.com.yaml").root
        #expect(root["openapi"]?.string == "3.0.3")
        #expect(root["paths"]?.count == 564)
        let pointer = try #require(JSONPointer("/paths/~1repos~1{owner}~1{repo}/get/operationId"))
        #expect(root.value(at: pointer)?.string == "repos/get")
        #expect(root.value(at: pointer)?.pointer == pointer)
    }
}
