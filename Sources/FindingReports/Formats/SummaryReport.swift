/// How often each rule was broken, the most serious first, and the score.
struct SummaryReport {
    /// What is told.
    let report: FindingReport

    /// The report as text.
    var text: String {
        guard report.counts.total > 0 else { return report.cleanSentence + "\n" }
        let style = TerminalStyle(isOn: report.options.isColored)
        let rules = FindingScore(report.findings.lazy.map(\.finding)).rules
        let shown = rules.prefix(report.options.maxProblems ?? .max)
        let rows = shown.map { ["\($0.count)", $0.severity.description, PrintableText.line($0.rule)] }
        let lines = TextTable(alignments: [.right, .right]).lines(rows) { row, column, text in
            column == 1 ? style(text, shown[row].severity.color) : text
        }
        var text = lines.map { " \($0)\n" }.joined() + "\n"
        if rules.count > shown.count { text += "… \(rules.count - shown.count) more rules are hidden\n\n" }
        text += "score \(report.score.value) of 100\n"
        return text + style("✖ \(report.counts.sentence)", .bold, report.counts.highest?.color ?? .green) + "\n"
    }
}
