import SourceDiagnostics

/// The XML of Checkstyle, one document for all files.
struct CheckstyleReport {
    /// What is told.
    let report: FindingReport

    /// The report as text.
    var text: String {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n"
            + report.files.map(element).joined()
            + "</checkstyle>\n"
    }

    /// The element of one file.
    private func element(_ file: ReportedFile) -> String {
        let name = XMLText.escaped(report.options.paths.told(file.source))
        guard !file.findings.isEmpty else { return "  <file name=\"\(name)\"/>\n" }
        let errors = file.findings.map { entry in
            let finding = entry.finding
            let message = XMLText.escaped(finding.sentence)
            let source = XMLText.escaped("\(report.tool.name).\(finding.rule)")
            return "    <error line=\"\(entry.line)\" column=\"\(entry.column)\""
                + " severity=\"\(finding.severity.checkstyleSeverity)\" message=\"\(message)\" source=\"\(source)\"/>\n"
        }
        return "  <file name=\"\(name)\">\n" + errors.joined() + "  </file>\n"
    }
}

extension Severity {
    /// One of `ignore`, `info`, `warning`, `error`.
    fileprivate var checkstyleSeverity: String {
        switch self {
        case .error: "error"
        case .warning: "warning"
        case .information, .hint: "info"
        }
    }
}
