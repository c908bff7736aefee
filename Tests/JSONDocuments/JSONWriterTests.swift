import JSONDocuments
import SourceDiagnostics
import Testing

@Suite("Written JSON")
struct JSONWriterTests {
    private static func write(_ layout: JSONWriter.Layout = .compact, _ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter(layout)
        body(&writer)
        return writer.text
    }

    @Test("commas and colons are set between values")
    func compact() {
        let text = Self.write { writer in
            writer.beginObject()
            writer.key("a")
            writer.beginArray()
            writer.integer(1)
            writer.double(0.1)
            writer.bool(false)
            writer.null()
            writer.beginObject()
            writer.endObject()
            writer.endArray()
            writer.key("b")
            writer.string("x")
            writer.endObject()
        }
        #expect(text == #"{"a":[1,0.1,false,null,{}],"b":"x"}"#)
    }

    @Test("the pretty layout indents by two spaces and keeps empty containers closed")
    func pretty() throws {
        let text = JSONWriter.text(of: try JSONDocument(parsing: #"{"a":[1,{"b":[]}],"c":{}}"#).root, .pretty)
        #expect(
            text == """
                {
                  "a": [
                    1,
                    {
                      "b": []
                    }
                  ],
                  "c": {}
                }
                """)
    }

    @Test(
        "strings are escaped as RFC 8259 asks, and no more than is safe",
        arguments: [
            ("plain", #""plain""#), ("\"\\/", #""\"\\/""#), ("\u{8}\u{9}\u{A}\u{C}\u{D}", #""\b\t\n\f\r""#),
            ("\u{0}\u{1F}\u{7F}", #""\u0000\u001f\u007f""#), ("é€😀", "\"é€😀\""),
            ("\u{2028}\u{2029}", #""\u2028\u2029""#),
            ("", "\"\""), ("a\u{2027}b", "\"a\u{2027}b\""),
        ])
    func escapes(value: String, text: String) {
        #expect(Self.write { $0.string(value) } == text)
    }

    @Test("bytes that are not UTF-8 are replaced, so that the output always is")
    func invalidUTF8() {
        let bytes: [UInt8] = [0x61, 0xFF, 0xC3, 0xA9, 0xE2, 0x80, 0x22]
        let text = Self.write { writer in bytes.withUnsafeBytes { writer.string($0) } }
        #expect(text == "\"a\u{FFFD}é\u{FFFD}\u{FFFD}\\\"\"")
    }

    @Test("numbers without a JSON form are null")
    func notFinite() {
        #expect(Self.write { $0.double(.nan) } == "null")
        #expect(Self.write { $0.double(-.infinity) } == "null")
        #expect(Self.write { $0.double(1e300) } == "1e+300")
        #expect(Self.write { $0.integer(UInt64.max) } == "18446744073709551615")
    }

    @Test("a writer appends to the bytes it is given and can start again")
    func appending() {
        var writer = JSONWriter(appendingTo: Array("data: ".utf8))
        writer.integer(1)
        #expect(writer.text == "data: 1")
        writer.removeAll()
        writer.beginArray()
        writer.endArray()
        #expect(writer.text == "[]")
    }

    @Test("a value inside a document is written alone, a name as a string")
    func subtrees() throws {
        let root = try JSONDocument(parsing: #"{"k":{"x":[1,2]},"z":3}"#).root
        #expect(JSONWriter.text(of: try #require(root["k"])) == #"{"x":[1,2]}"#)
        #expect(JSONWriter.text(of: try #require(root["k"]?["x"]?[1])) == "2")
        #expect(JSONWriter.text(of: try #require(root["k"]?.key)) == #""k""#)
    }

    @Test("whatever is parsed is written so that it parses to the same, in both layouts")
    func roundTrip() throws {
        var generator = SeededGenerator(seed: 1_618)
        for _ in 0..<2_000 {
            let text = RandomJSON.text(depth: 5, using: &generator)
            let document = try JSONDocument(parsing: text)
            let compact = JSONWriter.text(of: document.root)
            let again = try JSONDocument(parsing: compact)
            #expect(again.root.structurallyEquals(document.root))
            #expect(JSONWriter.text(of: again.root) == compact)
            let pretty = try JSONDocument(parsing: JSONWriter.text(of: document.root, .pretty))
            #expect(JSONWriter.text(of: pretty.root) == compact)
            #expect(again.nodeCount == document.nodeCount)
        }
    }
}

/// Random JSON texts with white space and escapes in odd places.
private enum RandomJSON {
    static func text(depth: Int, using generator: inout SeededGenerator) -> String {
        let space = ["", "", " ", "\n", "\t  ", "\r\n          "].randomElement(using: &generator) ?? ""
        return space + value(depth, &generator) + space
    }

    private static func value(_ depth: Int, _ generator: inout SeededGenerator) -> String {
        switch Int.random(in: 0...(depth > 0 ? 7 : 4), using: &generator) {
        case 0: return ["null", "true", "false"].randomElement(using: &generator) ?? "null"
        case 1, 2:
            let forms = ["0", "-0", "1e5", "-12.50", "3E-2", "123456789012345678901234567890", "7"]
            return forms.randomElement(using: &generator) ?? "0"
        case 3, 4: return string(&generator)
        case 5:
            let count = Int.random(in: 0...6, using: &generator)
            return "[" + (0..<count).map { _ in text(depth: depth - 1, using: &generator) }.joined(separator: ",") + "]"
        default:
            let count = Int.random(in: 0...40, using: &generator)
            let members = (0..<count).map { index in
                string(&generator).dropLast() + "\(index)\":" + text(depth: depth - 3, using: &generator)
            }
            return "{" + members.joined(separator: ",") + "}"
        }
    }

    private static func string(_ generator: inout SeededGenerator) -> String {
        let pieces = [
            "a", "name", "é", "€", "😀", "\\n", "\\u0041", "\\ud83d\\ude00", "\\\"", "\\\\", "0123456789abcdef", " ",
            "/",
        ]
        let count = Int.random(in: 0...6, using: &generator)
        return "\"" + (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined() + "\""
    }
}
