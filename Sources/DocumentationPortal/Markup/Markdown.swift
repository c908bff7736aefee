/// Descriptions in CommonMark (OpenAPI 3.2 §3.5) as HTML: the part that descriptions use, strictly.
///
/// Headings, paragraphs, lists, quotes, code, tables, emphasis, links. Raw HTML comes out as the text that it is, images
/// become links, and only addresses of web pages, mail and places below this one are links: nothing in a document runs,
/// loads or leads anywhere unexpected. Each character is looked at a bounded number of times.
struct Markdown {
    /// Longest text that is rendered; what follows is left out.
    static let sizeLimit = 1 << 18
    /// Deepest nesting of quotes and lists.
    private static let depthLimit = 8

    /// Renders a text.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - page: Where it goes.
    ///   - level: The level of its first headings, so that they fit into the page's.
    static func render(_ text: String, into page: inout HTML, headingsFrom level: Int = 3) {
        let bounded = text.utf8.count > sizeLimit ? String(decoding: text.utf8.prefix(sizeLimit), as: UTF8.self) : text
        let lines = bounded.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.hasSuffix("\r") ? line.dropLast() : line
        }
        var renderer = Markdown(level: level)
        renderer.blocks(lines[...].map { Substring($0.replacing("\t", with: "    ")) }, depth: 0, into: &page)
    }

    /// The first sentence or line as plain text, for lists.
    static func firstLine(_ text: String) -> String {
        let line = text.split(separator: "\n", omittingEmptySubsequences: true).first ?? ""
        return String(line.filter { !"*`#_".contains($0) }.prefix(200)).trimmed
    }

    /// The level of headings.
    private let level: Int

    // MARK: - Blocks

    /// Renders lines.
    private mutating func blocks(_ lines: [Substring], depth: Int, into page: inout HTML) {
        var index = 0
        var paragraph: [Substring] = []
        func flush(_ page: inout HTML) {
            guard !paragraph.isEmpty else { return }
            page.markup("<p>")
            Inline.render(paragraph.joined(separator: "\n"), into: &page)
            page.markup("</p>")
            paragraph = []
        }
        while index < lines.count {
            let line = lines[index]
            let body = line.drop { $0 == " " }
            let indent = line.count - body.count
            if body.isEmpty {
                flush(&page)
                index += 1
            } else if let fence = Self.fence(body) {
                flush(&page)
                index = code(lines, from: index + 1, until: fence, into: &page)
            } else if indent >= 4, paragraph.isEmpty {
                index = indentedCode(lines, from: index, into: &page)
            } else if let (depth, title) = Self.heading(body) {
                flush(&page)
                heading(title, level + depth - 1, into: &page)
                index += 1
            } else if body.hasPrefix(">"), depth < Self.depthLimit {
                flush(&page)
                index = quote(lines, from: index, depth: depth, into: &page)
            } else if Self.isRule(body) {
                flush(&page)
                page.markup("<hr>")
                index += 1
            } else if Self.marker(line) != nil, depth < Self.depthLimit {
                flush(&page)
                index = list(lines, from: index, depth: depth, into: &page)
            } else if index + 1 < lines.count, line.contains("|"), Self.isTableRule(lines[index + 1]) {
                flush(&page)
                index = table(lines, from: index, into: &page)
            } else {
                paragraph.append(body)
                index += 1
            }
        }
        flush(&page)
    }

    /// Writes a heading; no page has more than six levels.
    private func heading(_ title: String, _ level: Int, into page: inout HTML) {
        let tags: [StaticString] = ["h1", "h2", "h3", "h4", "h5", "h6"]
        let tag = tags[min(max(level, 1), 6) - 1]
        page.open(tag)
        Inline.render(title, into: &page)
        page.close(tag)
    }

    /// The title of `## Title`.
    private static func heading(_ body: Substring) -> (Int, String)? {
        let depth = body.prefix { $0 == "#" }.count
        guard (1...6).contains(depth) else { return nil }
        let rest = body.dropFirst(depth)
        guard rest.first == " " else { return nil }
        return (depth, rest.trimmed.trimmingSuffix("#").trimmed)
    }

    /// The fence that a line opens.
    private static func fence(_ body: Substring) -> Substring? {
        for mark: Character in ["`", "~"] {
            let fence = body.prefix { $0 == mark }
            if fence.count >= 3, !body.dropFirst(fence.count).contains("`") { return fence }
        }
        return nil
    }

    /// Writes code between fences.
    private func code(_ lines: [Substring], from start: Int, until fence: Substring, into page: inout HTML) -> Int {
        var index = start
        page.markup("<pre><code>")
        while index < lines.count, !lines[index].drop(while: { $0 == " " }).hasPrefix(fence) {
            page.text(lines[index])
            page.text("\n")
            index += 1
        }
        page.markup("</code></pre>")
        return index + 1
    }

    /// Writes code that is indented.
    private func indentedCode(_ lines: [Substring], from start: Int, into page: inout HTML) -> Int {
        var index = start
        var blank = 0
        page.markup("<pre><code>")
        while index < lines.count {
            let line = lines[index]
            if line.allSatisfy({ $0 == " " }) {
                blank += 1
            } else if line.hasPrefix("    ") {
                page.text(String(repeating: "\n", count: blank))
                blank = 0
                page.text(line.dropFirst(4))
                page.text("\n")
            } else {
                break
            }
            index += 1
        }
        page.markup("</code></pre>")
        return index
    }

    /// Writes a quote.
    private mutating func quote(_ lines: [Substring], from start: Int, depth: Int, into page: inout HTML) -> Int {
        var index = start
        var inner: [Substring] = []
        while index < lines.count {
            let body = lines[index].drop { $0 == " " }
            guard body.hasPrefix(">") else { break }
            let rest = body.dropFirst()
            inner.append(rest.first == " " ? rest.dropFirst() : rest)
            index += 1
        }
        page.markup("<blockquote>")
        blocks(inner, depth: depth + 1, into: &page)
        page.markup("</blockquote>")
        return index
    }

    /// Whether a line is `---` or the like.
    private static func isRule(_ body: Substring) -> Bool {
        let marks = body.filter { $0 != " " }
        guard marks.count >= 3, let first = marks.first, "-*_".contains(first) else { return false }
        return marks.allSatisfy { $0 == first }
    }

    /// The marker of an item: whether items are numbered, and where the text begins.
    private static func marker(_ line: Substring) -> (isNumbered: Bool, indent: Int, width: Int)? {
        let body = line.drop { $0 == " " }
        let indent = line.count - body.count
        guard indent < 40, let first = body.first else { return nil }
        if "-*+".contains(first), body.dropFirst().first == " " { return (false, indent, indent + 2) }
        let digits = body.prefix { $0.isASCII && $0.isNumber }
        guard (1...9).contains(digits.count), let point = body.dropFirst(digits.count).first, ".)".contains(point),
            body.dropFirst(digits.count + 1).first == " "
        else { return nil }
        return (true, indent, indent + digits.count + 2)
    }

    /// Writes a list.
    private mutating func list(_ lines: [Substring], from start: Int, depth: Int, into page: inout HTML) -> Int {
        guard let first = Self.marker(lines[start]) else { return start + 1 }
        let tag: StaticString = first.isNumbered ? "ol" : "ul"
        page.open(tag)
        var index = start
        while index < lines.count, let marker = Self.marker(lines[index]), marker.isNumbered == first.isNumbered,
            marker.indent < first.width
        {
            var item = [lines[index].dropFirst(marker.width)]
            index += 1
            while index < lines.count {
                let line = lines[index]
                let indent = line.prefix { $0 == " " }.count
                if line.allSatisfy({ $0 == " " }) {
                    // A blank line ends the list unless what follows is indented.
                    guard index + 1 < lines.count, lines[index + 1].prefix(while: { $0 == " " }).count >= marker.width
                    else { break }
                    item.append("")
                } else if indent >= marker.width {
                    item.append(line.dropFirst(marker.width))
                } else if Self.marker(line) == nil, item.last?.isEmpty == false {
                    item.append(line.drop { $0 == " " })
                } else {
                    break
                }
                index += 1
            }
            page.markup("<li>")
            if item.count == 1 {
                Inline.render(String(item[0]), into: &page)
            } else {
                blocks(item, depth: depth + 1, into: &page)
            }
            page.markup("</li>")
            while index < lines.count, lines[index].allSatisfy({ $0 == " " }), index + 1 < lines.count,
                Self.marker(lines[index + 1]) != nil
            {
                index += 1
            }
        }
        page.close(tag)
        return max(index, start + 1)
    }

    /// Whether a line is `|---|:--|`.
    private static func isTableRule(_ line: Substring) -> Bool {
        let marks = line.filter { $0 != " " }
        return marks.contains("-") && marks.contains("|") && marks.allSatisfy { "-:|".contains($0) }
    }

    /// Writes a table.
    private func table(_ lines: [Substring], from start: Int, into page: inout HTML) -> Int {
        func cells(_ line: Substring) -> [Substring] {
            var text = Substring(line.trimmed)
            if text.hasPrefix("|") { text = text.dropFirst() }
            if text.hasSuffix("|") { text = text.dropLast() }
            return text.split(separator: "|", maxSplits: 50, omittingEmptySubsequences: false)
        }
        func row(_ line: Substring, _ tag: StaticString, into page: inout HTML) {
            page.markup("<tr>")
            for cell in cells(line) {
                page.open(tag)
                Inline.render(cell.trimmed, into: &page)
                page.close(tag)
            }
            page.markup("</tr>")
        }
        page.markup("<div class=\"wide\"><table><thead>")
        row(lines[start], "th", into: &page)
        page.markup("</thead><tbody>")
        var index = start + 2
        while index < lines.count, lines[index].contains("|") {
            row(lines[index], "td", into: &page)
            index += 1
        }
        page.markup("</tbody></table></div>")
        return index
    }
}

extension StringProtocol {
    /// The text without spaces at its ends.
    var trimmed: String {
        let start = drop { $0 == " " || $0 == "\n" }
        guard let end = start.lastIndex(where: { $0 != " " && $0 != "\n" }) else { return "" }
        return String(start[...end])
    }

    /// The text without a character at its end, however often it stands there.
    func trimmingSuffix(_ character: Character) -> SubSequence {
        var rest = self[...]
        while rest.last == character { rest = rest.dropLast() }
        return rest
    }
}
