import SourceDiagnostics

/// Tables for a comment, a wiki or the summary of a CI job.
struct MarkdownReport {
    /// What is told.
    let report: FindingReport

    /// How many findings have rows, for places that take texts of a limited size; nil for all.
    var rowLimit: Int?

    /// The report as text.
    var text: String {
        let title = MarkdownText.escaped("\(report.tool.name) \(report.tool.task)")
        var text = "## \(title): \(verdict)\n\n"
        text += "\(report.counts.sentence), score **\(report.score.value)** of 100"
        text += " in \(FindingCounts.counted(report.files.count, "file")).\n"
        text += report.filesWithFindings(limit: rowLimit).map(table).joined()
        let hidden = report.counts.total - min(report.counts.total, rowLimit ?? .max)
        return hidden > 0 ? text + "\n… and \(hidden) more.\n" : text
    }

    /// How the run ended.
    private var verdict: String {
        guard let threshold = report.options.failSeverity else { return "report" }
        return report.counts.atLeast(threshold) > 0 ? "failed" : "passed"
    }

    /// The table of one file.
    private func table(_ file: ReportedFile) -> String {
        let name = MarkdownText.code(report.options.paths.told(file.source))
        return "\n### \(name)\n\n| Severity | Place | Rule | Message |\n| --- | --- | --- | --- |\n"
            + file.findings.map(row).joined()
    }

    /// The row of one finding.
    private func row(_ entry: ReportedFinding) -> String {
        let finding = entry.finding
        let sign =
            switch finding.severity {
            case .error: "❌"
            case .warning: "⚠️"
            case .information: "ℹ️"
            case .hint: "💡"
            }
        let suggestion = finding.suggestion.map { "<br>\(MarkdownText.escaped($0))" } ?? ""
        return "| \(sign) \(finding.severity) | \(entry.line):\(entry.column) | \(MarkdownText.code(finding.rule)) "
            + "| \(MarkdownText.escaped(finding.message))\(suggestion) |\n"
    }
}
