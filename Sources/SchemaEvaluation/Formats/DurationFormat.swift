/// `duration`: RFC 3339 appendix A. Units come in order and without gaps: `P1Y1D` skips the months and is refused.
enum DurationFormat {
    /// Whether a text is a duration.
    static func isDuration(_ text: UnsafeRawBufferPointer) -> Bool {
        var reader = ByteReader(text)
        guard reader.take(UInt8(ascii: "P")), !reader.isAtEnd else { return false }
        if reader.current != UInt8(ascii: "T") {
            guard let unit = units(&reader, [UInt8(ascii: "Y"), UInt8(ascii: "M"), UInt8(ascii: "D")]) else {
                return false
            }
            if unit == .week { return reader.isAtEnd }
        }
        if reader.isAtEnd { return true }
        guard reader.take(UInt8(ascii: "T")) else { return false }
        guard let unit = units(&reader, [UInt8(ascii: "H"), UInt8(ascii: "M"), UInt8(ascii: "S")]) else { return false }
        return unit == .ordered && reader.isAtEnd
    }

    /// What was read.
    private enum Units {
        /// Weeks, which stand alone.
        case week
        /// Units of one of the two chains.
        case ordered
    }

    /// Reads numbers, each with the unit that follows the one before; `nil` if there is none or one is out of order.
    private static func units(_ reader: inout ByteReader, _ chain: [UInt8]) -> Units? {
        var next: Int?
        while let byte = reader.current, ASCIIClass.isDigit(byte) {
            _ = reader.skipDigits()
            guard let unit = reader.current else { return nil }
            reader.position += 1
            if unit == UInt8(ascii: "W"), next == nil, chain[0] == UInt8(ascii: "Y") { return .week }
            guard let place = chain.firstIndex(of: unit), next == nil || place == next else { return nil }
            next = place + 1
        }
        return next == nil ? nil : .ordered
    }
}
