/// The bytes of one document or settings file, with the map from byte offsets to lines and columns.
///
/// Everything that can be said about a document ends in `path:line:column`, so every parser keeps byte offsets and asks
/// the file for a position only when a diagnostic is printed. The line starts are found once, when the file is made.
///
/// A line ends with LF, with CR LF, or with a CR that no LF follows: the line breaks of YAML 1.2 section 5.4. In JSON a
/// line break cannot stand inside a token, so the same rule serves both.
package final class SourceFile: Sendable {
    /// The path as the user wrote it, or a name such as `<stdin>`.
    package let path: String

    /// The whole content, unchanged: a byte order mark is still there.
    package let bytes: [UInt8]

    /// The offset of the first byte of each line; the first is always 0.
    private let lineStarts: [Int]

    /// How many scalars begin before each block of ``blockLength`` bytes; empty where every line is short. A document
    /// of megabytes may stand in one line, and a thousand findings in it would each count from its start.
    private let scalarCounts: [Int]

    /// Bytes between two counts, and the length of a line from which it is worth to keep them.
    private static let blockLength = 4096

    /// Makes a file from bytes that are already in memory. Nothing is read from disk here.
    ///
    /// - Parameters:
    ///   - path: The name to show in diagnostics.
    ///   - bytes: The content. O(n) for the line starts.
    package init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
        lineStarts = Self.lineStarts(of: bytes)
        scalarCounts = Self.hasLongLine(lineStarts, end: bytes.count) ? Self.scalarCounts(of: bytes) : []
    }

    /// The number of lines; an empty file has one.
    package var lineCount: Int { lineStarts.count }

    /// The one-based line and column of a byte.
    ///
    /// - Parameter offset: A byte offset; one outside the file is moved to its nearest end.
    /// - Returns: The position. Columns count Unicode scalars, as editors do; a byte order mark has no width.
    /// - Complexity: O(log lines), and a count of at most two blocks of bytes.
    package func position(at offset: Int) -> SourcePosition {
        let offset = min(max(offset, 0), bytes.count)
        let line = lineIndex(containing: offset)
        var start = lineStarts[line]
        if start == 0, bytes.starts(with: Self.byteOrderMark) { start = min(Self.byteOrderMark.count, offset) }
        return SourcePosition(line: line + 1, column: 1 + scalarCount(in: start..<offset))
    }

    /// The byte offsets of one line, without its line break.
    ///
    /// - Parameter line: A one-based line number; one outside the file is moved to its nearest end.
    package func byteRange(ofLine line: Int) -> Range<Int> {
        let index = min(max(line, 1), lineStarts.count) - 1
        let start = lineStarts[index]
        var end = index + 1 < lineStarts.count ? lineStarts[index + 1] : bytes.count
        while end > start, bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D { end -= 1 }
        return start..<end
    }

    /// The text of one line, without its line break and without a byte order mark; broken UTF-8 shows as U+FFFD.
    ///
    /// - Parameter line: A one-based line number; one outside the file is moved to its nearest end.
    package func text(ofLine line: Int) -> String {
        var range = byteRange(ofLine: line)
        if range.lowerBound == 0, bytes.starts(with: Self.byteOrderMark) {
            range = Self.byteOrderMark.count..<max(range.upperBound, Self.byteOrderMark.count)
        }
        return String(decoding: bytes[range], as: UTF8.self)
    }

    /// The UTF-8 form of U+FEFF.
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// The number of scalars that begin in a part of one line.
    private func scalarCount(in range: Range<Int>) -> Int {
        let first = range.lowerBound / Self.blockLength
        let last = range.upperBound / Self.blockLength
        guard first < last, last < scalarCounts.count else { return Self.scalarCount(bytes[range]) }
        return scalarCounts[last] - scalarCounts[first]
            - Self.scalarCount(bytes[first * Self.blockLength..<range.lowerBound])
            + Self.scalarCount(bytes[last * Self.blockLength..<range.upperBound])
    }

    /// The number of scalars that begin in some bytes: every byte but those that continue one (RFC 3629 §3).
    private static func scalarCount(_ bytes: ArraySlice<UInt8>) -> Int {
        var count = 0
        for byte in bytes where byte & 0xC0 != 0x80 { count += 1 }
        return count
    }

    /// Whether a line is longer than a block.
    private static func hasLongLine(_ starts: [Int], end: Int) -> Bool {
        zip(starts, starts.dropFirst() + [end]).contains { $1 - $0 > blockLength }
    }

    /// Counts the scalars before each block, the one behind the end included.
    private static func scalarCounts(of bytes: [UInt8]) -> [Int] {
        var counts = [0]
        for start in stride(from: 0, to: bytes.count, by: blockLength) {
            counts.append(counts[counts.count - 1] + scalarCount(bytes[start..<min(start + blockLength, bytes.count)]))
        }
        return counts
    }

    /// The index of the line that holds an offset: the last line that starts at or before it.
    private func lineIndex(containing offset: Int) -> Int {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return low
    }

    /// Finds where lines start.
    private static func lineStarts(of bytes: [UInt8]) -> [Int] {
        var starts = [0]
        bytes.withUnsafeBufferPointer { bytes in
            for index in 0..<bytes.count {
                let byte = bytes[index]
                guard byte == 0x0A || byte == 0x0D else { continue }
                if byte == 0x0D, index + 1 < bytes.count, bytes[index + 1] == 0x0A { continue }
                starts.append(index + 1)
            }
        }
        return starts
    }
}
