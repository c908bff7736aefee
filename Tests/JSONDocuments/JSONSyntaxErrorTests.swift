import JSONDocuments
import Testing

@Suite("Faults of JSON texts")
struct JSONSyntaxErrorTests {
    @Test(
        "a fault is named and has the offset of its byte",
        arguments: [
            ("", JSONSyntaxError.Kind.empty, 0),
            (" \n\t\r ", .empty, 5),
            ("[1,]", .unexpectedByte, 3),
            ("[1 2]", .unexpectedByte, 3),
            ("[1", .unexpectedEnd, 2),
            ("[", .unexpectedEnd, 1),
            ("{", .unexpectedEnd, 1),
            ("{}}", .trailingContent, 2),
            ("1 2", .trailingContent, 2),
            (#"{"a" 1}"#, .unexpectedByte, 5),
            (#"{"a":1,}"#, .unexpectedByte, 7),
            (#"{"a":}"#, .unexpectedByte, 5),
            (#"{a:1}"#, .unexpectedByte, 1),
            (#"{"a""#, .unexpectedEnd, 4),
            (#"{"a":1"#, .unexpectedEnd, 6),
            (#"{"a":1,"#, .unexpectedEnd, 7),
            ("[1}", .unexpectedByte, 2),
            (#"{"a":1]"#, .unexpectedByte, 6),
            ("]", .unexpectedByte, 0),
            ("tru", .invalidLiteral, 0),
            ("[nul]", .invalidLiteral, 1),
            ("falsy", .invalidLiteral, 0),
            ("True", .unexpectedByte, 0),
            ("01", .invalidNumber, 1),
            ("-", .unexpectedEnd, 1),
            ("-x", .invalidNumber, 1),
            ("1.", .unexpectedEnd, 2),
            ("1.e1", .invalidNumber, 2),
            ("1e", .unexpectedEnd, 2),
            ("1e+", .unexpectedEnd, 3),
            ("[1.5e-]", .invalidNumber, 6),
            ("+1", .unexpectedByte, 0),
            (".5", .unexpectedByte, 0),
            ("0x1", .trailingContent, 1),
            ("[1_000]", .unexpectedByte, 2),
            ("NaN", .unexpectedByte, 0),
            ("\"abc", .unexpectedEnd, 4),
            ("\"a\u{1}\"", .controlCharacter, 2),
            ("\"a\nb\"", .controlCharacter, 2),
            (#""\x""#, .invalidEscape, 1),
            (#""\"#, .unexpectedEnd, 2),
            (#""\u12"#, .invalidEscape, 1),
            (#""\u12G4""#, .invalidEscape, 1),
            (#""ab\ud800""#, .loneSurrogate, 3),
            (#""\udc00""#, .loneSurrogate, 1),
            (#""\ud800\ud800""#, .loneSurrogate, 1),
            (#""\ud800\n""#, .loneSurrogate, 1),
            ("\u{FEFF}1", .byteOrderMark, 0),
            ("// a\n1", .unexpectedByte, 0),
            ("1\u{A0}", .trailingContent, 1),
            ("'a'", .unexpectedByte, 0),
            (#"{"a":1,"a":2}"#, .duplicateKey, 7),
            (#"{"a":1,"\u0061":2}"#, .duplicateKey, 7),
            (#"{"a":{"b":1},"c":[{"b":1,"a":2,"b":3}]}"#, .duplicateKey, 31),
        ])
    func table(text: String, kind: JSONSyntaxError.Kind, offset: Int) throws {
        let error = try #require(firstFault(in: text))
        #expect(error.kind == kind)
        #expect(error.offset == offset)
    }

    @Test(
        "bytes that are not UTF-8 are refused in every place",
        arguments: [
            [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
            [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0x80], [0xBF],
            [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xC3, 0x28], [0xE2, 0x28, 0xA1],
            [0xFC, 0x80, 0x80, 0x80, 0x80, 0x80],
        ] as [[UInt8]])
    func invalidUTF8(bytes: [UInt8]) throws {
        for prefix in 0...9 {
            let text = [0x22] + [UInt8](repeating: 0x61, count: prefix) + bytes + [0x22]
            let error = try #require(firstFault(in: text))
            #expect(error.kind == .invalidUTF8)
            #expect(error.offset == prefix + 1)
            // The same as a name, and behind an escape.
            #expect(firstFault(in: Array("{".utf8) + text + Array(":1}".utf8))?.kind == .invalidUTF8)
            #expect(firstFault(in: Array(#"["\n"#.utf8) + text.dropFirst() + Array("]".utf8))?.kind == .invalidUTF8)
        }
    }

    @Test("the limits of UTF-8 are accepted")
    func validUTF8() throws {
        for scalar in [0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFD, 0xFFFF, 0x10000, 0x10FFFF] as [UInt32] {
            let text = String(String.UnicodeScalarView([try #require(Unicode.Scalar(scalar))]))
            try parsing("\"\(text)\"".utf8) { #expect(Array($0.text(of: 0)) == Array(text.utf8)) }
        }
    }

    @Test("both places of a duplicate name are known")
    func duplicatePlaces() throws {
        let error = try #require(firstFault(in: #"{"x":0,"name":{"name":1},"name":2}"#))
        #expect(error.offset == 25 && error.firstOffset == 7)
    }

    @Test("names that only look alike, or repeat in another object, are no duplicates")
    func notDuplicates() {
        #expect(firstFault(in: "{\"\u{E9}\":1,\"e\u{301}\":2}") == nil)
        #expect(firstFault(in: #"{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}"#) == nil)
        #expect(firstFault(in: #"{"":1,"\u0000":2,"a":3,"a\u0000":4}"#) == nil)
        #expect(firstFault(in: #"{"12345678":1,"123456789":2,"1234567":3,"012345678":4}"#) == nil)
    }

    @Test("duplicate names are found whatever their number, length and place")
    func duplicatesEverywhere() {
        for count in [2, 3, 8, 31, 32, 33, 34, 64, 65, 200] {
            for length in [1, 7, 8, 9, 40] {
                let names = (0..<count).map { index in
                    let digits = String(index)
                    return String(repeating: "k", count: max(0, length - digits.count)) + digits
                }
                let distinct = names.map { "\"\($0)\":{\"x\":1}" }
                #expect(firstFault(in: "{" + distinct.joined(separator: ",") + "}") == nil)
                for place in Set([0, 1, count / 2, count - 1]) {
                    let repeated = distinct + ["\"\(names[place])\":0"]
                    let error = firstFault(in: "[{" + repeated.joined(separator: ",") + "}]")
                    #expect(error?.kind == .duplicateKey, "\(count) names of \(length), repeated \(place)")
                    #expect(error?.firstOffset == 2 + distinct[..<place].reduce(0) { $0 + $1.utf8.count + 1 })
                }
            }
        }
    }

    @Test("names before an object inside are still known behind it", arguments: [0, 1, 31, 32, 33, 100])
    func duplicatesAroundObject(count: Int) {
        let inner = "{" + (0..<count).map { "\"a\($0)\":[{}]" }.joined(separator: ",") + "}"
        #expect(firstFault(in: #"{"a":1,"b":\#(inner),"c":[\#(inner),\#(inner)],"d":2}"#) == nil)
        for name in ["a", "b", "c"] {
            let error = firstFault(in: #"{"a":1,"b":\#(inner),"c":[\#(inner),\#(inner)],"\#(name)":2}"#)
            #expect(error?.kind == .duplicateKey)
        }
    }

    @Test("duplicate names pass when they are allowed")
    func allowed() throws {
        try parsing(#"{"a":1,"a":2}"#.utf8, limits: JSONLimits(duplicateKeys: .allow)) { view in
            #expect(view[0].childCount == 2)
            let pairs = view.duplicateKeys(inObject: 0, limit: 10)
            #expect(pairs.count == 1 && pairs[0] == (first: 1, second: 3))
        }
    }

    @Test("containers nest up to the limit and not beyond", arguments: [1, 2, 64, 256, 1000])
    func depth(limit: Int) {
        let limits = JSONLimits(depth: limit)
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(firstFault(in: nested(limit), limits: limits) == nil)
        #expect(firstFault(in: nested(limit + 1), limits: limits) == JSONSyntaxError(.depthExceeded, at: limit))
        let objects = String(repeating: #"{"a":"#, count: limit + 1) + "1" + String(repeating: "}", count: limit + 1)
        #expect(firstFault(in: objects, limits: limits)?.kind == .depthExceeded)
    }

    @Test("a scalar needs no depth")
    func depthZero() {
        #expect(firstFault(in: "1", limits: JSONLimits(depth: 0)) == nil)
        #expect(firstFault(in: "[]", limits: JSONLimits(depth: 0))?.kind == .depthExceeded)
    }

    @Test("a text above the size limit is not read")
    func size() {
        #expect(firstFault(in: "[1,2]", limits: JSONLimits(size: 5)) == nil)
        #expect(firstFault(in: "[1,2]", limits: JSONLimits(size: 4)) == JSONSyntaxError(.tooLarge, at: 4))
    }

    @Test("messages say what was expected and quote one printable character at most")
    func messages() throws {
        #expect(try #require(firstFault(in: "[1,]")).message == "expected a value, found ']'")
        #expect(
            try #require(firstFault(in: "{a")).message == "expected a member name in quotation marks or '}', found 'a'")
        #expect(try #require(firstFault(in: "[1")).message == "the text ends where ',' or ']' is expected")
        #expect(try #require(firstFault(in: "[\u{1}")).message == "expected a value, found byte 0x01")
        #expect(try #require(firstFault(in: [0x5B, 0xFF])).message == "expected a value, found byte 0xFF")
    }
}
