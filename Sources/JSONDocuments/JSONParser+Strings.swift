extension JSONParser {
    /// Reads a string whose first quotation mark is at the current position, and appends its row.
    ///
    /// Eight bytes at a time: a word without quotation mark, reverse solidus, control character and non-ASCII byte is
    /// skipped whole. Text that is not ASCII is checked and stays where it is; only escapes make a copy.
    @inline(__always)
    mutating func string(into tape: inout JSONTape, _ flags: JSONNodeFlags) throws(JSONSyntaxError) {
        let lower = position
        position &+= 1
        try skipPlainText()
        if bytes[position] == UInt8(ascii: "\"") {
            position &+= 1
            append(.string, flags, lower, position, to: &tape)
        } else {
            try escapedString(from: lower, into: &tape, flags)
        }
    }

    /// Moves to the next quotation mark or reverse solidus and checks the text before it.
    @inline(__always)
    private mutating func skipPlainText() throws(JSONSyntaxError) {
        while true {
            var byte: UInt8
            if end &- position >= 8 {
                let word = UInt64(
                    littleEndian: UnsafeRawPointer(bytes + position).loadUnaligned(as: UInt64.self))
                let marks = Self.specialBytes(in: word)
                if marks == 0 {
                    position &+= 8
                    continue
                }
                position &+= marks.trailingZeroBitCount &>> 3
                byte = bytes[position]
            } else {
                guard position < end else { throw unexpected(.quotationMark) }
                byte = bytes[position]
                if byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
                    position &+= 1
                    continue
                }
            }
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return }
            guard byte >= 0x80 else { throw JSONSyntaxError(.controlCharacter, at: position, byte: byte) }
            repeat {
                let length = UTF8Sequence.length(at: position, in: bytes, end: end)
                guard length > 0 else { throw JSONSyntaxError(.invalidUTF8, at: position) }
                position &+= length
            } while position < end && bytes[position] >= 0x80
        }
    }

    /// A word whose lowest set bit is the top bit of the first byte that ends plain ASCII text, or 0.
    ///
    /// A borrow can mark bytes above a byte that is marked rightly, never below, so only the lowest mark counts.
    @inline(__always)
    private static func specialBytes(in word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = (word ^ (ones &* 0x22)) &- ones
        let solidi = (word ^ (ones &* 0x5C)) &- ones
        let controls = word &- (ones &* 0x20)
        return (quotes | solidi | controls | word) & (ones &* 0x80)
    }

    /// Reads the rest of a string from its first reverse solidus and copies the content with the escapes resolved.
    @inline(never)
    private mutating func escapedString(
        from lower: Int, into tape: inout JSONTape, _ flags: JSONNodeFlags
    ) throws(JSONSyntaxError) {
        // No content is longer than its source, so this room is enough for every string that still comes.
        tape.reserveDecoded(tape.decodedCount &+ (end &- lower))
        let offset = tape.decodedCount
        var output = tape.decoded + offset
        var plainStart = lower &+ 1
        while true {
            let plainLength = position &- plainStart
            output.update(from: bytes + plainStart, count: plainLength)
            output += plainLength
            if bytes[position] == UInt8(ascii: "\"") { break }
            try escape(into: &output)
            plainStart = position
            try skipPlainText()
        }
        position &+= 1
        let length = output - (tape.decoded + offset)
        tape.decodedCount = offset &+ length
        append(
            .string, flags.union(.decoded), lower, position, payload: UInt32(truncatingIfNeeded: offset),
            decodedLength: UInt32(truncatingIfNeeded: length), to: &tape)
    }

    /// Reads one escape (RFC 8259 section 7) and writes what it means.
    private mutating func escape(into output: inout UnsafeMutablePointer<UInt8>) throws(JSONSyntaxError) {
        let start = position
        guard end &- position >= 2 else {
            position = end
            throw unexpected(.quotationMark)
        }
        let character: UInt8
        switch bytes[position &+ 1] {
        case UInt8(ascii: "\""): character = 0x22
        case UInt8(ascii: "\\"): character = 0x5C
        case UInt8(ascii: "/"): character = 0x2F
        case UInt8(ascii: "b"): character = 0x08
        case UInt8(ascii: "f"): character = 0x0C
        case UInt8(ascii: "n"): character = 0x0A
        case UInt8(ascii: "r"): character = 0x0D
        case UInt8(ascii: "t"): character = 0x09
        case UInt8(ascii: "u"):
            var scalar = try codeUnit(at: position &+ 2, escapeStart: start)
            position &+= 6
            if scalar & 0xFC00 == 0xD800 {
                guard end &- position >= 2, bytes[position] == UInt8(ascii: "\\"),
                    bytes[position &+ 1] == UInt8(ascii: "u")
                else { throw JSONSyntaxError(.loneSurrogate, at: start) }
                let low = try codeUnit(at: position &+ 2, escapeStart: position)
                guard low & 0xFC00 == 0xDC00 else { throw JSONSyntaxError(.loneSurrogate, at: start) }
                scalar = 0x10000 &+ ((scalar & 0x3FF) &<< 10 | (low & 0x3FF))
                position &+= 6
            } else if scalar & 0xFC00 == 0xDC00 {
                throw JSONSyntaxError(.loneSurrogate, at: start)
            }
            UTF8Sequence.write(scalar, to: &output)
            return
        default:
            throw JSONSyntaxError(.invalidEscape, at: start)
        }
        output.pointee = character
        output += 1
        position &+= 2
    }

    /// Reads four hexadecimal digits.
    private func codeUnit(at offset: Int, escapeStart: Int) throws(JSONSyntaxError) -> UInt32 {
        guard end &- offset >= 4 else { throw JSONSyntaxError(.invalidEscape, at: escapeStart) }
        var value: UInt32 = 0
        for index in offset..<(offset &+ 4) {
            let byte = bytes[index]
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte &- 0x30
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte &- 0x57
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte &- 0x37
            default: throw JSONSyntaxError(.invalidEscape, at: escapeStart)
            }
            value = value &<< 4 | UInt32(digit)
        }
        return value
    }
}
