/// Checks UTF-8 one octet at a time, by the ranges of RFC 3629 section 4: no overlong forms, no surrogates, nothing
/// above U+10FFFF.
struct UTF8Sequence {
    /// How many continuation octets have to follow.
    private var pending: UInt8 = 0

    /// The smallest value that the next continuation octet may have.
    private var lower: UInt8 = 0x80

    /// The greatest value that the next continuation octet may have.
    private var upper: UInt8 = 0xBF

    /// Whether no sequence is cut off here.
    var isComplete: Bool { pending == 0 }

    /// Takes the next octet.
    ///
    /// - Returns: Whether it may stand here.
    @inline(__always)
    mutating func accepts(_ octet: UInt8) -> Bool {
        if pending == 0, octet < 0x80 { return true }
        return acceptsMultibyte(octet)
    }

    /// The octets of sequences of two and more.
    private mutating func acceptsMultibyte(_ octet: UInt8) -> Bool {
        if pending > 0 {
            guard octet >= lower, octet <= upper else { return false }
            pending &-= 1
            (lower, upper) = (0x80, 0xBF)
            return true
        }
        switch octet {
        case 0xC2...0xDF: pending = 1
        case 0xE0: (pending, lower) = (2, 0xA0)
        case 0xED: (pending, upper) = (2, 0x9F)
        case 0xE1...0xEF: pending = 2
        case 0xF0: (pending, lower) = (3, 0x90)
        case 0xF4: (pending, upper) = (3, 0x8F)
        case 0xF1...0xF3: pending = 3
        default: return false
        }
        return true
    }
}
