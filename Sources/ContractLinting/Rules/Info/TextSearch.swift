/// Search in the bytes of prose, letters of either case.
enum TextSearch {
    /// Whether a text contains a word.
    ///
    /// - Parameter word: ASCII in lower case.
    static func contains(_ word: StaticString, in text: UnsafeRawBufferPointer) -> Bool {
        let count = word.utf8CodeUnitCount
        guard count > 0, text.count >= count else { return false }
        let wanted = UnsafeBufferPointer(start: word.utf8Start, count: count)
        search: for start in 0...(text.count - count) where lowercase(text[start]) == wanted[0] {
            for offset in 1..<count where lowercase(text[start + offset]) != wanted[offset] { continue search }
            return true
        }
        return false
    }

    /// An ASCII letter in lower case, any other byte as it is.
    @inline(__always)
    private static func lowercase(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

    /// Whether a byte is an ASCII letter.
    static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
}
