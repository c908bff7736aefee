import FindingReports
import SourceDiagnostics
import Testing

@Suite("The Markdown format")
struct MarkdownReportTests {
    @Test("a heading, the counts, and a table for each file with findings")
    func tables() {
        #expect(
            ReportFixture.report().text(as: .markdown) == """
                ## lintel lint: failed

                4 problems (2 errors, 1 warning, 0 infos, 1 hint), score **69** of 100 in 3 files.

                ### <code>specs/shop.yaml</code>

                | Severity | Place | Rule | Message |
                | --- | --- | --- | --- |
                | ⚠️ warning | 2:1 | <code>info-contact</code> | Info object must have a "contact" object. |
                | 💡 hint | 2:1 | <code>info-license</code> | a licence helps those who use it |
                | ❌ error | 8:22 | <code>invalid-ref</code> | there is no response "Ordrs"<br>did you mean "Orders"? |

                ### <code>specs/common.yaml</code>

                | Severity | Place | Rule | Message |
                | --- | --- | --- | --- |
                | ❌ error | 2:9 | <code>typed-enum</code> | "type" must be one of the allowed types |

                """)
    }

    @Test("a message cannot leave its cell, mention anybody, or become markup")
    func escapes() {
        let finding = ReportFixture.finding("a|b @ann *c* `d` [e](f) <g> $h$ #1\ni")
        #expect(
            ReportFixture.report([finding]).text(as: .markdown).contains(
                "| a\\|b @<!-- -->ann \\*c\\* \\`d\\` \\[e\\](f) &lt;g&gt; \\$h\\$ \\#1 i |\n"))
        for line in ReportFixture.hostile.text(as: .markdown).split(separator: "\n") where line.hasPrefix("| ❌") {
            #expect(line.replacing("\\|", with: "").count { $0 == "|" } == 5)
            #expect(!line.contains("<script") && !line.contains("@ann"))
        }
    }

    @Test("the summary of a step stays below a mebibyte and counts what it leaves out")
    func stepSummary() {
        let long = String(repeating: "x", count: 3_000)
        let findings = (0..<2_000).map { ReportFixture.finding(long, path: ["\($0)"]) }
        let text = ReportFixture.report(findings).stepSummary
        #expect(text.utf8.count < 1_000_000)
        #expect(text.hasSuffix("\n… and 1900 more.\n"))
        #expect(ReportFixture.report().stepSummary == ReportFixture.report().text(as: .markdown))
    }

    @Test("a run that fails at nothing is a report, one without failures passed")
    func verdicts() {
        let warning = [ReportFixture.finding(severity: .warning)]
        #expect(ReportFixture.report(warning).text(as: .markdown).hasPrefix("## lintel lint: passed\n"))
        let report = ReportFixture.report(warning) { $0.failSeverity = nil }
        #expect(report.text(as: .markdown).hasPrefix("## lintel lint: report\n"))
    }
}
