import SourceDiagnostics

extension PageReport {
    /// The rules that were broken, with what each costs, and how the score comes of it.
    var rulesSection: String {
        let most = rules.map(\.count).max() ?? 1
        return """
            <section id="rules" aria-labelledby="rules-title">
            <h2 id="rules-title">Rules</h2>
            <table class="rules">
            <thead><tr><th scope="col">Rule</th><th scope="col" class="bar-cell">Share</th>\
            <th scope="col" class="number">Findings</th><th scope="col" class="number">Cost</th></tr></thead>
            <tbody>
            \(rules.enumerated().map { row($0.element, index: $0.offset, most: most) }.joined(separator: "\n"))
            </tbody>
            </table>
            \(scoreDetails)
            </section>
            """
    }

    /// The row of a rule; its name leads to its first findings.
    private func row(_ rule: FindingScore.RuleCost, index: Int, most: Int) -> String {
        let name = "<code>\(XMLText.escaped(rule.rule))</code>"
        let file = report.files.firstIndex { $0.findings.contains { $0.finding.rule == rule.rule } } ?? 0
        let bar = PageDrawing.bar([(rule.severity, rule.count)], of: most)
        return """
            <tr class="\(rule.severity)"><th scope="row">\(PageDrawing.icon(rule.severity))\
            <a href="#\(Self.anchor(file: file, rule: index))">\(name)</a></th>\
            <td class="bar-cell">\(bar)</td><td class="number">\(rule.count)</td><td class="number">\(rule.cost)</td></tr>
            """
    }

    /// The formula of the score with this run's numbers.
    private var scoreDetails: String {
        let score = report.score
        let hidden = rules.reduce(score.cost) { $0 - $1.cost }
        let unseen = hidden > 0 ? " Findings that this page leaves out cost \(hidden) of it." : ""
        return """
            <details id="score" class="note" open="">
            <summary>How the score of \(score.value) is made</summary>
            <p>\(XMLText.escaped(FindingScore.formula))</p>
            <p>Here the cost is \(score.cost), so 10,000 / \(100 + score.cost) gives <b>\(score.value)</b>.\(unseen) \
            The score compares one run with the next; it says nothing that the findings do not say.</p>
            </details>
            """
    }

    /// The files, those with findings first.
    var filesSection: String {
        let indexed = Array(report.files.enumerated())
        let broken = indexed.filter { !$0.element.findings.isEmpty }
        let clean = indexed.map(\.element).filter(\.findings.isEmpty)
        let most = broken.map(\.element.findings.count).max() ?? 1
        let rows = broken.map { row($0.element, index: $0.offset, most: most) }
        let table = """
            <table class="files">
            <thead><tr><th scope="col">File</th><th scope="col" class="bar-cell">Share</th>\
            <th scope="col" class="number">Errors</th><th scope="col" class="number">Warnings</th>\
            <th scope="col" class="number">Others</th></tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody>
            </table>
            """
        return """
            <section id="files" aria-labelledby="files-title">
            <h2 id="files-title">Files</h2>
            \(broken.isEmpty ? "" : table)
            \(clean.isEmpty ? "" : cleanFiles(clean, isOpen: broken.isEmpty))
            </section>
            """
    }

    /// The row of a file; its name leads to its findings.
    private func row(_ file: ReportedFile, index: Int, most: Int) -> String {
        let counts = FindingCounts(file.findings.lazy.map(\.finding.severity))
        let name = XMLText.escaped(report.options.paths.told(file.source))
        let bar = PageDrawing.bar(Severity.allCases.reversed().map { ($0, counts[$0]) }, of: most)
        let others = counts[.information] + counts[.hint]
        return """
            <tr><th scope="row"><a href="#f\(index)"><code>\(name)</code></a></th><td class="bar-cell">\(bar)</td>\
            <td class="number">\(counts[.error])</td><td class="number">\(counts[.warning])</td>\
            <td class="number">\(others)</td></tr>
            """
    }

    /// The files without findings, folded up where others have some.
    private func cleanFiles(_ files: [ReportedFile], isOpen: Bool) -> String {
        let names = files.map { file in
            "<li>\(PageDrawing.check)<code>\(XMLText.escaped(report.options.paths.told(file.source)))</code></li>"
        }
        return """
            <details class="note"\(isOpen ? " open=\"\"" : "")>
            <summary>\(FindingCounts.counted(files.count, "clean file"))</summary>
            <ul class="clean">
            \(names.joined(separator: "\n"))
            </ul>
            </details>
            """
    }

    /// The name of the place on the page where a rule's findings in a file stand.
    static func anchor(file: Int, rule: Int) -> String { "f\(file)r\(rule)" }
}
