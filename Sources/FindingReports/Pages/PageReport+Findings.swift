import SourceDiagnostics

extension PageReport {
    /// How many findings of one rule in one file are shown at once; the others are folded up.
    private static let shownPerRule = 4

    /// How many columns the lines of an excerpt have.
    private static let excerptWidth = 104

    /// All findings: by file, then by rule, the most serious first.
    var findingsSection: String {
        var excerpts = Self.excerptLimit
        let files = report.files.enumerated().filter { !$0.element.findings.isEmpty }
        return """
            <section id="findings" aria-labelledby="findings-title">
            <h2 id="findings-title">Findings</h2>
            \(files.map { article($0.element, index: $0.offset, &excerpts) }.joined(separator: "\n"))
            </section>
            """
    }

    /// The findings of one file.
    private func article(_ file: ReportedFile, index: Int, _ excerpts: inout Int) -> String {
        let name = XMLText.escaped(report.options.paths.told(file.source))
        let byRule = Dictionary(grouping: file.findings, by: \.finding.rule)
        var groups: [String] = []
        for (rule, cost) in rules.enumerated() {
            guard let findings = byRule[cost.rule] else { continue }
            groups.append(group(findings, id: Self.anchor(file: index, rule: rule), &excerpts))
        }
        return """
            <article class="file" id="f\(index)" aria-labelledby="f\(index)-title">
            <h3 id="f\(index)-title"><code>\(name)</code></h3>
            \(groups.joined(separator: "\n"))
            </article>
            """
    }

    /// The findings of one rule in one file.
    private func group(_ findings: [ReportedFinding], id: String, _ excerpts: inout Int) -> String {
        guard let first = findings.first?.finding else { return "" }
        let severity = findings.map(\.finding.severity).max() ?? first.severity
        let count = findings.count == 1 ? "" : "<span class=\"count\">\(findings.count)</span>"
        let rule = Self.link(first.documentation, "<code>\(XMLText.escaped(first.rule))</code>")
        // One sentence that is said of many places is said once.
        let isShared = findings.count > 1 && findings.allSatisfy { $0.finding.message == first.message }
        var items = findings.map { item($0, showsMessage: !isShared, &excerpts) }
        var folded = ""
        if items.count > Self.shownPerRule + 1 {
            let rest = items[Self.shownPerRule...]
            folded = """

                <details class="more">
                <summary>\(rest.count) more</summary>
                <ul>
                \(rest.joined(separator: "\n"))
                </ul>
                </details>
                """
            items.removeSubrange(Self.shownPerRule...)
        }
        return """
            <section class="group \(severity)" id="\(id)" aria-labelledby="\(id)-title">
            <h4 id="\(id)-title">\(PageDrawing.icon(severity))<span class="severity">\(severity)</span>\(rule)\(count)</h4>
            \(summary(of: first))\(isShared ? Self.message(first) : "")<ul>
            \(items.joined(separator: "\n"))
            </ul>\(folded)
            </section>
            """
    }

    /// What a rule is about, where that is known and says more than its finding.
    private func summary(of finding: Finding) -> String {
        guard let rule = report.rules.first(where: { $0.id == finding.rule }), rule.summary != finding.message else {
            return ""
        }
        return "<p class=\"summary\">\(XMLText.escaped(rule.summary))</p>\n"
    }

    /// What is wrong.
    private static func message(_ finding: Finding) -> String {
        "<p class=\"message\">\(XMLText.escaped(finding.message))</p>\n"
    }

    /// One finding.
    private func item(_ entry: ReportedFinding, showsMessage: Bool, _ excerpts: inout Int) -> String {
        let finding = entry.finding
        var text = "<li id=\"p\(entry.fingerprint)\">\n" + (showsMessage ? Self.message(finding) : "")
        let place = entry.start.map { "line \($0.line), column \($0.column)" } ?? "the whole file"
        text += "<p class=\"place\"><a href=\"#p\(entry.fingerprint)\">\(place)</a>"
        if !finding.path.isEmpty { text += " <span class=\"pointer\">\(XMLText.escaped(entry.pointer))</span>" }
        text += "</p>\n"
        if let range = finding.range, !range.file.bytes.isEmpty, excerpts > 0 {
            excerpts -= 1
            text += excerpt(range)
        }
        if let suggestion = finding.suggestion { text += "<p class=\"help\">\(XMLText.escaped(suggestion))</p>\n" }
        for reference in finding.references {
            let path = XMLText.escaped(report.options.paths.told(reference.file.path))
            text += "<p class=\"via\">reached through <code>\(path):\(reference.start)</code></p>\n"
        }
        return text + "</li>"
    }

    /// The lines around a place, without the indentation that they share.
    private func excerpt(_ range: SourceRange) -> String {
        let lines = SourceExcerpt(of: range, width: Self.excerptWidth).lines
        let indentation =
            lines.filter { !$0.before.isEmpty || $0.marked != nil }
            .map { $0.before.prefix { $0 == " " }.count }.min() ?? 0
        let rows = lines.map { line in
            var code = XMLText.escaped(String(line.before.dropFirst(indentation)))
            if let marked = line.marked {
                code += "<mark>\(XMLText.escaped(marked))</mark>\(XMLText.escaped(line.after))"
            }
            let kind = line.marked == nil ? "" : " class=\"here\""
            return "<span\(kind)><i>\(line.number)</i><code>\(code)</code></span>"
        }
        return "<pre>\(rows.joined())</pre>\n"
    }
}
