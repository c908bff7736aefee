import SourceDiagnostics
import Testing

@Suite("Source files")
struct SourceFileTests {
    private static func file(_ text: String) -> SourceFile {
        SourceFile(path: "a.yaml", bytes: Array(text.utf8))
    }

    @Test(
        "an offset becomes a one-based line and column, in Unicode scalars",
        arguments: [
            ("abc", 0, 1, 1), ("abc", 2, 1, 3), ("abc", 3, 1, 4),
            ("a\nb", 1, 1, 2), ("a\nb", 2, 2, 1),
            ("a\r\nb", 3, 2, 1), ("a\rb", 2, 2, 1), ("a\r\rb", 3, 3, 1),
            ("\n\n\n", 3, 4, 1),
            ("é: x", 2, 1, 2), ("😀x", 4, 1, 2), ("e\u{301}x", 3, 1, 3),
            ("\u{FEFF}abc", 3, 1, 1), ("\u{FEFF}abc", 4, 1, 2), ("\u{FEFF}abc", 0, 1, 1),
            ("", 0, 1, 1),
        ])
    func position(text: String, offset: Int, line: Int, column: Int) {
        #expect(Self.file(text).position(at: offset) == SourcePosition(line: line, column: column))
    }

    @Test(
        "an offset outside the file is moved to its nearest end", arguments: [(-5, 1, 1), (99, 2, 2), (Int.max, 2, 2)])
    func clampedPosition(offset: Int, line: Int, column: Int) {
        #expect(Self.file("a\nb").position(at: offset) == SourcePosition(line: line, column: column))
    }

    @Test("a range never leaves its file and is never reversed")
    func clampedRange() {
        let file = Self.file("hello")
        let range = SourceRange(file: file, lowerBound: 4, upperBound: 2)
        #expect(range.lowerBound == 4 && range.upperBound == 4)
        let outside = SourceRange(file: file, lowerBound: -1, upperBound: 100)
        #expect(outside.lowerBound == 0 && outside.upperBound == 5)
        #expect(outside.description == "a.yaml:1:1")
    }

    @Test(
        "lines are given without their line break",
        arguments: [(1, "one"), (2, "twö"), (3, ""), (4, "four"), (9, "four")])
    func lines(number: Int, text: String) {
        #expect(Self.file("one\r\ntwö\n\nfour").text(ofLine: number) == text)
    }

    @Test(
        "every offset of a file agrees with a plain count, also within lines that are far longer than others",
        arguments: [
            "kéy: v\r\nnext:\n  - 😀\r  - b\n",
            "short\n" + String(repeating: "é😀e\u{301}, ", count: 900) + "\nshort\n",
            "\u{FEFF}" + String(repeating: "x", count: 8190), String(repeating: "x", count: 8192),
        ])
    func everyOffset(text: String) {
        let file = Self.file(text)
        var (line, column, offset) = (1, 1, 0)
        var scalars = Array(text.unicodeScalars)
        // A byte order mark has no width.
        if scalars.first == "\u{FEFF}" {
            scalars.removeFirst()
            offset = 3
        }
        for (index, scalar) in scalars.enumerated() {
            #expect(file.position(at: offset) == SourcePosition(line: line, column: column), "offset \(offset)")
            offset += String(scalar).utf8.count
            let isBreak =
                scalar == "\n" || (scalar == "\r" && !(index + 1 < scalars.count && scalars[index + 1] == "\n"))
            (line, column) = isBreak ? (line + 1, 1) : (line, column + 1)
        }
        #expect(file.position(at: offset) == SourcePosition(line: line, column: column))
    }
}
