import SourceDiagnostics

/// An excerpt of the file for each finding, the place underlined, with what to do about it and how it was reached.
struct CodeFrameReport {
    /// What is told.
    let report: FindingReport

    /// The report as text.
    var text: String {
        guard report.counts.total > 0 else { return report.cleanSentence + "\n" }
        let shown = report.filesWithFindings(limit: report.options.maxProblems).flatMap(\.findings)
        let frames = shown.enumerated().map { frame($0.element, number: $0.offset + 1) }
        return frames.joined(separator: "\n") + "\n" + ClosingLines(report: report, style: style).text
    }

    /// How text looks.
    private var style: TerminalStyle { TerminalStyle(isOn: report.options.isColored) }

    /// One finding.
    private func frame(_ entry: ReportedFinding, number: Int) -> String {
        let finding = entry.finding
        let place = entry.start.map { "\(finding.source):\($0)" } ?? finding.source
        var text = "[\(number)] \(style(PrintableText.line(place), .bold))"
        if !finding.path.isEmpty { text += style(" at \(PrintableText.line(entry.pointer))", .dim) }
        let word = style(finding.severity.description, .bold, finding.severity.color)
        text += "\n\n\(word): \(PrintableText.line(finding.message))\n\n"
        if let range = finding.range, !range.file.bytes.isEmpty { text += excerpt(range, finding.severity) + "\n" }
        if let suggestion = finding.suggestion {
            text += "\(style("help", .bold, .green)): \(PrintableText.line(suggestion))\n"
        }
        if let previous = finding.previous {
            text += style("before: \(PrintableText.line(previous.description))", .dim) + "\n"
        }
        for reference in finding.references {
            text += style("reached through \(PrintableText.line(reference.description))", .dim) + "\n"
        }
        let documentation = finding.documentation.map { " (\($0))" } ?? ""
        return text + style("rule: \(PrintableText.line(finding.rule + documentation))", .dim) + "\n"
    }

    /// The lines around the place, with a line below the place's that underlines it.
    private func excerpt(_ range: SourceRange, _ severity: Severity) -> String {
        let digits = String(range.file.position(at: range.lowerBound).line + 2).count
        let gutter = digits + 5
        let lines = SourceExcerpt(of: range, width: report.options.width - gutter).lines
        return lines.map { line in
            let number = TextTable.blank(digits - String(line.number).count) + "\(line.number)"
            guard let marked = line.marked else {
                return style("  \(number) |", .dim) + (line.before.isEmpty ? "" : " \(line.before)") + "\n"
            }
            let carets = String(repeating: "^", count: max(1, DisplayWidth.of(marked)))
            let blank = TextTable.blank(digits)
            return style(">", .bold, severity.color) + style(" \(number) |", .dim)
                + " \(line.before)\(style(marked, severity.color))\(line.after)\n"
                + style("  \(blank) |", .dim) + " \(TextTable.blank(DisplayWidth.of(line.before)))"
                + style(carets, .bold, severity.color) + "\n"
        }.joined()
    }
}
