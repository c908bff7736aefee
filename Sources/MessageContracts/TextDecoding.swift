import JSONDocuments

/// Why a text could not be decoded.
enum TextFault {
    /// A percent sign without two hexadecimal digits (RFC 3986 §2.1).
    case percentEncoding
    /// Octets that are no UTF-8.
    case encoding
}

/// What became of a text.
enum DecodedText {
    /// Its octets, valid UTF-8, borrowed from the source or from the buffer.
    case text(UnsafeRawBufferPointer)
    /// What is wrong with it.
    case fault(TextFault)
}

/// Decoding of names and values, once, after they were split (OpenAPI 3.2 appendix C).
enum TextDecoding {
    /// Decodes a text by its form. The result lies in the source where nothing needed decoding, else in the buffer.
    @inline(__always)
    static func decode(_ raw: UnsafeRawBufferPointer, _ form: FieldForm, into buffer: inout OctetBuffer) -> DecodedText
    {
        var isPlain = true
        for byte in raw where byte >= 0x80 || byte == 0x25 || byte == 0x2B {
            isPlain = false
            break
        }
        return isPlain ? .text(raw) : decodeSlowly(raw, form, into: &buffer)
    }

    /// The general case.
    private static func decodeSlowly(
        _ raw: UnsafeRawBufferPointer, _ form: FieldForm, into buffer: inout OctetBuffer
    ) -> DecodedText {
        let result: UnsafeRawBufferPointer
        if form == .form || form == .percent {
            buffer.count = 0
            buffer.reserve(raw.count)
            let out = buffer.bytes
            var written = 0
            var index = 0
            while index < raw.count {
                var byte = raw[index]
                if byte == 0x25 {
                    guard index + 2 < raw.count, let high = hexadecimal(raw[index + 1]),
                        let low = hexadecimal(raw[index + 2])
                    else { return .fault(.percentEncoding) }
                    byte = high << 4 | low
                    index += 2
                } else if byte == 0x2B, form == .form {
                    // application/x-www-form-urlencoded: a plus is a space (WHATWG URL §5.1, HTML 4 §17.13.4).
                    byte = 0x20
                }
                out[written] = byte
                written += 1
                index += 1
            }
            result = buffer.slice(0, written)
        } else {
            result = raw
        }
        return UTF8Sequence.firstFault(in: result) == nil ? .text(result) : .fault(.encoding)
    }

    /// The value of a hexadecimal digit.
    @inline(__always)
    static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte &- 0x30
        case 0x41...0x46: byte &- 0x37
        case 0x61...0x66: byte &- 0x57
        default: nil
        }
    }

    /// Whether a text is a number by RFC 8259 §6.
    static func isNumber(_ text: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        let count = text.count
        if index < count, text[index] == 0x2D { index += 1 }
        guard index < count, isDigit(text[index]) else { return false }
        if text[index] == 0x30 {
            index += 1
        } else {
            while index < count, isDigit(text[index]) { index += 1 }
        }
        if index < count, text[index] == 0x2E {
            index += 1
            guard index < count, isDigit(text[index]) else { return false }
            while index < count, isDigit(text[index]) { index += 1 }
        }
        if index < count, text[index] | 0x20 == 0x65 {
            index += 1
            if index < count, text[index] == 0x2B || text[index] == 0x2D { index += 1 }
            guard index < count, isDigit(text[index]) else { return false }
            while index < count, isDigit(text[index]) { index += 1 }
        }
        return index == count
    }

    /// ASCII digits.
    @inline(__always)
    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
}
