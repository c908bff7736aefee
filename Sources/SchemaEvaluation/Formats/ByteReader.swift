/// Walks over the bytes of a text; never past its end.
struct ByteReader {
    /// The text.
    let text: UnsafeRawBufferPointer
    /// Next byte to read.
    var position = 0

    /// A reader at the start of a text.
    @inline(__always)
    init(_ text: UnsafeRawBufferPointer) { self.text = text }

    /// Whether all bytes were read.
    @inline(__always)
    var isAtEnd: Bool { position >= text.count }

    /// The next byte; `nil` at the end.
    @inline(__always)
    var current: UInt8? { position < text.count ? text[position] : nil }

    /// Steps over a byte if it comes next.
    @inline(__always)
    mutating func take(_ byte: UInt8) -> Bool {
        guard position < text.count, text[position] == byte else { return false }
        position &+= 1
        return true
    }

    /// Steps over an ASCII letter of either case if it comes next.
    /// - Parameter letter: The letter in lower case.
    @inline(__always)
    mutating func take(letter: UInt8) -> Bool {
        guard position < text.count, text[position] | 0x20 == letter else { return false }
        position &+= 1
        return true
    }

    /// Reads exactly so many digits as a number; `nil` if there are fewer.
    @inline(__always)
    mutating func number(digits: Int) -> Int? {
        guard position &+ digits <= text.count else { return nil }
        var value = 0
        for offset in 0..<digits {
            let digit = text[position &+ offset] &- 0x30
            guard digit < 10 else { return nil }
            value = value &* 10 &+ Int(digit)
        }
        position &+= digits
        return value
    }

    /// Steps over digits.
    /// - Returns: How many there were.
    @inline(__always)
    mutating func skipDigits() -> Int {
        let start = position
        while position < text.count, text[position] &- 0x30 < 10 { position &+= 1 }
        return position &- start
    }
}

/// Classes of ASCII bytes.
enum ASCIIClass {
    /// `A…Z`, `a…z`.
    @inline(__always)
    static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

    /// `0…9`.
    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    /// `0…9`, `A…F`, `a…f`.
    @inline(__always)
    static func isHexDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20) &- 0x61 < 6 }

    /// Letters and digits.
    @inline(__always)
    static func isAlphanumeric(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) }
}
