import JSONDocuments
import SourceDiagnostics
import Testing
import YAMLDocuments

@Suite("YAML writer")
struct YAMLWriterTests {
    /// The YAML text of a JSON text.
    private func yaml(_ json: String) throws -> String {
        String(decoding: YAMLWriter.bytes(of: try JSONDocument(parsing: json).root), as: UTF8.self)
    }

    @Test(
        "values in block style",
        arguments: [
            (
                #"{"a": {"b": [1, {"c": true, "d": []}, [2, 3]]}, "e": {}}"#,
                "a:\n  b:\n    - 1\n    - c: true\n      d: []\n    - - 2\n      - 3\ne: {}\n"
            ),
            (
                #"{"200": "no", "/p/{id}": "a: b", "x": "a:b #c", "z": "a #c", "y": 1}"#,
                "\"200\": \"no\"\n/p/{id}: \"a: b\"\nx: \"a:b #c\"\nz: \"a #c\"\n\"y\": 1\n"
            ),
            (
                #"{"t": "one\n\n  two\n", "u": "one\ntwo", "v": "one\ntwo\n\n"}"#,
                "t: |\n  one\n\n    two\nu: |-\n  one\n  two\nv: |+\n  one\n  two\n\n"
            ),
            (
                #"[null, false, -1.5E+3, 12345678901234567890.0, ""]"#,
                "- null\n- false\n- -1.5E+3\n- 12345678901234567890.0\n- \"\"\n"
            ),
            (#""x\ny""#, "|-\n  x\n  y\n"), ("[]", "[]\n"), ("7", "7\n"),
        ])
    func layout(json: String, expected: String) throws {
        #expect(try yaml(json) == expected)
    }

    @Test("what is written is read back as the same value")
    func roundTrip() throws {
        var texts = [
            "", " ", "a", "yes", "NULL", "~", "0x1F", "1e3", ".inf", "2001-12-14", "12:30", "-", "- a", "? a", "a ",
            " a", "a:",
            "a: b", "a #b", "#a", "'a'", "\"a\"", "a\tb", "\ta", "a\n", "\na", "a\n\n\n", " a\nb", "a\n \nb", "a\n\tb",
            "a\n b",
            "a\nb ", "a\r\nb", "a\u{0}b", "\u{7F}", "\u{85}", "a\u{2028}\nb", "\u{FEFF}", "é\nü", "日本", "\u{1F600}",
            "---", "...",
            "%a", "@a", "`a", "&a", "*a", "!a", "|", ">", "{a}", "[a]", "a, b", "a]", "=", "<<", "\\", "\u{FFFE}",
            "---\na", "a\n---\nb",
            "a\n# b\n", "$ref", "/a/{b}: c", "x\u{B}y", "null", "Null", "on", "off\n", "y", "N",
        ]
        texts.append(String(repeating: "k", count: 3_000))
        // Short enough as it is, too long for a name once its escapes are written.
        texts.append(String(repeating: "\t", count: 600))
        var random = SystemRandomNumberGenerator()
        let alphabet = Array("ab :#-\n\t'\"|>{}[],&*!%@`?\u{85}\u{A0}é\u{2029}\\~0.".unicodeScalars)
        for _ in 0..<3_000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 1..<9, using: &random) {
                text.append(alphabet.randomElement(using: &random) ?? "a")
            }
            texts.append(String(text))
        }
        for text in texts {
            var writer = JSONWriter()
            writer.beginObject()
            writer.key(text)
            writer.string(text)
            writer.key("k" + text)
            writer.beginArray()
            writer.string(text)
            writer.beginObject()
            writer.key(text)
            writer.beginArray()
            writer.string(text)
            writer.beginArray()
            writer.endArray()
            writer.endArray()
            writer.endObject()
            writer.endArray()
            writer.endObject()
            let document = try JSONDocument(parsing: writer.text)
            let bytes = YAMLWriter.bytes(of: document.root)
            let written = String(decoding: bytes, as: UTF8.self)
            let read = try? YAMLParser.parse(SourceFile(path: "w.yaml", bytes: bytes))
            #expect(read?.root.structurallyEquals(document.root) == true, "\(text.debugDescription):\n\(written)")
        }
    }
}
