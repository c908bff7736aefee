import JSONDocuments
import SourceDiagnostics
import Testing
import YAMLDocuments

@Suite("Documents of either kind")
struct DocumentParserTests {
    private static func parse(_ path: String, _ text: String) -> Result<JSONDocument, DocumentRejection> {
        DocumentParser.parse(SourceFile(path: path, bytes: Array(text.utf8)))
    }

    private static func rendered(_ path: String, _ text: String) -> String {
        guard case .failure(let rejection) = parse(path, text) else { return "" }
        return DiagnosticRenderer().render(rejection.diagnostics)
    }

    @Test(
        "the name decides, and without one the first byte",
        arguments: [
            ("a.json", "a: 1", true), ("a.JSON", "a: 1", true), ("a.yaml", "{}", false), ("a.yml", "[]", false),
            ("a", " \n{}", true),
            ("a", "[1]", true), ("a", "a: 1", false), ("-", "# {", false), ("<stdin>", "\u{FEFF}{}", true),
            ("a", "", false),
        ])
    func kinds(path: String, text: String, isJSON: Bool) {
        #expect(DocumentParser.isJSON(SourceFile(path: path, bytes: Array(text.utf8))) == isJSON)
    }

    @Test("the same content as JSON and as YAML is the same document")
    func sameDocument() throws {
        let one = try Self.parse("a.json", #"{"a": [1, 2.50, "x", null, true], "b": {"c": {}}}"#).get()
        let two = try Self.parse("a.yaml", "a:\n- 1\n- 2.50\n- x\n- ~\n- true\nb: {c: {}}\n").get()
        #expect(one.root.structurallyEquals(two.root))
        #expect(JSONWriter.text(of: one.root) == JSONWriter.text(of: two.root))
    }

    @Test("a fault of a JSON file has file, line and column")
    func jsonFault() {
        #expect(
            Self.rendered("s/a.json", "{\n  \"a\": 1,\n  \"ü\": }\n")
                == "s/a.json:3:8: error: expected a value, found '}' [unexpected-byte]\n")
        #expect(
            Self.rendered("a.json", "") == "a.json:1:1: error: there is no value, only white space [empty-document]\n")
    }

    @Test("all duplicate keys of a JSON file are reported, with both places")
    func jsonDuplicates() {
        #expect(
            Self.rendered("a.json", "{\"a\":1,\n\"b\":{\"x\":1,\"\\u0078\":2},\n\"a\":2}") == """
                a.json:2:12: error: the key "x" is already defined in this object [duplicate-key]
                a.json:2:6: note: the first definition is here
                a.json:3:1: error: the key "a" is already defined in this object [duplicate-key]
                a.json:1:2: note: the first definition is here

                """)
    }

    @Test("a syntax error behind a duplicate key is reported with it")
    func jsonBoth() {
        let text = Self.rendered("a.json", "{\"a\":1,\"a\":2,}")
        #expect(text.contains("1:8: error") && text.contains("1:14: error"))
    }

    @Test("a fault of a YAML file has file, line and column")
    func yamlFault() {
        #expect(
            Self.rendered("routes/a.yaml", "a: 1\na: 2\n")
                == "routes/a.yaml:2:1: error: the key \"a\" is already defined in this mapping [duplicate-key]\n"
                + "routes/a.yaml:1:1: note: the first definition is here\n")
    }

    @Test("JSON files nest as deep as YAML files and no deeper", arguments: ["a.json", "a.yaml"])
    func depth(path: String) throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try Self.parse(path, nested(256)).get()
        #expect(throws: DocumentRejection.self) { try Self.parse(path, nested(257)).get() }
    }
}
