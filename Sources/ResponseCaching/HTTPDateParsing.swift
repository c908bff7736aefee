/// HTTP-date in its three forms (RFC 9110 §5.6.7), as seconds since 1970-01-01T00:00:00Z.
///
/// Letters count in any case (RFC 9111 §4.2), everything else as the forms have it: what only looks like a date is none, and
/// a reply with such an Expires is stale (RFC 9111 §5.3).
package enum HTTPDateParsing {
    /// `Sun, 06 Nov 1994 08:49:37 GMT`
    private static let fixed = Array("@@@, ## @@@ #### ##:##:## gmt".utf8)
    /// `, 06-Nov-94 08:49:37 GMT` behind the day's whole name.
    private static let old = Array(", ##-@@@-## ##:##:## gmt".utf8)
    /// `Sun Nov  6 08:49:37 1994`
    private static let asctime = Array("@@@ @@@ _# ##:##:## ####".utf8)

    /// The time that a value states; nil when it is none.
    ///
    /// - Parameter now: the current time, by which a two-digit year is told (RFC 9110 §5.6.7: not more than 50 years ahead).
    package static func seconds(_ value: [UInt8], now: Int64) -> Int64? {
        guard value.count <= 40 else { return nil }
        let text = value.lowercased
        if matches(text[...], fixed) {
            guard weekdays.contains(where: { $0.utf8.prefix(3).elementsEqual(text[..<3]) }) else { return nil }
            return time(day: text[5..<7], month: text[8..<11], year: number(text[12..<16]), text[17..<25])
        }
        if matches(text[...], asctime) {
            guard weekdays.contains(where: { $0.utf8.prefix(3).elementsEqual(text[..<3]) }) else { return nil }
            return time(
                day: text[8] == 0x20 ? text[9..<10] : text[8..<10], month: text[4..<7], year: number(text[20..<24]),
                text[11..<19])
        }
        guard let name = weekdays.first(where: { text.starts(with: $0.utf8) }) else { return nil }
        let rest = Array(text.dropFirst(name.utf8.count))
        guard matches(rest[...], old) else { return nil }
        return time(day: rest[2..<4], month: rest[5..<8], year: full(number(rest[9..<11]), now), rest[12..<20])
    }

    /// Whether text has a form: `#` is a digit, `@` a letter, `_` a digit or a blank, all else itself.
    private static func matches(_ text: ArraySlice<UInt8>, _ form: [UInt8]) -> Bool {
        guard text.count == form.count else { return false }
        return zip(text, form).allSatisfy { octet, wanted in
            switch wanted {
            case 0x23: octet.isDigit
            case 0x40: (0x61...0x7A).contains(octet)
            case 0x5F: octet.isDigit || octet == 0x20
            default: octet == wanted
            }
        }
    }

    /// The year that two digits mean.
    private static func full(_ year: Int64, _ now: Int64) -> Int64 {
        let current = 1970 + now / 31_556_952
        let candidate = current / 100 * 100 + year
        return candidate > current + 50 ? candidate - 100 : candidate
    }

    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    private static let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

    /// The value of a few digits.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int64 {
        digits.reduce(0) { $0 * 10 + Int64($1 &- 0x30) }
    }

    /// A time by its digits, whose places a form has checked.
    private static func time(
        day: ArraySlice<UInt8>, month: ArraySlice<UInt8>, year: Int64, _ clock: ArraySlice<UInt8>
    ) -> Int64? {
        let fields = clock.split(separator: 0x3A).map { number($0) }
        let day = number(day)
        guard let index = months.firstIndex(where: { $0.utf8.elementsEqual(month) }), (1...31).contains(day),
            (1600...9999).contains(year), fields.count == 3
        else { return nil }
        let (hour, minute, second) = (fields[0], fields[1], fields[2])
        guard hour < 24, minute < 60, second <= 60 else { return nil }
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
