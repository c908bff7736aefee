/// HTTP-date in its three forms (RFC 9110 §5.6.7), as seconds since 1970-01-01T00:00:00Z.
package enum HTTPDateParsing {
    /// The time that a value states; nil when it is none.
    ///
    /// - Parameter now: the current time, by which a two-digit year is told (RFC 9110 §5.6.7: not more than 50 years ahead).
    package static func seconds(_ value: [UInt8], now: Int64) -> Int64? {
        guard value.count <= 40 else { return nil }
        let parts = String(decoding: value, as: UTF8.self).split(whereSeparator: { $0 == " " || $0 == "," || $0 == "-" }
        )
        if parts.count == 6, parts[5] == "GMT" {
            guard let year = number(parts[3], digits: parts[3].utf8.count == 2 ? 2 : 4) else { return nil }
            return time(
                day: parts[1], month: parts[2], year: parts[3].utf8.count == 2 ? full(year, now) : year, parts[4])
        }
        if parts.count == 5, let year = number(parts[4], digits: 4) {
            return time(day: parts[2], month: parts[1], year: year, parts[3])
        }
        return nil
    }

    /// The year that two digits mean.
    private static func full(_ year: Int64, _ now: Int64) -> Int64 {
        let current = 1970 + now / 31_556_952
        let candidate = current / 100 * 100 + year
        return candidate > current + 50 ? candidate - 100 : candidate
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func number(_ text: Substring, digits: Int) -> Int64? {
        guard text.utf8.count == digits, text.utf8.allSatisfy(\.isDigit) else { return nil }
        return Int64(text)
    }

    private static func time(day: Substring, month: Substring, year: Int64, _ clock: Substring) -> Int64? {
        guard let day = number(day, digits: day.utf8.count == 1 ? 1 : 2), (1...31).contains(day),
            let index = months.firstIndex(of: String(month)), year >= 1600, year <= 9999
        else { return nil }
        let fields = clock.split(separator: ":", omittingEmptySubsequences: false)
        guard fields.count == 3, let hour = number(fields[0], digits: 2), let minute = number(fields[1], digits: 2),
            let second = number(fields[2], digits: 2), hour < 24, minute < 60, second <= 60
        else { return nil }
        // Day number from a civil date, after Howard Hinnant's "chrono-compatible low-level date algorithms".
        let month = Int64(index + 1)
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        return days * 86_400 + hour * 3600 + minute * 60 + second
    }
}
