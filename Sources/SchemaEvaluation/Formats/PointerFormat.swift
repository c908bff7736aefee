/// `json-pointer` and `relative-json-pointer`: RFC 6901 and draft-bhutton-relative-json-pointer-00.
enum PointerFormat {
    /// Empty, or tokens that each follow a slash; a tilde is escaped as `~0` or `~1`.
    static func isPointer(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let first = text.first else { return true }
        guard first == UInt8(ascii: "/") else { return false }
        for offset in 0..<text.count where text[offset] == UInt8(ascii: "~") {
            guard offset + 1 < text.count, text[offset + 1] & 0xFE == 0x30 else { return false }
        }
        return true
    }

    /// A number without leading zeros, perhaps a step among siblings, then `#` or a pointer.
    static func isRelativePointer(_ text: UnsafeRawBufferPointer) -> Bool {
        var reader = ByteReader(text)
        guard number(&reader) else { return false }
        if reader.take(UInt8(ascii: "+")) || reader.take(UInt8(ascii: "-")) {
            // A step of nothing is written without a sign.
            guard reader.current != 0x30, number(&reader) else { return false }
        }
        if reader.take(UInt8(ascii: "#")) { return reader.isAtEnd }
        return isPointer(UnsafeRawBufferPointer(rebasing: text[reader.position...]))
    }

    /// Reads a number without leading zeros.
    private static func number(_ reader: inout ByteReader) -> Bool {
        let start = reader.position
        let digits = reader.skipDigits()
        return digits == 1 || (digits > 1 && reader.text[start] != 0x30)
    }
}
