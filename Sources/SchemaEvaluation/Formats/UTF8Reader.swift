/// Reads code points out of UTF-8 without making strings.
enum UTF8Reader {
    /// The code point at an offset and where the next one begins; `nil` where the bytes are not UTF-8.
    static func scalar(_ text: UnsafeRawBufferPointer, _ index: Int) -> (value: UInt32, next: Int)? {
        let lead = text[index]
        if lead < 0x80 { return (UInt32(lead), index + 1) }
        let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
        guard lead >= 0xC2, lead <= 0xF4, index + length <= text.count else { return nil }
        var value = UInt32(lead) & (0x7F >> UInt32(length))
        for offset in 1..<length {
            let byte = text[index + offset]
            guard byte & 0xC0 == 0x80 else { return nil }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        return (value, index + length)
    }

    /// All code points; `nil` where the bytes are not UTF-8.
    static func scalars(_ text: UnsafeRawBufferPointer) -> [UInt32]? {
        var result: [UInt32] = []
        var index = 0
        while index < text.count {
            guard let (value, next) = scalar(text, index) else { return nil }
            result.append(value)
            index = next
        }
        return result
    }
}
