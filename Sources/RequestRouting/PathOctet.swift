/// What a single byte means in the path of a URI: the character classes of RFC 3986 section 2 and 3.3.
///
/// Each class is two 64-bit sets, one for bytes below 64 and one for those from 64 to 127, so that a test is a shift
/// and no table has to be in the cache.
enum PathOctet {
    /// `/`, which separates segments.
    static let slash: UInt8 = 0x2F

    /// `%`, which starts a triplet.
    static let percent: UInt8 = 0x25

    /// `.`, of which dot segments are made.
    static let dot: UInt8 = 0x2E

    /// `;`, at which some servers cut a segment off.
    static let semicolon: UInt8 = 0x3B

    /// `\`, which some servers take for a slash.
    static let backslash: UInt8 = 0x5C

    /// Whether the byte may stand in a path as it is: `pchar` without the triplets, or a slash (RFC 3986 section 3.3).
    @inline(__always)
    static func isPlain(_ byte: UInt8) -> Bool {
        holds(byte, low: 0x2FFF_FFD2_0000_0000, high: 0x47FF_FFFE_87FF_FFFF)
    }

    /// Whether the byte is unreserved: its triplet means the same as the byte (RFC 3986 section 2.3).
    @inline(__always)
    static func isUnreserved(_ byte: UInt8) -> Bool {
        holds(byte, low: 0x03FF_6000_0000_0000, high: 0x47FF_FFFE_87FF_FFFE)
    }

    /// Whether the byte is printable ASCII that has to be a triplet in a path: `"`, `<`, `>`, `[`, `]`, `^`, the
    /// backquote, `{`, `|`, `}`. Browsers send some of them raw, and only one reading of them is possible.
    @inline(__always)
    static func isEncodable(_ byte: UInt8) -> Bool {
        holds(byte, low: 0x5000_0004_0000_0000, high: 0x3800_0001_6800_0000)
    }

    /// The value of a hexadecimal digit, or nil.
    @inline(__always)
    static func hexadecimalValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte &- 0x30
        case 0x41...0x46: byte &- 0x37
        case 0x61...0x66: byte &- 0x57
        default: nil
        }
    }

    /// The upper-case hexadecimal digit of a value below 16 (RFC 3986 section 6.2.2.1).
    @inline(__always)
    static func hexadecimalDigit(_ value: UInt8) -> UInt8 {
        let nibble = value & 0x0F
        return nibble < 10 ? 0x30 &+ nibble : 0x37 &+ nibble
    }

    /// Membership in a set of ASCII bytes.
    @inline(__always)
    private static func holds(_ byte: UInt8, low: UInt64, high: UInt64) -> Bool {
        guard byte < 128 else { return false }
        return ((byte < 64 ? low : high) &>> UInt64(byte & 63)) & 1 != 0
    }
}
