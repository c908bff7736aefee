/// The grammar of `Host` and of a target's authority: `uri-host [ ":" port ]` (RFC 9110 §7.2, RFC 3986 §3.2.2).
package enum HostSyntax {
    /// Whether `value` is a host with an optional port; no user information, no list, not empty.
    package static func isValid(_ value: UnsafeRawBufferPointer) -> Bool {
        guard let end = hostEnd(value), end > 0 else { return false }
        guard end < value.count else { return true }
        guard value[end] == UInt8(ascii: ":"), value.count - end <= 6 else { return false }
        for index in (end + 1)..<value.count where value[index] &- 0x30 > 9 { return false }
        return true
    }

    /// Offset behind the host, where a port may begin; nil when the host is malformed.
    private static func hostEnd(_ value: UnsafeRawBufferPointer) -> Int? {
        guard let first = value.first, value.count <= 260 else { return nil }
        if first == UInt8(ascii: "[") {
            for index in 1..<value.count {
                let byte = value[index]
                if byte == UInt8(ascii: "]") { return index > 2 ? index + 1 : nil }
                let isAddress = isHexDigit(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
                guard isAddress else { return nil }
            }
            return nil
        }
        for index in 0..<value.count {
            let byte = value[index]
            if byte == UInt8(ascii: ":") { return index }
            guard isRegisteredName(byte) else { return nil }
        }
        return value.count
    }

    /// Whether the octet may stand in a registered name as hosts have them; percent-encoding is refused.
    private static func isRegisteredName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// `HEXDIG`, in either case.
    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (byte &- 0x30) <= 9 || ((byte | 0x20) &- UInt8(ascii: "a")) <= 5
    }
}
