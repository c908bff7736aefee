import FindingReports
import SourceDiagnostics
import Testing

@Suite("The stylish and text formats")
struct StylishReportTests {
    @Test("stylish aligns the findings of a file and counts them all at the end")
    func stylish() {
        #expect(
            ReportFixture.report().text(as: .stylish) == """
                specs/shop.yaml
                  2:1  warning  info-contact  Info object must have a "contact" object.             info
                  2:1     hint  info-license  a licence helps those who use it                      info
                 8:22    error  invalid-ref   there is no response "Ordrs"; did you mean "Orders"?  paths./orders.get.responses[200].$ref

                specs/common.yaml
                 2:9  error  typed-enum  "type" must be one of the allowed types  Order.type

                ✖ 4 problems (2 errors, 1 warning, 0 infos, 1 hint)

                """)
    }

    @Test("text is one line for each finding")
    func lines() {
        #expect(
            ReportFixture.report().text(as: .text) == """
                specs/shop.yaml:2:1 warning info-contact "Info object must have a "contact" object."
                specs/shop.yaml:2:1 hint info-license "a licence helps those who use it"
                specs/shop.yaml:8:22 error invalid-ref "there is no response "Ordrs"; did you mean "Orders"?"
                specs/common.yaml:2:9 error typed-enum ""type" must be one of the allowed types"

                """)
    }

    @Test(
        "a path is printed with dots, with brackets for numbers, blanks and nothing",
        arguments: [
            ([], ""), (["0", "info"], "[0].info"), (["paths", "/a b", ""], "paths['/a b']['']"),
            (["a", "1e3"], "a.1e3"),
        ])
    func paths(path: [String], printed: String) {
        let text = ReportFixture.report([ReportFixture.finding(path: path)], inputs: []).text(as: .stylish)
        #expect(text.hasPrefix("a.yaml\n  error  r  m\(printed.isEmpty ? "" : "  " + printed)\n"))
    }

    @Test(
        "a clean run says so, by the severity that would have failed it",
        arguments: [
            (Severity.error, "No results with a severity of 'error' found!\n"),
            (.warning, "No results with a severity of 'warn' or higher found!\n"),
            (.information, "No results with a severity of 'info' or higher found!\n"), (nil, "No results found!\n"),
        ])
    func clean(threshold: Severity?, sentence: String) {
        let report = ReportFixture.report([]) { $0.failSeverity = threshold }
        #expect(report.text(as: .stylish) == sentence)
        #expect(report.text(as: .codeframe) == sentence)
        #expect(report.text(as: .summary) == sentence)
        #expect(report.text(as: .text).isEmpty)
    }

    @Test("beyond the greatest number the most serious findings are told and the others counted")
    func maxProblems() {
        let text = ReportFixture.report { $0.maxProblems = 2 }.text(as: .stylish)
        #expect(text.contains("invalid-ref") && text.contains("typed-enum"))
        #expect(!text.contains("info-contact"))
        #expect(text.contains("… 2 more are hidden: --max-problems says how many are shown\n"))
        #expect(text.hasSuffix("✖ 4 problems (2 errors, 1 warning, 0 infos, 1 hint)\n"))
    }

    @Test("colours do not change the columns")
    func colors() {
        let plain = ReportFixture.report().text(as: .stylish)
        let colored = ReportFixture.report { $0.isColored = true }.text(as: .stylish)
        #expect(colored.contains("\u{1B}[31merror\u{1B}[0m"))
        #expect(colored.replacing(#/\u{1B}\[[0-9;]*m/#, with: "") == plain)
    }

    @Test("wide characters take two columns")
    func wideCharacters() {
        let findings = [
            ReportFixture.finding("漢字", path: ["p"]), ReportFixture.finding("abcd", path: ["q"]),
            ReportFixture.finding("e\u{301}👍🏽x", path: ["s"]),
        ]
        #expect(
            ReportFixture.report(findings, inputs: []).text(as: .stylish).hasPrefix(
                "a.yaml\n  error  r  漢字  p\n  error  r  abcd  q\n  error  r  e\u{301}👍🏽x  s\n"))
    }

    @Test("the summary counts by rule, the most serious first")
    func summary() {
        #expect(
            ReportFixture.report().text(as: .summary) == """
                 1    error  invalid-ref
                 1    error  typed-enum
                 1  warning  info-contact
                 1     hint  info-license

                score 69 of 100
                ✖ 4 problems (2 errors, 1 warning, 0 infos, 1 hint)

                """)
    }
}
