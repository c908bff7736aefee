/// Reads the significant digits of a literal, the most significant first.
struct DigitReader {
    /// The literal.
    private let literal: UnsafeRawBufferPointer

    /// The offset of the next byte.
    private var index: Int

    /// How many significant digits are left.
    private(set) var remaining: Int

    /// Starts at the first significant digit.
    init(_ parts: DecimalParts, _ literal: UnsafeRawBufferPointer) {
        self.literal = literal
        index = parts.firstDigit
        remaining = parts.digitCount
    }

    /// The next digit, 0 to 9.
    mutating func next() -> UInt8? {
        while remaining > 0, index < literal.count {
            let digit = literal[index] &- UInt8(ascii: "0")
            index &+= 1
            guard digit < 10 else { continue }
            remaining &-= 1
            return digit
        }
        return nil
    }

    /// The next eight digits as a number, where eight are left and stand in a row, without a point between them.
    mutating func nextEight() -> UInt64? {
        guard remaining >= 8, literal.count &- index >= 8 else { return nil }
        let word = UInt64(littleEndian: literal.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        guard DigitWord.isEightDigits(word) else { return nil }
        index &+= 8
        remaining &-= 8
        return DigitWord.value(word)
    }
}
