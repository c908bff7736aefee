import JSONDocuments
import SourceDiagnostics
import Testing

@Suite("The tape")
struct JSONTapeTests {
    @Test("a row has 24 bytes")
    func layout() {
        #expect(MemoryLayout<JSONNode>.size == 24)
        #expect(MemoryLayout<JSONNode>.stride == 24)
    }

    @Test("rows stand in reading order, children behind their container, names and values in turn")
    func order() throws {
        let text = #"{"a": [1, 2.5], "b\n": null, "c": {}, "d": [], "e": "é"}"#
        try parsing(text.utf8) { view in
            let kinds = (0..<view.count).map { view[$0].kind }
            #expect(
                kinds == [
                    .object, .string, .array, .number, .number, .string, .null, .string, .object, .string, .array,
                    .string, .string,
                ])
            #expect((0..<view.count).map { Int(view[$0].next) } == [13, 2, 5, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])
            #expect(view[0].childCount == 5 && view[2].childCount == 2 && view[8].childCount == 0)
            #expect(view[10].childCount == 0)
            #expect(view[3].flags == .integerLiteral && view[4].flags == [])
            #expect(view[1].flags == .key && view[5].flags == [.key, .decoded])
            #expect(view[12].flags == [])
            #expect(Array(view.text(of: 5)) == Array("b\n".utf8))
            #expect(Array(view.text(of: 12)) == Array("é".utf8))
            #expect(Array(view.text(of: 4)) == Array("2.5".utf8))
        }
    }

    @Test("every row knows its bytes in the source")
    func ranges() throws {
        let text = Array(#" { "a" : [ 1 , "x\u0041" ] , "b" : true } "#.utf8)
        try parsing(text) { view in
            let texts = (0..<view.count).map {
                String(decoding: text[Int(view[$0].lower)..<Int(view[$0].upper)], as: UTF8.self)
            }
            #expect(
                texts == [
                    #"{ "a" : [ 1 , "x\u0041" ] , "b" : true }"#, #""a""#, #"[ 1 , "x\u0041" ]"#, "1", #""x\u0041""#,
                    #""b""#, "true",
                ])
        }
    }

    @Test(
        "escapes mean what RFC 8259 section 7 says",
        arguments: [
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
            (#""\u0041\u00e9\u20AC""#, "Aé€"),
            (#""\ud83d\ude00!""#, "😀!"),
            (#""\uDBFF\uDFFF""#, "\u{10FFFF}"),
            (#""\u0000""#, "\u{0}"),
            (#""plain text before \n and after""#, "plain text before \n and after"),
            (#""\ufffe\uFFFF""#, "\u{FFFE}\u{FFFF}"),
        ])
    func escapes(text: String, meaning: String) throws {
        try parsing(text.utf8) { view in
            #expect(Array(view.text(of: 0)) == Array(meaning.utf8))
            #expect(view[0].flags == .decoded)
        }
    }

    @Test("a string of every length and place is read right, whatever stands behind it")
    func stringLengths() throws {
        for length in 0...40 {
            for padding in 0...9 {
                for content in ["x", "é", "€", "😀", "\\n"] {
                    let inner = String(repeating: "a", count: length) + content
                    let text = "[" + String(repeating: " ", count: padding) + "\"\(inner)\"]"
                    try parsing(text.utf8) { view in
                        let expected = inner.hasSuffix("\\n") ? String(inner.dropLast(2)) + "\n" : inner
                        #expect(Array(view.text(of: 1)) == Array(expected.utf8))
                    }
                }
            }
        }
    }

    @Test("a reused tape holds the last text only, and does not grow any more")
    func reuse() throws {
        var tape = JSONTape()
        let texts = ["[1,2,3]", #"{"a":"\n","b":[true]}"#, "null"].map { Array($0.utf8) }
        for text in texts {
            try text.withUnsafeBytes { try tape.parse($0, limits: .traffic) }
        }
        let allocated = tape.allocatedBytes
        for text in texts + texts {
            try text.withUnsafeBytes { bytes in
                try tape.parse(bytes, limits: .traffic)
                let counts = (tape.count, tape.view[0].next)
                #expect(counts.0 == Int(counts.1))
            }
        }
        #expect(tape.allocatedBytes == allocated)
    }

    @Test("a tape is empty after a fault, and usable")
    func afterFault() throws {
        var tape = JSONTape()
        let bad = Array("[1,2,".utf8)
        let good = Array("[1]".utf8)
        _ = bad.withUnsafeBytes { bytes in
            #expect(throws: JSONSyntaxError.self) { try tape.parse(bytes, limits: .traffic) }
        }
        #expect(tape.count == 0)
        try good.withUnsafeBytes { try tape.parse($0, limits: .traffic) }
        #expect(tape.count == 2)
    }

    @Test("room that one large text needed can be given back")
    func trimming() throws {
        var tape = JSONTape()
        let large = Array(("[" + String(repeating: #""\n","#, count: 100_000) + "1]").utf8)
        try large.withUnsafeBytes { try tape.parse($0, limits: .traffic) }
        #expect(tape.count == 100_002)
        tape.removeAll(keepingAtMost: 64 << 10)
        #expect(tape.allocatedBytes <= 200 << 10)
        try Array("[1]".utf8).withUnsafeBytes { try tape.parse($0, limits: .traffic) }
        #expect(tape.count == 2)
    }

    @Test("a document built by hand reads like a parsed one")
    func building() throws {
        var tape = JSONTape()
        tape.beginObject(at: 1)
        tape.appendKey("a", 2..<5)
        tape.beginArray()
        tape.appendInteger(-12)
        Array("1.5e3".utf8).withUnsafeBytes { tape.appendNumber($0) }
        tape.appendString("text", 7..<11)
        tape.appendNull()
        tape.endArray()
        tape.appendKey("b")
        tape.appendBool(true)
        tape.endObject(at: 20)
        try parsing(#"{"a":[-12,1.5e3,"text",null],"b":true}"#.utf8) { parsed in
            tape.withView { built in
                #expect(built.count == parsed.count)
                for index in 0..<built.count {
                    #expect(built[index].kind == parsed[index].kind)
                    #expect(built[index].next == parsed[index].next)
                    #expect(built[index].flags.subtracting(.decoded) == parsed[index].flags)
                    switch built[index].kind {
                    case .string, .number: #expect(Array(built.text(of: index)) == Array(parsed.text(of: index)))
                    case .array, .object: #expect(built[index].childCount == parsed[index].childCount)
                    default: break
                    }
                }
                #expect(built[0].lower == 1 && built[0].upper == 20)
                #expect(built[5].lower == 7 && built[5].upper == 11)
            }
        }
    }

    @Test("a copy of a subtree refers to its own rows")
    func copies() {
        var tape = JSONTape()
        tape.beginArray()
        tape.beginObject()
        tape.appendKey("k")
        tape.beginArray()
        tape.appendString("v")
        tape.endArray()
        tape.endObject()
        tape.appendCopy(ofNodeAt: 1, range: 30..<33)
        tape.appendCopy(ofNodeAt: 4)
        tape.endArray()
        let file = SourceFile(path: "built", bytes: [])
        let document = JSONDocument(file: file, tape: tape)
        #expect(JSONWriter.text(of: document.root) == #"[{"k":["v"]},{"k":["v"]},"v"]"#)
        #expect(document.root.count == 3)
    }

    @Test("a view finds a member by the bytes of its name")
    func lookup() throws {
        try parsing(#"{"a":1,"\u0062":[2],"c":3}"#.utf8) { view in
            func value(_ name: String) -> Int? {
                Array(name.utf8).withUnsafeBytes { view.value(forKey: $0, inObject: 0) }
            }
            #expect(value("a") == 2 && value("b") == 4 && value("c") == 7)
            #expect(value("") == nil && value("aa") == nil)
            #expect(Array("a".utf8).withUnsafeBytes { view.value(forKey: $0, inObject: 4) } == nil)
        }
    }
}
