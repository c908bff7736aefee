/// What stands within a line of Markdown: code, emphasis, links.
struct Inline {
    /// The characters.
    private let text: [Character]
    /// How many marks may turn out to be none before all others are taken for text: so that each character is looked at a
    /// bounded number of times.
    private final class Patience {
        var left = 500
    }

    /// What is left of it.
    private let patience = Patience()
    /// Deepest nesting of emphasis and links.
    private static let depthLimit = 4

    /// Renders a text.
    static func render(_ text: String, into page: inout HTML) {
        let characters = Array(text)
        Inline(text: characters).render(0..<characters.count, depth: 0, into: &page)
    }

    /// Renders a part.
    private func render(_ range: Range<Int>, depth: Int, into page: inout HTML) {
        var index = range.lowerBound
        var plain = index
        func flush(_ end: Int, _ page: inout HTML) {
            if plain < end { page.text(String(text[plain..<end])) }
        }
        while index < range.upperBound {
            var draft = HTML()
            let next: Int?
            switch text[index] {
            case "\\" where index + 1 < range.upperBound && text[index + 1].isPunctuation:
                flush(index, &page)
                plain = index + 1
                index += 2
                continue
            case _ where patience.left <= 0: next = nil
            case "`": next = code(at: index, range, into: &draft)
            case "*", "_": next = emphasis(at: index, range, depth, into: &draft)
            case "[", "!": next = link(at: index, range, depth, into: &draft)
            case "h", "<": next = bareLink(at: index, range, into: &draft)
            default: next = nil
            }
            if let next {
                flush(index, &page)
                page.append(draft)
                index = next
                plain = next
            } else {
                if "`*_[!<".contains(text[index]) { patience.left -= 1 }
                index += 1
            }
        }
        flush(range.upperBound, &page)
    }

    /// How often a character stands at a place.
    private func run(of character: Character, at index: Int, _ end: Int) -> Int {
        var count = 0
        while index + count < end, text[index + count] == character { count += 1 }
        return count
    }

    /// The place of a character, looked for within a bounded distance.
    private func find(_ character: Character, from start: Int, _ end: Int, within distance: Int = 2_000) -> Int? {
        var index = start
        let last = min(end, start + distance)
        while index < last {
            if text[index] == "\\" {
                index += 2
                continue
            }
            if text[index] == character { return index }
            index += 1
        }
        return nil
    }

    /// Writes code between equal runs of backticks.
    private func code(at index: Int, _ range: Range<Int>, into page: inout HTML) -> Int? {
        let width = run(of: "`", at: index, range.upperBound)
        var end = index + width
        let last = min(range.upperBound, end + 4_000)
        while end < last {
            guard text[end] == "`" else {
                end += 1
                continue
            }
            let found = run(of: "`", at: end, range.upperBound)
            if found == width {
                page.element("code", String(text[index + width..<end]).trimmed)
                return end + width
            }
            end += found
        }
        return nil
    }

    /// Writes emphasis between `*` or `**`.
    private func emphasis(at index: Int, _ range: Range<Int>, _ depth: Int, into page: inout HTML) -> Int? {
        let mark = text[index]
        let width = min(2, run(of: mark, at: index, range.upperBound))
        let start = index + width
        guard depth < Self.depthLimit, start < range.upperBound, !text[start].isWhitespace else { return nil }
        // Underscores within words are part of names.
        if mark == "_", index > 0, text[index - 1].isLetter || text[index - 1].isNumber { return nil }
        var from = start
        // What is opened fifty times and never closed is no emphasis.
        for _ in 0..<50 {
            guard let end = find(mark, from: from, range.upperBound) else { return nil }
            let found = run(of: mark, at: end, range.upperBound)
            let follows = end + width < range.upperBound ? text[end + width] : " "
            let closes = found >= width && !text[end - 1].isWhitespace && end > start
            if closes, mark != "_" || !(follows.isLetter || follows.isNumber) {
                let tag: StaticString = width == 2 ? "strong" : "em"
                page.open(tag)
                render(start..<end, depth: depth + 1, into: &page)
                page.close(tag)
                return end + width
            }
            from = end + found
        }
        return nil
    }

    /// Writes `[text](address)`; an image is a link to it.
    private func link(at index: Int, _ range: Range<Int>, _ depth: Int, into page: inout HTML) -> Int? {
        let open = text[index] == "!" ? index + 1 : index
        guard depth < Self.depthLimit, open < range.upperBound, text[open] == "[",
            let close = find("]", from: open + 1, range.upperBound), close + 1 < range.upperBound,
            text[close + 1] == "(", let end = find(")", from: close + 2, range.upperBound)
        else { return nil }
        let parts = String(text[close + 2..<end]).split(separator: " ", maxSplits: 1)
        let address = String(parts.first ?? "").trimmingSuffix(">").drop { $0 == "<" }
        guard let safe = Self.safe(String(address)) else {
            render(open + 1..<close, depth: depth + 1, into: &page)
            return end + 1
        }
        page.open("a", ("href", safe), ("rel", "noopener noreferrer nofollow"))
        render(open + 1..<close, depth: depth + 1, into: &page)
        page.close("a")
        return end + 1
    }

    /// Writes an address that stands for itself.
    private func bareLink(at index: Int, _ range: Range<Int>, into page: inout HTML) -> Int? {
        let start = text[index] == "<" ? index + 1 : index
        let scheme: [Character] = Array("http")
        guard start + 8 < range.upperBound, Array(text[start..<start + 4]) == scheme else { return nil }
        var end = start
        while end < range.upperBound, !text[end].isWhitespace, !"<>\"'`)".contains(text[end]) { end += 1 }
        while end > start, ".,;:!?".contains(text[end - 1]) { end -= 1 }
        let address = String(text[start..<end])
        guard address.hasPrefix("http://") || address.hasPrefix("https://"), address.count > 8 else { return nil }
        page.element("a", address, ("href", address), ("rel", "noopener noreferrer nofollow"))
        return start > index && end < range.upperBound && text[end] == ">" ? end + 1 : end
    }

    /// An address that may be a link: of the web, of mail, or below this page; nil for any other scheme.
    static func safe(_ address: String) -> String? {
        let visible = address.unicodeScalars.filter { $0.value > 0x20 && $0.value != 0x7F }
        guard visible.count == address.unicodeScalars.count, !address.isEmpty else { return nil }
        let head = address.prefix { !"/?#".contains($0) }
        guard head.contains(":") else { return address.hasPrefix("//") ? nil : address }
        let scheme = head.prefix { $0 != ":" }.lowercased()
        return ["http", "https", "mailto"].contains(scheme) ? address : nil
    }
}
