/// A content coding that is understood (RFC 9110 §8.4.1).
package enum ContentCoding: UInt8, Sendable {
    /// The gzip file format (RFC 1952), `x-gzip` too (RFC 9110 §8.4.1.3).
    case gzip
    /// The zlib format (RFC 1950) around deflated data (RFC 9110 §8.4.1.2). Bare deflated data, which some senders
    /// mean by this name, is refused: a recipient that follows the standard could not read it.
    case deflate
}

/// The content codings of a message, in the order in which they were applied: what its Content-Encoding fields say.
///
/// A value of two bytes that lives beside a message's other facts. At most ``capacity`` codings are taken: nobody codes
/// content more than once on purpose, and each layer of a bomb multiplies what the one before it can do.
package struct ContentCodings: Sendable, Equatable {
    /// Why codings cannot be undone.
    package enum Fault: Error, Sendable, Equatable {
        /// The field is no list of tokens.
        case malformed
        /// A coding is not among those understood; RFC 9110 §15.5.16 answers 415 and names in Accept-Encoding what is.
        case unknown
        /// There are more than ``ContentCodings/capacity``.
        case tooMany
    }

    /// Most codings on one another.
    package static let capacity = 2
    /// No coding.
    package static let none = ContentCodings()
    /// What to send in Accept-Encoding with a 415 (RFC 9110 §12.5.3).
    package static let acceptedNames: StaticString = "gzip, deflate"

    /// The coding that was applied first.
    private var first: ContentCoding?
    /// The coding that was applied to that.
    private var second: ContentCoding?

    /// No coding.
    package init() {}

    /// Makes a list in the order of application; what exceeds the capacity is a fault.
    package init(_ codings: [ContentCoding]) throws(Fault) {
        for coding in codings { try append(coding) }
    }

    /// Whether the content is as it was made.
    package var isEmpty: Bool { first == nil }
    /// How many codings there are.
    package var count: Int { (first == nil ? 0 : 1) + (second == nil ? 0 : 1) }
    /// The coding to undo first: the one applied last.
    package var outermost: ContentCoding? { second ?? first }
    /// The coding below that.
    var innermost: ContentCoding? { second == nil ? nil : first }

    /// Takes the codings of one field line; the lines of a message are taken in their order (RFC 9110 §5.3).
    ///
    /// - Parameter value: The field value: `#content-coding`, compared without case. `identity`, which is for
    ///   Accept-Encoding only but is sent all the same, counts as none; so do empty list members (§5.6.1.2).
    package mutating func append(fieldValue value: UnsafeRawBufferPointer) throws(Fault) {
        var start = 0
        while start <= value.count {
            var end = start
            while end < value.count, value[end] != UInt8(ascii: ",") { end += 1 }
            var (lower, upper) = (start, end)
            while lower < upper, value[lower] == 0x20 || value[lower] == 0x09 { lower += 1 }
            while upper > lower, value[upper - 1] == 0x20 || value[upper - 1] == 0x09 { upper -= 1 }
            if upper > lower { try append(token: UnsafeRawBufferPointer(rebasing: value[lower..<upper])) }
            start = end + 1
        }
    }

    /// Takes one list member.
    private mutating func append(token: UnsafeRawBufferPointer) throws(Fault) {
        guard token.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !Self.delimiters.contains($0) }) else { throw .malformed }
        if Self.isEqual(token, "identity") { return }
        if Self.isEqual(token, "gzip") || Self.isEqual(token, "x-gzip") {
            try append(.gzip)
        } else if Self.isEqual(token, "deflate") {
            try append(.deflate)
        } else {
            throw .unknown
        }
    }

    /// Takes one coding.
    private mutating func append(_ coding: ContentCoding) throws(Fault) {
        if first == nil {
            first = coding
        } else if second == nil {
            second = coding
        } else {
            throw .tooMany
        }
    }

    /// Delimiters, which no token holds (RFC 9110 §5.6.2).
    private static let delimiters = Array("\"(),/:;<=>?@[\\]{}".utf8)

    /// Whether a token is a name of small letters, without regard to case.
    private static func isEqual(_ token: UnsafeRawBufferPointer, _ name: StaticString) -> Bool {
        guard token.count == name.utf8CodeUnitCount else { return false }
        for index in 0..<token.count {
            let byte = token[index]
            let lowered = byte &- 0x41 < 26 ? byte | 0x20 : byte
            if lowered != name.utf8Start[index] { return false }
        }
        return true
    }
}
