/// Reads elements of DER one after the other (ITU-T X.690 §8, §10): a tag, a length, that many bytes.
///
/// Every length is held against the bytes that there are, so nothing outside is ever read. Tags of more than one byte and
/// lengths of more than three do not occur in certificates and end the reading.
struct DERReader {
    private let bytes: [UInt8]
    private var index: Int
    private let end: Int

    /// Reads `range` of `bytes`, as far as there is such a range.
    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        index = max(0, range.lowerBound)
        end = min(bytes.count, range.upperBound)
    }

    /// Whether nothing is left.
    var isAtEnd: Bool { index >= end }

    /// The next element: its tag, all of it, and its content. Nil at the end, and where it is malformed.
    mutating func next() -> (tag: UInt8, element: Range<Int>, content: Range<Int>)? {
        guard end - index >= 2 else { return nil }
        let start = index
        let tag = bytes[index]
        guard tag & 0x1F != 0x1F else { return nil }
        var length = Int(bytes[index + 1])
        var content = index + 2
        if length >= 0x80 {
            let count = length - 0x80
            guard (1...3).contains(count), end - content >= count else { return nil }
            length = bytes[content..<(content + count)].reduce(0) { $0 << 8 | Int($1) }
            content += count
        }
        guard length <= end - content else { return nil }
        index = content + length
        return (tag, start..<index, content..<index)
    }

    /// The content of the next element, which has to have this tag.
    mutating func read(_ tag: UInt8) -> Range<Int>? {
        var ahead = self
        guard let found = ahead.next(), found.tag == tag else { return nil }
        self = ahead
        return found.content
    }
}
