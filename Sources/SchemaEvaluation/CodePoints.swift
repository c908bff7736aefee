/// Lengths in code points, which is what JSON Schema counts (2020-12 validation §6.3.1): neither bytes, nor UTF-16, nor
/// graphemes.
enum CodePoints {
    /// Whether a text has at least so many code points.
    /// - Parameter text: UTF-8.
    @inline(__always)
    static func isAtLeast(_ minimum: Int, _ text: UnsafeRawBufferPointer) -> Bool {
        // A code point has one to four bytes.
        if text.count < minimum { return false }
        if text.count &>> 2 >= minimum { return true }
        return count(text) >= minimum
    }

    /// Whether a text has at most so many code points.
    /// - Parameter text: UTF-8.
    @inline(__always)
    static func isAtMost(_ maximum: Int, _ text: UnsafeRawBufferPointer) -> Bool {
        if text.count <= maximum { return true }
        if text.count &>> 2 > maximum { return false }
        return count(text) <= maximum
    }

    /// Number of code points.
    ///
    /// Never inlined: the compiler would make vectors of it and get their constants ready for every text, though lengths
    /// in bytes decide nearly always.
    /// - Parameter text: UTF-8.
    @inline(never)
    static func count(_ text: UnsafeRawBufferPointer) -> Int {
        guard let base = text.baseAddress else { return 0 }
        var total = 0
        var offset = 0
        while offset &+ 8 <= text.count {
            let word = (base + offset).loadUnaligned(as: UInt64.self)
            // Continuation bytes are 10xxxxxx: bit 7 set, bit 6 clear.
            let continuation = word & (~word &<< 1) & 0x8080_8080_8080_8080
            total &+= 8 &- continuation.nonzeroBitCount
            offset &+= 8
        }
        while offset < text.count {
            if text[offset] & 0xC0 != 0x80 { total &+= 1 }
            offset &+= 1
        }
        return total
    }
}
