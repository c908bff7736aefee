import FindingReports
import SourceDiagnostics
import Testing

@Suite("A report as a whole")
struct FindingReportTests {
    @Test("equal runs give equal bytes, whatever the order of the findings", arguments: ReportFormat.allCases)
    func order(format: ReportFormat) {
        let forward = ReportFixture.report().text(as: format)
        let backward = ReportFixture.report(ReportFixture.findings.reversed()).text(as: format)
        #expect(forward == backward)
        #expect(forward.hasSuffix("\n"))
    }

    @Test("only failures: the others are left out of every format, not of the score", arguments: ReportFormat.allCases)
    func onlyFailures(format: ReportFormat) {
        let report = ReportFixture.report { $0.showsOnlyFailures = true }
        let text = report.text(as: format)
        #expect(text.contains("typed-enum"))
        #expect(!text.contains("a licence helps") && !text.contains("info-license"))
        #expect(report.counts.total == 2)
        #expect(report.score.value == ReportFixture.report().score.value)
    }

    @Test("when nothing fails, only failures means nothing")
    func nothingFails() {
        let report = ReportFixture.report {
            $0.showsOnlyFailures = true
            $0.failSeverity = nil
        }
        #expect(report.counts.total == 0)
    }

    @Test(
        "no format lets controls of terminals or of direction through",
        arguments: ReportFormat.allCases.filter { ![.json, .sarif, .gitlab].contains($0) })
    func controls(format: ReportFormat) {
        let text = ReportFixture.hostile.text(as: format)
        for scalar in text.unicodeScalars where scalar != "\n" && scalar != "\t" {
            #expect(scalar.value >= 0x20 && scalar.value != 0x7F && scalar != "\u{202E}" && scalar.value != 0x9B)
        }
    }

    @Test("the formats are found by the names of other tools as well")
    func names() {
        for format in ReportFormat.allCases { #expect(ReportFormat(named: format.rawValue) == format) }
        #expect(ReportFormat(named: "pretty") == .codeframe)
        #expect(ReportFormat(named: "code-climate") == .gitlab)
        #expect(ReportFormat(named: "githubactions") == .githubActions)
        #expect(ReportFormat(named: "xml") == nil)
    }

    @Test("counts know how many are at least as serious")
    func counts() {
        let counts = FindingCounts([.error, .warning, .warning, .hint])
        #expect(counts.atLeast(.warning) == 3)
        #expect(counts.atLeast(.hint) == 4)
        #expect(counts.sentence == "4 problems (1 error, 2 warnings, 0 infos, 1 hint)")
        #expect(FindingCounts([.information]).sentence == "1 problem (0 errors, 0 warnings, 1 info, 0 hints)")
    }
}

@Suite("The score")
struct FindingScoreTests {
    /// Findings of one rule.
    private static func findings(_ count: Int, _ severity: Severity, rule: String = "r") -> [Finding] {
        [Finding](repeating: ReportFixture.finding(rule: rule, severity: severity), count: count)
    }

    @Test(
        "a rule costs its weight, once more for each doubling of its findings",
        arguments: [
            (0, Severity.error, 100), (1, .error, 83), (2, .error, 71), (3, .error, 71), (4, .error, 62),
            (1, .warning, 96), (1_000, .warning, 71), (1, .information, 99), (5_000, .hint, 100),
            (1_000_000, .error, 20),
        ])
    func values(count: Int, severity: Severity, score: Int) {
        #expect(FindingScore(Self.findings(count, severity)).value == score)
    }

    @Test("rules add up, and a rule is as serious as its most serious finding")
    func sum() {
        let score = FindingScore(
            Self.findings(1, .warning) + Self.findings(1, .error) + Self.findings(3, .warning, rule: "s"))
        #expect(score.cost == 40 + 8)
        #expect(score.rules.map(\.rule) == ["r", "s"])
        #expect(score.rules.map(\.cost) == [40, 8])
    }
}

@Suite("The paths that machines are told")
struct ReportPathsTests {
    @Test(
        "paths are relative to the root of the checkout",
        arguments: [
            ("a.yaml", "api/a.yaml", "api/a.yaml"), ("./x/../a.yaml", "api/a.yaml", "api/a.yaml"),
            ("/repo/b.yaml", "b.yaml", "b.yaml"), ("../b.yaml", "b.yaml", "b.yaml"),
            ("../../c.yaml", "/c.yaml", "file:///c.yaml"), ("/tmp/d e.yaml", "/tmp/d e.yaml", "file:///tmp/d%20e.yaml"),
            ("../../../../../c.yaml", "/c.yaml", "file:///c.yaml"),
            ("git:HEAD~1:specs/a.yaml", "api/specs/a.yaml", "api/specs/a.yaml"), ("<stdin>", "<stdin>", "%3Cstdin%3E"),
            ("https://a.test/b.yaml", "https://a.test/b.yaml", "https://a.test/b.yaml"),
            ("é:#?%.yaml", "api/é:#?%.yaml", "api/%C3%A9%3A%23%3F%25.yaml"), ("/repo", "/repo", "file:///repo"),
            ("/repository/a", "/repository/a", "file:///repository/a"),
        ])
    func told(source: String, path: String, uri: String) {
        let paths = ReportPaths(currentDirectory: "/repo/api", root: "/repo/")
        #expect(paths.told(source) == path)
        #expect(paths.uri(source) == uri)
    }

    @Test("without directories relative paths stay relative")
    func withoutDirectories() {
        #expect(ReportPaths().told("./a/../b.yaml") == "b.yaml")
        #expect(ReportPaths().told("../b.yaml") == "../b.yaml")
        #expect(ReportPaths().told("/a/b.yaml") == "/a/b.yaml")
    }
}
