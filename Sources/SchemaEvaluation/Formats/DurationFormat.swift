/// `duration`: RFC 3339 appendix A. Units come in order and without gaps: `P1Y1D` skips the months and is refused.
enum DurationFormat {
    /// Whether a text is a duration.
    static func isDuration(_ text: UnsafeRawBufferPointer) -> Bool {
        var reader = ByteReader(text)
        guard reader.take(UInt8(ascii: "P")), !reader.isAtEnd else { return false }
        if reader.current != UInt8(ascii: "T") {
            guard let unit = units(&reader, isTime: false) else { return false }
            if unit == .week { return reader.isAtEnd }
        }
        if reader.isAtEnd { return true }
        guard reader.take(UInt8(ascii: "T")) else { return false }
        guard let unit = units(&reader, isTime: true) else { return false }
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
    private static func units(_ reader: inout ByteReader, isTime: Bool) -> Units? {
        var next: Int?
        while let byte = reader.current, ASCIIClass.isDigit(byte) {
            _ = reader.skipDigits()
            guard let unit = reader.current else { return nil }
            reader.position += 1
            if unit == UInt8(ascii: "W"), next == nil, !isTime { return .week }
            guard let place = place(of: unit, isTime: isTime), next == nil || place == next else { return nil }
            next = place + 1
        }
        return next == nil ? nil : .ordered
    }

    /// The place of a unit in its chain: years, months, days; hours, minutes, seconds.
    private static func place(of unit: UInt8, isTime: Bool) -> Int? {
        switch unit {
        case UInt8(ascii: "Y"): isTime ? nil : 0
        case UInt8(ascii: "H"): isTime ? 0 : nil
        case UInt8(ascii: "M"): 1
        case UInt8(ascii: "D"): isTime ? nil : 2
        case UInt8(ascii: "S"): isTime ? 2 : nil
        default: nil
        }
    }
}
