/// Membership of octets in the character classes of RFC 9110 §5.6, as bit tests on constants.
package enum OctetClass {
    /// `tchar`: octets 0 to 63.
    private static let tokenLow: UInt64 = 0x03FF_6CFA_0000_0000
    /// `tchar`: octets 64 to 127.
    private static let tokenHigh: UInt64 = 0x57FF_FFFF_C7FF_FFFE

    /// Whether the octet may stand in a token (RFC 9110 §5.6.2).
    @inline(__always)
    package static func isToken(_ byte: UInt8) -> Bool {
        guard byte < 128 else { return false }
        let mask = byte < 64 ? tokenLow : tokenHigh
        return (mask &>> UInt64(byte & 63)) & 1 == 1
    }

    /// Whether the octet may stand in a request-target: visible US-ASCII. Anything else is refused, not repaired.
    @inline(__always)
    static func isTarget(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }

    /// Offset of the first octet at or after `start` that is a control other than HTAB (CR among them), or `end`.
    ///
    /// Eight octets at a time: a byte is flagged when it is below 0x20 or equals 0x7F; the lowest flag is exact.
    @inline(__always)
    static func firstControl(_ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Int {
        var index = start
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        while true {
            while index &+ 8 <= end {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                let below = (word &- ones &* 0x20) & ~word & highs
                let deletes = word ^ (ones &* 0x7F)
                let equal = (deletes &- ones) & ~deletes & highs
                let flags = below | equal
                if flags != 0 {
                    index &+= flags.trailingZeroBitCount &>> 3
                    break
                }
                index &+= 8
            }
            while index < end {
                let byte = bytes[index]
                if (byte < 0x20 && byte != 0x09) || byte == 0x7F { return index }
                index &+= 1
                if index &+ 8 <= end && index & 7 == 0 { break }
            }
            if index >= end { return end }
        }
    }
}
