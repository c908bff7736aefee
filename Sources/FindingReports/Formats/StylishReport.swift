import SourceDiagnostics

/// One aligned line for each finding below the name of its file, and a last line that counts: Spectral's default form,
/// column by column.
struct StylishReport {
    /// What is told.
    let report: FindingReport

    /// The report as text.
    var text: String {
        guard report.counts.total > 0 else { return report.cleanSentence + "\n" }
        let style = TerminalStyle(isOn: report.options.isColored)
        var text = ""
        for file in report.filesWithFindings(limit: report.options.maxProblems) {
            text += style(PrintableText.line(file.source), .underlined) + "\n"
            text += lines(file.findings, style).map { $0 + "\n" }.joined() + "\n"
        }
        return text + ClosingLines(report: report, style: style).text
    }

    /// The lines of a file.
    private func lines(_ findings: [ReportedFinding], _ style: TerminalStyle) -> [String] {
        let rows = findings.map { entry in
            [
                entry.start.map { " \($0)" } ?? "",
                entry.finding.severity.spectralName,
                PrintableText.line(entry.finding.rule),
                PrintableText.line(entry.finding.sentence),
                PrintableText.line(entry.dottedPath),
            ]
        }
        return TextTable(alignments: [.center, .right]).lines(rows) { row, column, text in
            switch column {
            case 0: style(text, .dim)
            case 1: style(text, findings[row].finding.severity.color)
            default: text
            }
        }
    }
}

/// The last lines of the reports for terminals: how many findings are not shown, and how many there are.
struct ClosingLines {
    /// What is told.
    let report: FindingReport

    /// How text looks.
    let style: TerminalStyle

    /// The lines.
    var text: String {
        let hidden = report.counts.total - min(report.counts.total, report.options.maxProblems ?? .max)
        var text = ""
        if hidden > 0 {
            text += "… \(hidden) more \(hidden == 1 ? "is" : "are") hidden: --max-problems says how many are shown\n\n"
        }
        let color = report.counts.highest?.color ?? .green
        return text + style("✖ \(report.counts.sentence)", .bold, color) + "\n"
    }
}
