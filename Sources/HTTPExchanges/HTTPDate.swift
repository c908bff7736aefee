/// The `Date` of a message: IMF-fixdate (RFC 9110 §5.6.7), rendered at most once a second.
package struct HTTPDate {
    private var second: Int64 = .min
    private var rendered: [UInt8] = []

    /// Nothing rendered yet.
    package init() {}

    /// `Sun, 06 Nov 1994 08:49:37 GMT` for a time in seconds since 1970-01-01T00:00:00Z; years 1970 to 9999.
    package mutating func bytes(at seconds: Int64) -> [UInt8] {
        if seconds != second {
            second = seconds
            rendered = Self.render(min(max(seconds, 0), 253_402_300_799))
        }
        return rendered
    }

    /// Renders without a cache.
    package static func render(_ seconds: Int64) -> [UInt8] {
        let days = seconds / 86_400
        let clock = Int(seconds % 86_400)
        // Civil date from a day number, after Howard Hinnant's "chrono-compatible low-level date algorithms".
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let day = Int(dayOfYear - (153 * monthIndex + 2) / 5 + 1)
        let month = Int(monthIndex < 10 ? monthIndex + 3 : monthIndex - 9)
        let year = Int(yearOfEra + era * 400 + (month <= 2 ? 1 : 0))
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let text =
            "\(weekdays[Int(days % 7)]), \(padded(day, 2)) \(months[month - 1]) \(padded(year, 4)) "
            + "\(padded(clock / 3600, 2)):\(padded(clock / 60 % 60, 2)):\(padded(clock % 60, 2)) GMT"
        return Array(text.utf8)
    }
}
