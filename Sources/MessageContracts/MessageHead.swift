/// A field line of a message, borrowed from the received bytes.
package struct MessageField {
    /// The name, in any case of letters.
    package let name: UnsafeRawBufferPointer
    /// The value; surrounding whitespace is ignored.
    package let value: UnsafeRawBufferPointer

    /// Takes both.
    package init(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        self.name = name
        self.value = value
    }
}

/// What a request's head offers to a contract: slices of the received bytes, valid for the call they are passed to.
package struct RequestHeadView {
    /// The query without its question mark, as received; nil without one.
    package let query: UnsafeRawBufferPointer?
    /// What the template expressions matched, percent-encoded as received, in template order.
    package let pathValues: UnsafeBufferPointer<UnsafeRawBufferPointer>
    /// All field lines.
    package let fields: UnsafeBufferPointer<MessageField>

    /// Takes all parts.
    package init(
        query: UnsafeRawBufferPointer?, pathValues: UnsafeBufferPointer<UnsafeRawBufferPointer>,
        fields: UnsafeBufferPointer<MessageField>
    ) {
        self.query = query
        self.pathValues = pathValues
        self.fields = fields
    }
}

/// Comparisons and cuts on borrowed bytes.
enum Octets {
    /// Whether two texts are equal byte by byte.
    @inline(__always)
    static func equal(_ left: UnsafeRawBufferPointer, _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var index = 0
        while index < right.count {
            if left[index] != right[index] { return false }
            index += 1
        }
        return true
    }

    /// Whether two texts are equal without regard to the case of ASCII letters; `lowercase` has none in capitals.
    @inline(__always)
    static func equal(_ left: UnsafeRawBufferPointer, lowercase right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var index = 0
        while index < right.count {
            if lowered(left[index]) != right[index] { return false }
            index += 1
        }
        return true
    }

    /// An ASCII letter in small, anything else as it is.
    @inline(__always)
    static func lowered(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

    /// Without spaces and tabs at both ends: OWS (RFC 9110 §5.6.3).
    @inline(__always)
    static func trimmed(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var lower = 0
        var upper = text.count
        while lower < upper, isBlank(text[lower]) { lower += 1 }
        while upper > lower, isBlank(text[upper - 1]) { upper -= 1 }
        return UnsafeRawBufferPointer(rebasing: text[lower..<upper])
    }

    /// Space and horizontal tab.
    @inline(__always)
    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// The position of a byte at or after another position.
    @inline(__always)
    static func first(_ byte: UInt8, in text: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var index = start
        while index < text.count {
            if text[index] == byte { return index }
            index += 1
        }
        return nil
    }

    /// The text as a string, for people.
    static func string(_ text: UnsafeRawBufferPointer) -> String { String(decoding: text, as: UTF8.self) }
}
