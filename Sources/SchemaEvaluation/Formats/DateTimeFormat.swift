/// `date-time`, `date` and `time`: RFC 3339 §5.6, letters in either case, digits in ASCII.
enum DateTimeFormat {
    /// full-date "T" full-time.
    static func isDateTime(_ text: UnsafeRawBufferPointer) -> Bool {
        var reader = ByteReader(text)
        return date(&reader) && reader.take(letter: UInt8(ascii: "t")) && time(&reader) && reader.isAtEnd
    }

    /// full-date.
    static func isDate(_ text: UnsafeRawBufferPointer) -> Bool {
        var reader = ByteReader(text)
        return date(&reader) && reader.isAtEnd
    }

    /// full-time: an offset is part of it.
    static func isTime(_ text: UnsafeRawBufferPointer) -> Bool {
        var reader = ByteReader(text)
        return time(&reader) && reader.isAtEnd
    }

    /// Reads a date with a day that its month has.
    private static func date(_ reader: inout ByteReader) -> Bool {
        guard let year = reader.number(digits: 4), reader.take(UInt8(ascii: "-")),
            let month = reader.number(digits: 2), reader.take(UInt8(ascii: "-")),
            let day = reader.number(digits: 2), (1...12).contains(month)
        else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let length =
            switch month {
            case 2: isLeap ? 29 : 28
            case 4, 6, 9, 11: 30
            default: 31
            }
        return day >= 1 && day <= length
    }

    /// Reads a time with its offset.
    private static func time(_ reader: inout ByteReader) -> Bool {
        let colon = UInt8(ascii: ":")
        guard let hour = reader.number(digits: 2), reader.take(colon), let minute = reader.number(digits: 2),
            reader.take(colon), let second = reader.number(digits: 2), hour <= 23, minute <= 59, second <= 60
        else { return false }
        if reader.take(UInt8(ascii: ".")), reader.skipDigits() == 0 { return false }
        var offset = 0
        if !reader.take(letter: UInt8(ascii: "z")) {
            let isNegative = reader.take(UInt8(ascii: "-"))
            guard isNegative || reader.take(UInt8(ascii: "+")), let hours = reader.number(digits: 2),
                reader.take(colon), let minutes = reader.number(digits: 2), hours <= 23, minutes <= 59
            else { return false }
            offset = (isNegative ? -1 : 1) * (hours * 60 + minutes)
        }
        guard second == 60 else { return true }
        // RFC 3339 §5.7: a leap second comes at the end of a day in UTC.
        let utc = (hour * 60 + minute - offset + 2 * 1440) % 1440
        return utc == 1439
    }
}
