/// Well-formed UTF-8: RFC 3629 section 4, which is table 3-7 of the Unicode standard.
///
/// Strict on purpose: overlong forms, surrogates and anything above U+10FFFF are refused, because a service that
/// decodes them leniently would read another text than the one that was checked.
package enum UTF8Sequence {
    /// The length of the sequence at an offset: 1 to 4, or 0 when it is not well-formed or is cut off.
    ///
    /// - Parameters:
    ///   - offset: An offset below `end`.
    ///   - bytes: The text.
    ///   - end: The length of the text.
    package static func length(at offset: Int, in bytes: UnsafePointer<UInt8>, end: Int) -> Int {
        let first = bytes[offset]
        let rest = end &- offset
        switch first {
        case 0x00...0x7F:
            return 1
        case 0xC2...0xDF:
            return rest >= 2 && isContinuation(bytes[offset &+ 1]) ? 2 : 0
        case 0xE0...0xEF:
            guard rest >= 3, isContinuation(bytes[offset &+ 1]), isContinuation(bytes[offset &+ 2]) else { return 0 }
            if first == 0xE0, bytes[offset &+ 1] < 0xA0 { return 0 }
            if first == 0xED, bytes[offset &+ 1] > 0x9F { return 0 }
            return 3
        case 0xF0...0xF4:
            guard rest >= 4, isContinuation(bytes[offset &+ 1]), isContinuation(bytes[offset &+ 2]),
                isContinuation(bytes[offset &+ 3])
            else { return 0 }
            if first == 0xF0, bytes[offset &+ 1] < 0x90 { return 0 }
            if first == 0xF4, bytes[offset &+ 1] > 0x8F { return 0 }
            return 4
        default:
            return 0
        }
    }

    /// The offset of the first byte that is not part of well-formed UTF-8, or nil when all are.
    package static func firstFault(in text: UnsafeRawBufferPointer) -> Int? {
        guard let base = text.baseAddress else { return nil }
        let bytes = base.assumingMemoryBound(to: UInt8.self)
        var offset = 0
        while offset < text.count {
            if text.count &- offset >= 8,
                (base + offset).loadUnaligned(as: UInt64.self) & 0x8080_8080_8080_8080 == 0
            {
                offset &+= 8
                continue
            }
            let length = length(at: offset, in: bytes, end: text.count)
            guard length > 0 else { return offset }
            offset &+= length
        }
        return nil
    }

    /// Writes a scalar value and moves the output behind it. The caller has made room for four bytes.
    @inline(__always)
    static func write(_ scalar: UInt32, to output: inout UnsafeMutablePointer<UInt8>) {
        if scalar < 0x80 {
            output[0] = UInt8(truncatingIfNeeded: scalar)
            output += 1
        } else if scalar < 0x800 {
            output[0] = UInt8(truncatingIfNeeded: 0xC0 | scalar &>> 6)
            output[1] = UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F)
            output += 2
        } else if scalar < 0x10000 {
            output[0] = UInt8(truncatingIfNeeded: 0xE0 | scalar &>> 12)
            output[1] = UInt8(truncatingIfNeeded: 0x80 | scalar &>> 6 & 0x3F)
            output[2] = UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F)
            output += 3
        } else {
            output[0] = UInt8(truncatingIfNeeded: 0xF0 | scalar &>> 18)
            output[1] = UInt8(truncatingIfNeeded: 0x80 | scalar &>> 12 & 0x3F)
            output[2] = UInt8(truncatingIfNeeded: 0x80 | scalar &>> 6 & 0x3F)
            output[3] = UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F)
            output += 4
        }
    }

    /// Whether a byte is 10xxxxxx.
    @inline(__always)
    private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
