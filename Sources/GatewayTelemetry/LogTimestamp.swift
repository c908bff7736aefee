/// The time stamp of log lines: RFC 3339 in UTC with milliseconds, for example `2026-11-24T03:28:13.042Z`.
///
/// The part up to the seconds is made once per second; a line then costs a copy of 20 bytes and three digits.
final class LogTimestamp {
    /// Length of `YYYY-MM-DDThh:mm:ss.`.
    private static let length = 20

    /// The second that `prefix` states, since 1970. Behind a pointer like the counts of `LogBuffer`.
    private let second: UnsafeMutablePointer<Int64>
    /// `YYYY-MM-DDThh:mm:ss.`
    private let prefix: UnsafeMutablePointer<UInt8>

    /// Starts at the epoch.
    init() {
        second = .allocate(capacity: 1)
        prefix = .allocate(capacity: Self.length)
        second.initialize(to: 0)
        prefix.initialize(repeating: 0, count: Self.length)
        set(0)
    }

    deinit {
        second.deallocate()
        prefix.deallocate()
    }

    /// Replaces the cached second.
    private func set(_ wanted: Int64) {
        second.pointee = wanted
        for (index, byte) in Self.prefix(of: wanted).prefix(Self.length).enumerated() { prefix[index] = byte }
    }

    /// Writes a moment.
    ///
    /// - Parameters:
    ///   - nanoseconds: since 1970-01-01T00:00:00Z; years outside 0 to 9999 are clamped.
    ///   - line: where to.
    func write(_ nanoseconds: Int64, into line: inout LogLine) {
        var wanted = nanoseconds / 1_000_000_000
        var rest = nanoseconds % 1_000_000_000
        if rest < 0 {
            wanted -= 1
            rest += 1_000_000_000
        }
        if second.pointee != wanted { set(wanted) }
        line.put(UnsafeRawBufferPointer(start: prefix, count: Self.length))
        let milliseconds = UInt16(truncatingIfNeeded: rest / 1_000_000)
        line.put(UInt8(truncatingIfNeeded: milliseconds / 100) + UInt8(ascii: "0"))
        line.put(UInt8(truncatingIfNeeded: milliseconds / 10 % 10) + UInt8(ascii: "0"))
        line.put(UInt8(truncatingIfNeeded: milliseconds % 10) + UInt8(ascii: "0"))
        line.put(UInt8(ascii: "Z"))
    }

    /// The text up to the point after the seconds.
    ///
    /// The calendar arithmetic counts days in eras of 400 years that begin on 1 March (H. Hinnant, "chrono-Compatible
    /// Low-Level Date Algorithms", civil_from_days). Int64 nanoseconds reach the years 1677 to 2262, so four digits are
    /// enough.
    private static func prefix(of second: Int64) -> [UInt8] {
        var days = second / 86_400
        var time = second % 86_400
        if time < 0 {
            days -= 1
            time += 86_400
        }
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)

        var text: [UInt8] = []
        text.reserveCapacity(20)
        func append(_ value: Int64, digits: Int) {
            var divisor: Int64 = 1
            for _ in 1..<digits { divisor *= 10 }
            while divisor > 0 {
                text.append(UInt8(truncatingIfNeeded: value / divisor % 10) + UInt8(ascii: "0"))
                divisor /= 10
            }
        }
        for (value, digits, separator) in [
            (year, 4, "-"), (month, 2, "-"), (day, 2, "T"), (time / 3600, 2, ":"), (time / 60 % 60, 2, ":"),
            (time % 60, 2, "."),
        ] {
            append(value, digits: digits)
            text.append(contentsOf: separator.utf8)
        }
        return text
    }
}
