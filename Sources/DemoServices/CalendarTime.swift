/// Days and instants as text, in UTC and without a calendar library.
enum CalendarTime {
    /// Seconds of a day; leap seconds do not exist here.
    static let secondsPerDay: Int = 86_400

    /// An instant as RFC 3339 text: `2024-02-12T08:00:00Z`.
    ///
    /// - Parameter seconds: Seconds since 1970 UTC, in the years 0 to 9999.
    static func text(_ seconds: Int) -> String {
        let day = floored(seconds, secondsPerDay)
        let second = seconds - day * secondsPerDay
        let date = civil(day)
        return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
            + "T\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))Z"
    }

    /// A day such as `2025-03-31` (RFC 3339 `full-date`) as days since 1970; nil when there is no such day.
    static func day(_ text: some StringProtocol) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = digits(bytes[0..<4]), let month = digits(bytes[5..<7]), let day = digits(bytes[8..<10]),
            (1...12).contains(month), day >= 1, day <= daysInMonth(month, ofYear: year)
        else { return nil }
        return days(year: year, month: month, day: day)
    }

    /// Whether a text is an RFC 3339 `date-time` (§5.6), with a fraction and an offset if it likes.
    static func isInstant(_ text: String) -> Bool {
        let pattern = /(\d{4}-\d{2}-\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(\.\d+)?([Zz]|[+-](\d{2}):(\d{2}))/
            .asciiOnlyDigits()
        guard let match = text.wholeMatch(of: pattern), day(match.1) != nil,
            let hour = Int(match.2), let minute = Int(match.3), let second = Int(match.4)
        else { return false }
        let offsetHour = match.7.flatMap { Int($0) } ?? 0
        let offsetMinute = match.8.flatMap { Int($0) } ?? 0
        return hour < 24 && minute < 60 && second < 60 && offsetHour < 24 && offsetMinute < 60
    }

    /// Decimal digits and nothing else.
    private static func digits(_ bytes: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for byte in bytes {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return value
    }

    /// A number with zeros in front.
    private static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    /// How many days a month has in the Gregorian calendar.
    private static func daysInMonth(_ month: Int, ofYear year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970 of a date, in years that begin in March, so that a leap day is the last of its year.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let monthFromMarch = (month + 9) % 12
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let leapDays = floored(shifted, 4) - floored(shifted, 100) + floored(shifted, 400)
        return 365 * shifted + leapDays + dayOfYear - 719_468
    }

    /// The date of a day since 1970: the inverse, by the 400 years after which the calendar repeats.
    private static func civil(_ day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = floored(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
            day: dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        )
    }

    /// Division that rounds towards the past.
    private static func floored(_ number: Int, _ divisor: Int) -> Int {
        number >= 0 ? number / divisor : -((divisor - 1 - number) / divisor)
    }
}
