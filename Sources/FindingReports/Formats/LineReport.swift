/// `file:line:column severity rule "message"`, one line for each finding: for `grep` and for editors.
struct LineReport {
    /// What is told.
    let report: FindingReport

    /// The report as text; empty where nothing was found.
    var text: String {
        report.files.flatMap { file in
            file.findings.map { entry in
                let finding = entry.finding
                let place = "\(file.source):\(entry.line):\(entry.column)"
                return PrintableText.line(
                    "\(place) \(finding.severity.spectralName) \(finding.rule) \"\(finding.sentence)\"")
                    + "\n"
            }
        }.joined()
    }
}
