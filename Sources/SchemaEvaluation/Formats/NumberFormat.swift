import JSONDocuments

/// `int32`, `int64`, `float` and `double`: OpenAPI Format Registry. They speak of the value, not of its spelling: `1.0`
/// is an `int32`.
enum NumberFormat {
    /// Largest finite binary32 number, as a literal.
    private static let largestFloat: StaticString = "340282346638528859811704183484516925440"
    /// Largest finite binary64 number, as a literal.
    private static let largestDouble: StaticString = "1.7976931348623157081e308"
    /// Their negatives.
    private static let smallestFloat: StaticString = "-340282346638528859811704183484516925440"
    /// See `smallestFloat`.
    private static let smallestDouble: StaticString = "-1.7976931348623157081e308"

    /// Whether a number is a signed integer of 32 bits.
    static func isInt32(_ literal: UnsafeRawBufferPointer) -> Bool {
        guard let value = ExactNumber.int64(literal) else { return false }
        return Int32(exactly: value) != nil
    }

    /// Whether a number is a signed integer of 64 bits.
    static func isInt64(_ literal: UnsafeRawBufferPointer) -> Bool { ExactNumber.int64(literal) != nil }

    /// Whether a number lies within the range of binary32.
    static func isFloat(_ literal: UnsafeRawBufferPointer) -> Bool {
        literal.count < 30 && hasNoExponent(literal) || isWithin(literal, smallestFloat, largestFloat)
    }

    /// Whether a number lies within the range of binary64.
    static func isDouble(_ literal: UnsafeRawBufferPointer) -> Bool {
        literal.count < 300 && hasNoExponent(literal) || isWithin(literal, smallestDouble, largestDouble)
    }

    /// Whether a literal has no exponent: then its length bounds its value.
    private static func hasNoExponent(_ literal: UnsafeRawBufferPointer) -> Bool {
        !literal.contains { $0 | 0x20 == UInt8(ascii: "e") }
    }

    /// Whether a number lies between two others.
    private static func isWithin(
        _ literal: UnsafeRawBufferPointer, _ smallest: StaticString, _ largest: StaticString
    ) -> Bool {
        ExactNumber.compare(literal, bytes(smallest)) >= 0 && ExactNumber.compare(literal, bytes(largest)) <= 0
    }

    /// The bytes of a constant.
    private static func bytes(_ text: StaticString) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }
}
