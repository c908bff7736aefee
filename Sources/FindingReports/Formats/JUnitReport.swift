import SourceDiagnostics

/// Test suites, one for each file, in the XML that most CI systems read.
///
/// A finding is a test case. It is a failed one where the finding makes the command fail, so that the page of a CI system
/// is red exactly when the job is; otherwise the case passed and its output tells the finding. A clean file is one case
/// that passed.
struct JUnitReport {
    /// What is told.
    let report: FindingReport

    /// The report as text.
    var text: String {
        let failures = report.findings.count { report.isFailure($0.finding) }
        let tests = report.files.reduce(0) { $0 + max(1, $1.findings.count) }
        let name = XMLText.escaped("\(report.tool.name) \(report.tool.task)")
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            + "<testsuites name=\"\(name)\" tests=\"\(tests)\" failures=\"\(failures)\" errors=\"0\">\n"
            + report.files.map(suite).joined() + "</testsuites>\n"
    }

    /// The suite of one file.
    private func suite(_ file: ReportedFile) -> String {
        let path = XMLText.escaped(report.options.paths.told(file.source))
        let failures = file.findings.count { report.isFailure($0.finding) }
        let cases = file.findings.map { testCase($0, path) }
        let clean = "    <testcase name=\"no findings\" classname=\"\(path)\" file=\"\(path)\"/>\n"
        return "  <testsuite name=\"\(path)\" tests=\"\(max(1, cases.count))\" failures=\"\(failures)\" errors=\"0\">\n"
            + (cases.isEmpty ? clean : cases.joined()) + "  </testsuite>\n"
    }

    /// The case of one finding.
    private func testCase(_ entry: ReportedFinding, _ path: String) -> String {
        let finding = entry.finding
        let name = XMLText.escaped("\(finding.rule) at \(entry.pointer)")
        var details = "line \(entry.line), column \(entry.column): \(finding.severity): \(finding.message)"
        if let suggestion = finding.suggestion { details += "\n\(suggestion)" }
        for reference in finding.references { details += "\nreached through \(reference)" }
        if let documentation = finding.documentation { details += "\n\(documentation)" }
        let body = XMLText.section(details)
        let outcome =
            report.isFailure(finding)
            ? "<failure message=\"\(XMLText.escaped(finding.message))\" type=\"\(finding.severity)\">\(body)</failure>"
            : "<system-out>\(body)</system-out>"
        return "    <testcase name=\"\(name)\" classname=\"\(path)\" file=\"\(path)\" line=\"\(entry.line)\">\n"
            + "      \(outcome)\n    </testcase>\n"
    }
}
