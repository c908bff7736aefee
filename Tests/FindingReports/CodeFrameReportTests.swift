import FindingReports
import SourceDiagnostics
import Testing

@Suite("The code frame")
struct CodeFrameReportTests {
    @Test("a frame shows two lines before and after, the place underlined, advice, references and the rule")
    func frames() {
        #expect(
            ReportFixture.report().text(as: .codeframe) == """
                [1] specs/shop.yaml:2:1 at #/info

                warning: Info object must have a "contact" object.

                  1 | openapi: 3.1.0
                > 2 | info:
                    | ^^^^
                  3 |   title: Shop
                  4 | paths:

                rule: info-contact

                [2] specs/shop.yaml:2:1 at #/info

                hint: a licence helps those who use it

                  1 | openapi: 3.1.0
                > 2 | info:
                    | ^^^^
                  3 |   title: Shop
                  4 | paths:

                rule: info-license

                [3] specs/shop.yaml:8:22 at #/paths/~1orders/get/responses/200/$ref

                error: there is no response "Ordrs"

                   6 |     get:
                   7 |       responses:
                >  8 |         200: { $ref: '#/components/responses/Ordrs' }
                     |                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

                help: did you mean "Orders"?
                rule: invalid-ref (https://lintel.test/rules#invalid-ref)

                [4] specs/common.yaml:2:9 at #/Order/type

                error: "type" must be one of the allowed types

                  1 | Order:
                > 2 |   type: objekt
                    |         ^^^^^^

                reached through specs/shop.yaml:8:22
                rule: typed-enum

                ✖ 4 problems (2 errors, 1 warning, 0 infos, 1 hint)

                """)
    }

    /// The line with the place and the line below it.
    private static func marked(_ text: String, _ place: String, width: Int = 120) -> [String] {
        let file = SourceFile(path: "a.yaml", bytes: Array(text.utf8))
        var finding = ReportFixture.finding()
        finding.range = ReportFixture.range(of: place, in: file)
        let lines = ReportFixture.report([finding], inputs: []) { $0.width = width }.text(as: .codeframe)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let index = lines.firstIndex(where: { $0.hasPrefix(">") }) else { return [] }
        return [lines[index], lines[index + 1]]
    }

    @Test(
        "the caret stands below the place",
        arguments: [
            ("\ta:\tb", "b", "> 1 |     a:  b", "    |         ^"),
            ("漢: 字 x", "字", "> 1 | 漢: 字 x", "    |     ^^"),
            ("e\u{301}: 👩‍👧 x", "x", "> 1 | e\u{301}: 👩‍👧 x", "    |       ^"),
            ("\u{FEFF}a: b", "a", "> 1 | a: b", "    | ^"),
            ("a: \u{7}\u{1B}b", "b", "> 1 | a: \u{FFFD}\u{FFFD}b", "    |      ^"),
            ("a: b  \r\nc: d", "b  \r\nc", "> 1 | a: b", "    |    ^"),
        ])
    func carets(text: String, place: String, line: String, caret: String) {
        #expect(Self.marked(text, place) == [line, caret])
    }

    @Test("of a long line the part around the place is shown, whichever the width", arguments: [20, 60, 80, 120, 200])
    func longLines(width: Int) throws {
        let text = String(repeating: "é漢", count: 500) + "PLACE" + String(repeating: "x", count: 500)
        let lines = Self.marked(text, "PLACE", width: width)
        try #require(lines.count == 2)
        let shown = lines[0].dropFirst(6)
        #expect(shown.contains("PLACE") && shown.hasPrefix("…") && shown.hasSuffix("…"))
        let columns = shown.reduce(0) { $0 + ($1 == "漢" ? 2 : 1) }
        #expect(columns <= max(20, width - 6))
        let caret = try #require(lines[1].range(of: "^^^^^"))
        let before = shown.prefix { $0 != "P" }.reduce(0) { $0 + ($1 == "漢" ? 2 : 1) }
        #expect(lines[1].distance(from: lines[1].startIndex, to: caret.lowerBound) == before + 6)
    }

    @Test("a place longer than the line is cut")
    func longPlaces() {
        let place = String(repeating: "y", count: 300)
        let lines = Self.marked("a: \(place) z", place, width: 46)
        #expect(lines.first == "> 1 | a: \(String(repeating: "y", count: 36))…")
        #expect(lines.last == "    |    \(String(repeating: "^", count: 37))")
    }

    @Test("no range of any file stops the report", arguments: [1, 30, 120])
    func everyRange(width: Int) {
        let bytes = Array("\u{FEFF}a:\t漢\u{301}\r\n\r\n\n\u{1B}x\r".utf8) + [0xFF, 0xC3, 0x0A, 0xE6, 0xBC]
        let file = SourceFile(path: "a", bytes: bytes)
        for lower in -1...bytes.count + 1 {
            for upper in lower...bytes.count + 2 {
                var finding = ReportFixture.finding()
                finding.range = SourceRange(file: file, lowerBound: lower, upperBound: upper)
                let text = ReportFixture.report([finding], inputs: []) { $0.width = width }.text(as: .codeframe)
                #expect(text.contains("^") && !text.contains("\u{1B}"))
            }
        }
    }

    @Test("an empty file and a file as a whole have no excerpt")
    func withoutExcerpt() {
        var finding = ReportFixture.finding("the document is empty")
        let golden = "[1] a.yaml:1:1\n\nerror: the document is empty\n\nrule: r\n"
        finding.range = SourceRange(file: SourceFile(path: "a.yaml", bytes: []), lowerBound: 0, upperBound: 0)
        #expect(ReportFixture.report([finding], inputs: []).text(as: .codeframe).hasPrefix(golden))
        finding.range = nil
        let whole = ReportFixture.report([finding], inputs: []).text(as: .codeframe)
        #expect(whole.hasPrefix("[1] a.yaml\n\nerror: the document is empty\n\nrule: r\n"))
    }
}
