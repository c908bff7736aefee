import Glibc

/// The line being written at the end of a block.
///
/// A value of three words that the compiler keeps in registers, unlike the counters of the block's object. Every piece
/// checks the room that is left and is left out whole where it does not fit: nothing grows, nothing traps.
///
/// Invariant: `memory` has `capacity` bytes and outlives the value, which only lives within `LogBuffer.appendLine`.
struct LogLine {
    /// The block's memory.
    private let memory: UnsafeMutablePointer<UInt8>
    /// Bytes written to the block.
    private(set) var count: Int
    /// Bytes that fit.
    private let capacity: Int

    /// Goes on after what the block holds.
    init(start: UnsafeMutablePointer<UInt8>, count: Int, capacity: Int) {
        memory = start
        self.count = count
        self.capacity = capacity
    }

    /// Appends one byte.
    @inline(__always)
    mutating func put(_ byte: UInt8) {
        guard count < capacity else { return }
        memory[count] = byte
        count &+= 1
    }

    /// Appends a literal.
    @inline(__always)
    mutating func put(_ text: StaticString) {
        put(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Appends bytes as they are; for bytes of our own only.
    @inline(__always)
    mutating func put(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0, let start = bytes.baseAddress, bytes.count <= capacity &- count else { return }
        memcpy(memory + count, start, bytes.count)
        count &+= bytes.count
    }

    /// Appends bytes as they are; for bytes of our own only.
    @inline(__always)
    mutating func put(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { put($0) }
    }

    /// Appends a whole number in decimal digits.
    mutating func put(decimal value: UInt64) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var rest = value
            var index = 20
            repeat {
                index &-= 1
                digits[index] = UInt8(truncatingIfNeeded: rest % 10) &+ UInt8(ascii: "0")
                rest /= 10
            } while rest > 0 && index > 0
            put(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: digits[index...])))
        }
    }

    /// Appends a duration in milliseconds with three decimals.
    mutating func put(milliseconds nanoseconds: UInt64) {
        let microseconds = nanoseconds / 1000
        put(decimal: microseconds / 1000)
        put(UInt8(ascii: "."))
        let fraction = microseconds % 1000
        put(UInt8(truncatingIfNeeded: fraction / 100) &+ UInt8(ascii: "0"))
        put(UInt8(truncatingIfNeeded: fraction / 10 % 10) &+ UInt8(ascii: "0"))
        put(UInt8(truncatingIfNeeded: fraction % 10) &+ UInt8(ascii: "0"))
    }

    /// Appends bytes that a remote peer chose, escaped so that the result is printable ASCII within a JSON string.
    ///
    /// Quotes and backslashes get a backslash; control bytes and everything beyond ASCII become `\u001b` (well-formed
    /// UTF-8 by its UTF-16 code units, any other byte as U+FFFD): no line break, no terminal sequence, no bidirectional
    /// override, no invalid UTF-8 comes through.
    ///
    /// - Parameters:
    ///   - bytes: what the peer sent.
    ///   - limit: bytes at most; what is longer is cut and ends in `...`.
    mutating func put(escaping bytes: UnsafeRawBufferPointer, limit: Int) {
        let shown = bytes.count > limit ? UnsafeRawBufferPointer(rebasing: bytes[..<max(0, limit)]) : bytes
        var index = 0
        while index < shown.count {
            let end = plainEnd(shown, from: index)
            if end > index { put(UnsafeRawBufferPointer(rebasing: shown[index..<end])) }
            index = end
            if index < shown.count { index &+= putEscape(shown, at: index) }
        }
        if shown.count < bytes.count { put("...") }
    }

    /// Appends text escaped like remote bytes.
    mutating func put(escaping text: String, limit: Int) {
        var text = text
        text.withUTF8 { put(escaping: UnsafeRawBufferPointer($0), limit: limit) }
    }

    /// Where the stretch of bytes that may stand for themselves ends, eight at a time.
    @inline(__always)
    private func plainEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        var index = start
        while index &+ 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            // The top bit of a byte gets set where it is below 0x20, or equal to a quote, a backslash or DEL. A borrow
            // from a neighbour can set it too; then the bytes are looked at one by one.
            let controls = word &- ones &* 0x20
            let quotes = (word ^ ones &* 0x22) &- ones
            let backslashes = (word ^ ones &* 0x5C) &- ones
            let deletes = (word ^ ones &* 0x7F) &- ones
            guard (word | controls | quotes | backslashes | deletes) & tops == 0 else { break }
            index &+= 8
        }
        while index < bytes.count, isPlain(bytes[index]) { index &+= 1 }
        return index
    }

    /// Whether a byte may stand for itself within a JSON string.
    @inline(__always)
    private func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// Appends the escape of the character at an index.
    ///
    /// - Returns: how many bytes the character has, at least 1.
    private mutating func putEscape(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Int {
        let byte = bytes[index]
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
            put(UInt8(ascii: "\\"))
            put(byte)
            return 1
        }
        guard byte >= 0x80 else {
            put(unicode: UInt16(byte))
            return 1
        }
        var decoder = UTF8()
        var iterator = bytes[index..<min(bytes.count, index &+ 4)].makeIterator()
        guard case .scalarValue(let scalar) = decoder.decode(&iterator) else {
            put(unicode: 0xFFFD)
            return 1
        }
        for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
            put(unicode: unit)
        }
        return UTF8.width(scalar)
    }

    /// Appends an escape such as `\u001b`.
    private mutating func put(unicode unit: UInt16) {
        put("\\u")
        put(hexDigit(UInt8(truncatingIfNeeded: unit >> 12)))
        put(hexDigit(UInt8(truncatingIfNeeded: unit >> 8) & 0xF))
        put(hexDigit(UInt8(truncatingIfNeeded: unit >> 4) & 0xF))
        put(hexDigit(UInt8(truncatingIfNeeded: unit) & 0xF))
    }
}

/// The lower-case hexadecimal digit of a value below 16.
@inline(__always)
func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? value &+ UInt8(ascii: "0") : value &- 10 &+ UInt8(ascii: "a")
}
