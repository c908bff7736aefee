/// `byte` and `base64url`: RFC 4648 §4 with padding, §5 with or without.
enum Base64Format {
    /// Standard alphabet, padded to four, nothing else in between; unused bits are zero (§3.5).
    static func isBase64(_ text: UnsafeRawBufferPointer) -> Bool {
        guard text.count & 3 == 0 else { return false }
        var digits = text.count
        var padding = 0
        while padding < 2, digits > 0, text[digits - 1] == UInt8(ascii: "=") {
            digits -= 1
            padding += 1
        }
        var last: UInt8 = 0
        for offset in 0..<digits {
            guard let value = value(text[offset], UInt8(ascii: "+"), UInt8(ascii: "/")) else { return false }
            last = value
        }
        return padding == 0 || last & (padding == 1 ? 0x03 : 0x0F) == 0
    }

    /// The octets of a text that `isBase64` accepts.
    static func decode(_ text: UnsafeRawBufferPointer) -> [UInt8] {
        var octets: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in text {
            guard let value = value(byte, UInt8(ascii: "+"), UInt8(ascii: "/")) else { break }
            bits = bits << 6 | UInt32(value)
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            octets.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
        return octets
    }

    /// Alphabet for URLs; padding may be left out.
    static func isBase64URL(_ text: UnsafeRawBufferPointer) -> Bool {
        var digits = text.count
        while digits > 0, text.count - digits < 2, text[digits - 1] == UInt8(ascii: "=") { digits -= 1 }
        guard digits == text.count || text.count & 3 == 0, digits & 3 != 1 else { return false }
        for offset in 0..<digits
        where value(text[offset], UInt8(ascii: "-"), UInt8(ascii: "_")) == nil {
            return false
        }
        return true
    }

    /// The six bits of a digit; `nil` for a byte outside of the alphabet.
    private static func value(_ byte: UInt8, _ digit62: UInt8, _ digit63: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case digit62: 62
        case digit63: 63
        default: nil
        }
    }
}
