import SourceDiagnostics

/// The lines around a place, cut to fit and safe to show: what code frames and pages draw.
struct SourceExcerpt {
    /// One line.
    struct Line {
        /// Its one-based number.
        let number: Int

        /// The text before the place; the whole line where the place is not on it.
        let before: String

        /// The place; nil where it is not on this line, empty where it is a mere point.
        let marked: String?

        /// The text after the place.
        let after: String
    }

    /// The lines, in order.
    private(set) var lines: [Line] = []

    /// Takes the lines around the start of a range.
    ///
    /// - Parameters:
    ///   - range: The place. Of one that spans several lines the first is marked.
    ///   - context: How many lines are taken before and after.
    ///   - width: How many columns a line may have; of a longer one the part around the place is taken.
    init(of range: SourceRange, context: Int = 2, width: Int) {
        let file = range.file
        let marked = file.position(at: range.lowerBound).line
        for number in max(1, marked - context)...min(file.lineCount, marked + context) {
            let bytes = file.byteRange(ofLine: number)
            lines.append(
                number == marked
                    ? Self.markedLine(number, range, bytes, max(20, width))
                    : Self.plainLine(number, file, bytes, max(20, width)))
        }
        // An empty line at either end shows nothing.
        while let last = lines.last, last.marked == nil, last.isBlank { lines.removeLast() }
        while let first = lines.first, first.marked == nil, first.isBlank { lines.removeFirst() }
    }

    /// A line without the place.
    private static func plainLine(_ number: Int, _ file: SourceFile, _ bytes: Range<Int>, _ width: Int) -> Line {
        // No character takes more than four bytes for each column, but marks and joiners take none: enough for text.
        let part = bytes.lowerBound..<min(bytes.upperBound, bytes.lowerBound + width * 4)
        let isCut = part.upperBound < bytes.upperBound
        let shown = PrintableText.excerpt(text(file, part), after: 0)
        return Line(number: number, before: fitted(shown, width, isCut: isCut), marked: nil, after: "")
    }

    /// The line with the place: as much before it as leaves room for it.
    private static func markedLine(
        _ number: Int, _ range: SourceRange, _ bytes: Range<Int>, _ width: Int
    ) -> Line {
        let file = range.file
        let place = clamped(range.lowerBound, bytes)..<clamped(range.upperBound, bytes)
        // The text is decoded only around the place: a minified document is one line of megabytes.
        let start = max(bytes.lowerBound, place.lowerBound - width * 4)
        let end = min(bytes.upperBound, place.lowerBound + width * 4)
        var before = PrintableText.excerpt(text(file, start..<place.lowerBound), after: 0)
        let markedEnd = min(place.upperBound, end)
        var marked = PrintableText.excerpt(text(file, place.lowerBound..<markedEnd), after: DisplayWidth.of(before))
        while marked.last == " " { marked.removeLast() }
        let beforeMarked = DisplayWidth.of(before) + DisplayWidth.of(marked)
        var after = PrintableText.excerpt(text(file, markedEnd..<end), after: beforeMarked)

        let room = max(width / 3, width - DisplayWidth.of(marked) - DisplayWidth.of(after) - 1)
        if start > bytes.lowerBound || DisplayWidth.of(before) > room, beforeMarked + DisplayWidth.of(after) > width {
            before = "…" + suffix(before, room - 1)
        }
        let left = width - DisplayWidth.of(before)
        let isMarkCut = markedEnd < place.upperBound || DisplayWidth.of(marked) > left
        if isMarkCut {
            marked = fitted(marked, left, isCut: true)
            after = ""
        } else {
            after = fitted(after, left - DisplayWidth.of(marked), isCut: end < bytes.upperBound)
        }
        return Line(number: number, before: before, marked: marked, after: after)
    }

    /// An offset moved into a line.
    private static func clamped(_ offset: Int, _ bytes: Range<Int>) -> Int {
        min(max(offset, bytes.lowerBound), bytes.upperBound)
    }

    /// A stretch of the file without a byte order mark; halves of characters at its ends are left out.
    private static func text(_ file: SourceFile, _ range: Range<Int>) -> String {
        var bytes = file.bytes[range]
        if range.lowerBound == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        let isContinued = range.upperBound < file.bytes.count && file.bytes[range.upperBound] & 0xC0 == 0x80
        while let first = bytes.first, first & 0xC0 == 0x80 { bytes = bytes.dropFirst() }
        if isContinued {
            while let last = bytes.last, last & 0xC0 == 0x80 { bytes = bytes.dropLast() }
            if bytes.last.map({ $0 >= 0xC0 }) == true { bytes = bytes.dropLast() }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A text cut to a width, with a sign where something is missing at its end.
    private static func fitted(_ text: String, _ width: Int, isCut: Bool) -> String {
        guard isCut || DisplayWidth.of(text) > width else { return text }
        var result = ""
        var used = 1
        for character in text {
            used += DisplayWidth.of(character)
            if used > width { break }
            result.append(character)
        }
        return result + "…"
    }

    /// The last columns of a text.
    private static func suffix(_ text: String, _ width: Int) -> String {
        var used = 0
        let kept = text.reversed().prefix { character in
            used += DisplayWidth.of(character)
            return used <= width
        }
        return String(kept.reversed())
    }
}

extension SourceExcerpt.Line {
    /// Whether there is nothing but space.
    fileprivate var isBlank: Bool { before.allSatisfy { $0 == " " } && after.isEmpty }
}
