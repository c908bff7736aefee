import SourceDiagnostics
import Testing

@Suite("Rendered diagnostics")
struct DiagnosticRendererTests {
    private static let file = SourceFile(
        path: "routes/shop.yaml", bytes: Array("version: 1\napis:\n  shop: { tmeout: 5s }\n".utf8))

    private static var diagnostic: Diagnostic {
        Diagnostic(
            .error, "unknown-key", "there is no setting \"tmeout\"",
            at: SourceRange(file: file, lowerBound: 27, upperBound: 33),
            suggestion: "did you mean \"timeout\"?",
            notes: [Diagnostic.Note("the api starts here", at: SourceRange(file: file, lowerBound: 19, upperBound: 23))]
        )
    }

    @Test("the short form is path:line:column: severity: message [code]")
    func lines() {
        #expect(
            DiagnosticRenderer().render(Self.diagnostic) == """
                routes/shop.yaml:3:11: error: there is no setting "tmeout" [unknown-key]
                routes/shop.yaml:3:11: help: did you mean "timeout"?
                routes/shop.yaml:3:3: note: the api starts here

                """)
    }

    @Test("the long form shows the line with the stretch underlined")
    func excerpts() {
        #expect(
            DiagnosticRenderer(form: .excerpts).render(Self.diagnostic) == """
                routes/shop.yaml:3:11: error: there is no setting "tmeout" [unknown-key]
                 3 |   shop: { tmeout: 5s }
                   |           ^~~~~~
                routes/shop.yaml:3:11: help: did you mean "timeout"?
                routes/shop.yaml:3:3: note: the api starts here
                 3 |   shop: { tmeout: 5s }
                   |   ^~~~

                """)
    }

    @Test("colours are escape sequences and come only when asked for")
    func colors() {
        let colored = DiagnosticRenderer(isColored: true).render(Self.diagnostic)
        #expect(colored.contains("\u{1B}[1;31merror\u{1B}[0m"))
        #expect(!DiagnosticRenderer(form: .excerpts).render(Self.diagnostic).contains("\u{1B}"))
    }

    @Test("a diagnostic without a place has no prefix")
    func withoutPlace() {
        let diagnostic = Diagnostic(.warning, "no-files", "no file matches")
        #expect(DiagnosticRenderer(form: .excerpts).render(diagnostic) == "warning: no file matches [no-files]\n")
    }

    @Test("a stretch over several lines is underlined to the end of its first line")
    func multiline() {
        let file = SourceFile(path: "a", bytes: Array("ab\ncd".utf8))
        let diagnostic = Diagnostic(.hint, "x", "m", at: SourceRange(file: file, lowerBound: 1, upperBound: 5))
        #expect(DiagnosticRenderer(form: .excerpts).render(diagnostic) == "a:1:2: hint: m [x]\n 1 | ab\n   |  ^\n")
    }

    @Test("a place behind the last character still has a caret")
    func endOfFile() {
        let file = SourceFile(path: "a", bytes: Array("ab".utf8))
        let diagnostic = Diagnostic(.error, "x", "m", at: SourceRange(file: file, lowerBound: 2, upperBound: 2))
        #expect(DiagnosticRenderer(form: .excerpts).render(diagnostic) == "a:1:3: error: m [x]\n 1 | ab\n   |   ^\n")
    }

    @Test("only the surroundings of a place in a very long line are shown")
    func longLine() {
        let file = SourceFile(path: "a", bytes: [UInt8](repeating: 0x61, count: 100_000))
        let diagnostic = Diagnostic(
            .error, "x", "m", at: SourceRange(file: file, lowerBound: 50_000, upperBound: 90_000))
        let text = DiagnosticRenderer(form: .excerpts).render(diagnostic)
        #expect(text.utf8.count < 600)
        #expect(text.contains("…") && text.contains("^~"))
    }

    @Test("control characters of a document never reach the terminal")
    func controlCharacters() {
        let file = SourceFile(path: "a\u{1B}[2J", bytes: Array("k: \u{1B}]0;x\u{07}\tz\u{202E}".utf8))
        let diagnostic = Diagnostic(
            .error, "x", "bad\nvalue \u{1B}[31m", at: SourceRange(file: file, lowerBound: 3, upperBound: 4))
        let text = DiagnosticRenderer(form: .excerpts).render(diagnostic)
        #expect(!text.unicodeScalars.contains { $0 != "\n" && $0.value < 0x20 || $0.value == 0x202E })
        #expect(text.hasPrefix("a\u{FFFD}[2J:1:4: error: bad value \u{FFFD}[31m [x]\n"))
    }

    @Test("JSON has one object a diagnostic, with places and escapes")
    func json() {
        let file = SourceFile(path: "a\"b", bytes: Array("x\ny".utf8))
        let diagnostics = [
            Diagnostic(
                .error, "x", "tab\t quote\" back\\ nul\u{0}", at: SourceRange(file: file, lowerBound: 2, upperBound: 3),
                suggestion: "s", notes: [Diagnostic.Note("n")]),
            Diagnostic(.information, "y", "m"),
        ]
        #expect(
            DiagnosticJSON().render(diagnostics) == #"""
                [
                  {"severity":"error","code":"x","message":"tab\t quote\" back\\ nul\u0000",\#
                "path":"a\"b","line":2,"column":1,"endLine":2,"endColumn":2,"suggestion":"s","notes":[{"message":"n"}]},
                  {"severity":"info","code":"y","message":"m"}
                ]

                """#)
        #expect(DiagnosticJSON().render([]) == "[]\n")
    }

    @Test("diagnostics are sorted by path, place, then seriousness")
    func sorted() {
        let other = SourceFile(path: "a.yaml", bytes: [0x61])
        let list = [
            Diagnostic(.warning, "1", "", at: SourceRange(file: Self.file, lowerBound: 5, upperBound: 6)),
            Diagnostic(.error, "2", "", at: SourceRange(file: Self.file, lowerBound: 5, upperBound: 6)),
            Diagnostic(.error, "3", "", at: SourceRange(file: Self.file, lowerBound: 1, upperBound: 6)),
            Diagnostic(.error, "4", "", at: SourceRange(file: other, lowerBound: 1, upperBound: 1)),
            Diagnostic(.error, "5", ""),
        ]
        #expect(Diagnostic.sorted(list).map(\.code) == ["5", "4", "3", "2", "1"])
    }
}
