/// Decodes base64 strictly (RFC 4648): one text for one sequence of octets.
///
/// No line breaks, no foreign characters, and bits that mean nothing have to be zero (RFC 4648 §3.5): otherwise one
/// signature had several spellings, and a list of revoked tokens could be passed by.
enum Base64Text {
    /// The alphabet, and with it the rule of padding.
    enum Alphabet {
        /// RFC 4648 §4 with padding.
        case standard
        /// RFC 4648 §5 without padding, as RFC 7515 §2 uses it.
        case url
    }

    /// Decodes a text.
    ///
    /// - Parameter output: Where the octets go.
    /// - Returns: How many octets there are; nil where the text is malformed or the output too short.
    static func decode(
        _ text: UnsafeRawBufferPointer, _ alphabet: Alphabet, into output: UnsafeMutableRawBufferPointer
    ) -> Int? {
        var count = text.count
        if alphabet == .standard {
            guard count % 4 == 0 else { return nil }
            while count > 0, text.count - count < 2, text[count - 1] == UInt8(ascii: "=") { count -= 1 }
        }
        guard count % 4 != 1, count / 4 * 3 + max(0, count % 4 - 1) <= output.count else { return nil }
        var (bits, held, written): (UInt32, UInt32, Int) = (0, 0, 0)
        for index in 0..<count {
            guard let value = value(of: text[index], alphabet) else { return nil }
            bits = bits << 6 | UInt32(value)
            held += 6
            if held >= 8 {
                held -= 8
                output[written] = UInt8(truncatingIfNeeded: bits >> held)
                written += 1
                bits &= (1 << held) - 1
            }
        }
        return bits == 0 ? written : nil
    }

    /// Decodes a short text of a key file.
    static func decode(_ text: UnsafeRawBufferPointer, _ alphabet: Alphabet) -> [UInt8]? {
        var isValid = false
        let octets = [UInt8](unsafeUninitializedCapacity: text.count) { buffer, count in
            guard let written = decode(text, alphabet, into: UnsafeMutableRawBufferPointer(buffer)) else { return }
            isValid = true
            count = written
        }
        return isValid ? octets : nil
    }

    /// The six bits of a character.
    @inline(__always)
    private static func value(of character: UInt8, _ alphabet: Alphabet) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character &- UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character &- UInt8(ascii: "a") &+ 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character &- UInt8(ascii: "0") &+ 52
        case UInt8(ascii: "-") where alphabet == .url: 62
        case UInt8(ascii: "_") where alphabet == .url: 63
        case UInt8(ascii: "+") where alphabet == .standard: 62
        case UInt8(ascii: "/") where alphabet == .standard: 63
        default: nil
        }
    }
}
