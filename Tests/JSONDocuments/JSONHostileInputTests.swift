import JSONDocuments
import Testing

/// Texts that are built to be expensive. Each takes milliseconds; the time limit only turns an endless run into a
/// failure.
@Suite("Hostile JSON texts", .timeLimit(.minutes(1)))
struct JSONHostileInputTests {
    @Test("a megabyte of open brackets is refused at the depth limit", arguments: ["[", "{\"a\":", "[{\"a\":"])
    func openBrackets(unit: String) {
        let text = String(repeating: unit, count: 1_000_000 / unit.count)
        #expect(firstFault(in: text)?.kind == .depthExceeded)
        #expect(firstFault(in: text, limits: JSONLimits(depth: .max))?.kind == .unexpectedEnd)
    }

    @Test("a number of ten megabytes is a literal like any other")
    func longNumber() throws {
        let digits = [UInt8](repeating: UInt8(ascii: "7"), count: 10_000_000)
        try parsing(digits) { view in
            #expect(view.text(of: 0).count == 10_000_000)
            #expect(ExactNumber.isMathematicalInteger(view.text(of: 0)))
            #expect(ExactNumber(7).divides(literal: view.text(of: 0)))
            #expect(ExactNumber(9).compare(literal: view.text(of: 0)) > 0)
            #expect(!ExactNumber(2).divides(literal: view.text(of: 0)))
            #expect(ExactNumber.int64(view.text(of: 0)) == nil)
        }
        #expect(firstFault(in: digits + [UInt8(ascii: "e")])?.kind == .unexpectedEnd)
    }

    @Test("100,000 different names of one object are compared without quadratic work")
    func distinctNames() {
        let names = (0..<100_000).map { "\"\($0)\":0" }.joined(separator: ",")
        #expect(firstFault(in: "{\(names)}") == nil)
        let long = (0..<100_000).map { "\"abcdefgh\($0)hgfedcba\":0" }.joined(separator: ",")
        #expect(firstFault(in: "{\(long)}") == nil)
    }

    @Test("100,000 equal names of one object are refused at the second")
    func equalNames() {
        let names = [String](repeating: "\"a\":0", count: 100_000).joined(separator: ",")
        #expect(firstFault(in: "{\(names)}") == JSONSyntaxError(.duplicateKey, at: 7, firstOffset: 1))
    }

    @Test("the last of 100,000 names is still compared with all others")
    func lateDuplicate() {
        let names = (0..<100_000).map { "\"\($0)\":0" } + ["\"5\\u0037\":1"]
        let error = firstFault(in: "{" + names.joined(separator: ",") + "}")
        #expect(error?.kind == .duplicateKey)
        #expect(error?.firstOffset == 1 + names[..<57].reduce(0) { $0 + $1.utf8.count + 1 })
    }

    @Test("many small objects with names built to have the same signature are read")
    func equalSignatures() {
        // Same first eight bytes, same last eight bytes, same length.
        let names = (0..<32).map { "\"same_head\(100 + $0)same_tail\":0" }.joined(separator: ",")
        let text = "[" + [String](repeating: "{\(names)}", count: 2_000).joined(separator: ",") + "]"
        #expect(firstFault(in: text) == nil)
    }

    @Test("ten megabytes of escapes need no more room than their source")
    func escapes() throws {
        let text = "\"" + String(repeating: "\\u00e9", count: 1_700_000) + "\""
        try parsing(text.utf8) { #expect($0.text(of: 0).count == 3_400_000) }
    }

    @Test("every prefix of a text, and every text with one byte changed, is read without a trap")
    func mutations() {
        let text = Array(
            #"{"a":[1,-2.5e+3,true,false,null],"b\u00e9\ud83d\ude00":{"":"é€😀\n"},"c":[[],{}, "xxxxxxxxxxxxxxxx"]}"#
                .utf8)
        #expect(firstFault(in: text) == nil)
        for length in 0..<text.count { #expect(firstFault(in: text[..<length]) != nil) }
        for index in text.indices {
            for byte in [
                0x00, 0x09, 0x20, 0x22, 0x2C, 0x2D, 0x30, 0x39, 0x3A, 0x5B, 0x5C, 0x5D, 0x65, 0x75, 0x7B, 0x7D, 0x80,
                0xC3, 0xED, 0xFF,
            ] as [UInt8] {
                var changed = text
                changed[index] = byte
                if let error = firstFault(in: changed) { #expect((0...changed.count).contains(error.offset)) }
            }
        }
    }

    @Test("random bytes are read without a trap")
    func noise() {
        var generator = SeededGenerator(seed: 2_718_281)
        let alphabet = Array(#"{}[]:,"\/ue0123456789.-+tfnrl"#.utf8) + [0x00, 0x0A, 0x80, 0xC3, 0xA9, 0xF0]
        for _ in 0..<50_000 {
            let length = Int.random(in: 0...60, using: &generator)
            let text = (0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] }
            if let error = firstFault(in: text) { #expect((0...text.count).contains(error.offset)) }
        }
    }
}
