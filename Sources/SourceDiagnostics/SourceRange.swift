/// A place in a file, as people count: the first character of a file is at line 1, column 1.
package struct SourcePosition: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The one-based line.
    package let line: Int

    /// The one-based column, in Unicode scalars.
    package let column: Int

    /// Makes a position from one-based numbers.
    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// `line:column`.
    package var description: String { "\(line):\(column)" }

    /// Orders positions as they stand in a file.
    package static func < (left: SourcePosition, right: SourcePosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// A stretch of a file, as byte offsets: what a node of a document or a diagnostic points at.
package struct SourceRange: Sendable, Hashable, CustomStringConvertible {
    /// The file that the offsets belong to.
    package let file: SourceFile

    /// The offset of the first byte.
    package let lowerBound: Int

    /// The offset after the last byte; equal to `lowerBound` for a mere place.
    package let upperBound: Int

    /// Makes a range; offsets are kept inside the file, and an upper bound below the lower one becomes equal to it.
    package init(file: SourceFile, lowerBound: Int, upperBound: Int) {
        let lower = min(max(lowerBound, 0), file.bytes.count)
        self.file = file
        self.lowerBound = lower
        self.upperBound = min(max(upperBound, lower), file.bytes.count)
    }

    /// Makes a range from half-open byte offsets.
    package init(file: SourceFile, _ range: Range<Int>) {
        self.init(file: file, lowerBound: range.lowerBound, upperBound: range.upperBound)
    }

    /// The position of the first byte.
    package var start: SourcePosition { file.position(at: lowerBound) }

    /// The position after the last byte.
    package var end: SourcePosition { file.position(at: upperBound) }

    /// `path:line:column` of the start.
    package var description: String { "\(file.path):\(start)" }

    /// Two ranges are equal when they cover the same bytes of the same file object.
    package static func == (left: SourceRange, right: SourceRange) -> Bool {
        left.file === right.file && left.lowerBound == right.lowerBound && left.upperBound == right.upperBound
    }

    /// Hashes the identity of the file and the offsets.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(ObjectIdentifier(file))
        hasher.combine(lowerBound)
        hasher.combine(upperBound)
    }
}
