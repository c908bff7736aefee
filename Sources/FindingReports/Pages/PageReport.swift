import SourceDiagnostics

/// One page that a person reads: what failed, which rules and files matter most, and each finding with its lines.
///
/// The page is a file of its own: no script, no font, no picture from elsewhere, and a content security policy that keeps
/// a browser from loading any. It is well-formed XML as well as HTML, in the colours that the reader's system asks for.
struct PageReport {
    /// How many findings are shown with lines of their file: the others keep the page small.
    static let excerptLimit = 1_000

    /// What is told.
    let report: FindingReport

    /// The rules that were broken by what is told, the most serious first.
    let rules: [FindingScore.RuleCost]

    /// Takes a report.
    init(report: FindingReport) {
        self.report = report
        rules = FindingScore(report.findings.lazy.map(\.finding)).rules
    }

    /// The report as text.
    var text: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
        <title>\(XMLText.escaped("\(verdict) – \(title)"))</title>
        <style>
        \(PageStyle.sheet)
        </style>
        </head>
        <body>
        \(PageDrawing.symbols)
        <a class="skip" href="#\(isClean ? "files" : "findings")">Skip to the \(isClean ? "files" : "findings")</a>
        \(header)
        <main>
        \((isClean ? [filesSection] : [filters, rulesSection, filesSection, findingsSection]).joined(separator: "\n"))
        </main>
        <footer>
        <p>\(footer)</p>
        </footer>
        </body>
        </html>

        """
    }

    /// Whether there is nothing to tell.
    private var isClean: Bool { report.counts.total == 0 }

    /// The name of the page.
    private var title: String { "\(report.tool.name) \(report.tool.task)" }

    /// How the run ended, in one word.
    private var verdict: String {
        guard let threshold = report.options.failSeverity else { return "Report" }
        return report.counts.atLeast(threshold) > 0 ? "Failed" : "Passed"
    }

    /// How the run ended, in a sentence.
    private var verdictSentence: String {
        let files = FindingCounts.counted(report.files.count, "file")
        guard !isClean else { return "Nothing to report in \(files)." }
        let findings = FindingCounts.counted(report.counts.total, "finding")
        guard let threshold = report.options.failSeverity else { return "\(findings) in \(files)." }
        let failures = report.counts.atLeast(threshold)
        let words = threshold == .error ? "error" : "finding"
        let blocking =
            failures == 0 ? "none of them fails the check" : "\(FindingCounts.counted(failures, words)) to fix"
        return "\(findings) in \(files): \(blocking)."
    }

    /// The beam over the page: what this is, how it ended, and the score.
    private var header: String {
        """
        <header class="beam">
        <div class="beam-text">
        <p class="brand">\(PageDrawing.mark)<span>\(XMLText.escaped(title))</span></p>
        <h1><span class="verdict \(verdict.lowercased())">\(verdict)</span></h1>
        <p class="sentence">\(verdictSentence)</p>
        </div>
        <a class="score" href="#\(isClean ? "files" : "score")">\(PageDrawing.ring(report.score.value))</a>
        </header>
        """
    }

    /// The switches that hide findings by severity.
    private var filters: String {
        let switches = Severity.allCases.reversed().map { severity in
            let count = report.counts[severity]
            return """
                <label class="switch \(severity)">\
                <input type="checkbox" id="show-\(severity)" checked=""\(count == 0 ? " disabled=\"\"" : "")/>\
                \(PageDrawing.icon(severity))<span><b>\(count)</b> \(severity.pageName(count))</span></label>
                """
        }
        return """
            <form class="filters" aria-label="Filter">
            <fieldset>
            <legend>Show</legend>
            \(switches.joined(separator: "\n"))
            </fieldset>
            </form>
            """
    }

    /// The last lines: who made the page, and when.
    private var footer: String {
        let version = report.tool.version.map { " \($0)" } ?? ""
        let name = XMLText.escaped(report.tool.name + version)
        let moment = report.options.moment.map { ", \(XMLText.escaped($0))" } ?? ""
        return "Made by \(Self.link(report.tool.page, name))\(moment)."
    }

    /// Markup as a link where there is an address on the web to lead to, else as it is.
    static func link(_ address: String?, _ markup: String) -> String {
        guard let address, address.hasPrefix("https://") || address.hasPrefix("http://") else { return markup }
        return "<a href=\"\(XMLText.escaped(address))\" rel=\"noreferrer\">\(markup)</a>"
    }
}

extension Severity {
    /// The word under a number.
    func pageName(_ count: Int) -> String { description + (count == 1 ? "" : "s") }
}
