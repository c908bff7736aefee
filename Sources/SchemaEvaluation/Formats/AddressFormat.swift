/// `ipv4` and `ipv6`: RFC 2673 §3.2 and RFC 4291 §2.2, without zone identifiers.
enum AddressFormat {
    /// Four decimal numbers of at most 255 without leading zeros.
    static func isIPv4(_ text: UnsafeRawBufferPointer) -> Bool {
        var reader = ByteReader(text)
        for part in 0..<4 {
            if part > 0, !reader.take(UInt8(ascii: ".")) { return false }
            let start = reader.position
            let digits = reader.skipDigits()
            guard digits >= 1, digits <= 3, digits == 1 || text[start] != UInt8(ascii: "0") else { return false }
            var value = 0
            for offset in start..<reader.position { value = value * 10 + Int(text[offset] &- 0x30) }
            guard value <= 255 else { return false }
        }
        return reader.isAtEnd
    }

    /// Eight groups of hexadecimal digits; once `::` for one or more groups of zeros; the last two may be an IPv4
    /// address.
    static func isIPv6(_ text: UnsafeRawBufferPointer) -> Bool {
        var reader = ByteReader(text)
        var groups = 0
        var isCompressed = false
        if reader.take(UInt8(ascii: ":")) {
            guard reader.take(UInt8(ascii: ":")) else { return false }
            isCompressed = true
        }
        while !reader.isAtEnd {
            let start = reader.position
            while let byte = reader.current, ASCIIClass.isHexDigit(byte) { reader.position += 1 }
            let digits = reader.position - start
            if reader.current == UInt8(ascii: ".") {
                guard isIPv4(UnsafeRawBufferPointer(rebasing: text[start...])) else { return false }
                groups += 2
                break
            }
            guard digits >= 1, digits <= 4 else { return false }
            groups += 1
            if reader.isAtEnd { break }
            guard reader.take(UInt8(ascii: ":")) else { return false }
            if reader.take(UInt8(ascii: ":")) {
                guard !isCompressed else { return false }
                isCompressed = true
            } else if reader.isAtEnd {
                return false
            }
        }
        return isCompressed ? groups <= 7 : groups == 8
    }
}
