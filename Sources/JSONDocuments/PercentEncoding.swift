/// Percent-encoding (RFC 3986 §2.1) as document references need it.
package enum PercentEncoding {
    /// The octets that a percent-encoded text stands for; nil if a triplet is broken.
    package static func decoded(_ text: [UInt8]) -> [UInt8]? {
        guard text.contains(UInt8(ascii: "%")) else { return text }
        var out: [UInt8] = []
        out.reserveCapacity(text.count)
        var position = 0
        while position < text.count {
            let byte = text[position]
            if byte == UInt8(ascii: "%") {
                guard position + 2 < text.count, let high = digit(text[position + 1]),
                    let low = digit(text[position + 2])
                else { return nil }
                out.append(high << 4 | low)
                position += 3
            } else {
                out.append(byte)
                position += 1
            }
        }
        return out
    }

    /// The value of a hexadecimal digit in either case.
    package static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
