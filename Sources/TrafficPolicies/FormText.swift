/// Decodes names and values of a query: percent-encoding, and a plus for a space (WHATWG URL §5.1).
enum FormText {
    /// Decodes a text.
    ///
    /// - Parameter output: Where the octets go; as long as the text at least.
    /// - Returns: How many octets there are; nil where a percent sign has no two digits, or the output is too short.
    static func decode(_ text: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Int? {
        guard text.count <= output.count else { return nil }
        var (index, written) = (0, 0)
        while index < text.count {
            guard let (byte, length) = octet(of: text, at: index) else { return nil }
            output[written] = byte
            written += 1
            index += length
        }
        return written
    }

    /// Whether a text decodes to a name. Names are no secrets.
    static func decodes(_ text: UnsafeRawBufferPointer, to name: [UInt8]) -> Bool {
        var (index, matched) = (0, 0)
        while index < text.count {
            guard let (byte, length) = octet(of: text, at: index), matched < name.count, name[matched] == byte else {
                return false
            }
            matched += 1
            index += length
        }
        return matched == name.count
    }

    /// The octet that begins at an index, and how many bytes stand for it.
    private static func octet(of text: UnsafeRawBufferPointer, at index: Int) -> (UInt8, length: Int)? {
        switch text[index] {
        case UInt8(ascii: "+"): return (0x20, 1)
        case UInt8(ascii: "%"):
            guard text.count - index >= 3, let high = digit(text[index + 1]), let low = digit(text[index + 2]) else {
                return nil
            }
            return (high << 4 | low, 3)
        case let byte: return (byte, 1)
        }
    }

    /// The value of a hexadecimal digit.
    static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte &- UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte &- UInt8(ascii: "A") &+ 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte &- UInt8(ascii: "a") &+ 10
        default: nil
        }
    }
}
