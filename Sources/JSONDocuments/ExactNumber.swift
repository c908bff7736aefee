/// A decimal number without loss: what `minimum`, `multipleOf`, `const` and `enum` need, and binary floating point is
/// not.
///
/// An exact number owns the literal of a schema's constant, taken apart once. Instances are compared as they stand in
/// the message, by their bytes, without a copy: `1 == 1.0 == 10e-1`, `0.3` is a multiple of `0.1`, and 2^53 + 1 stays
/// odd. The common case, numbers of up to 18 digits, is one comparison of machine words (`ShortDecimal`).
package struct ExactNumber: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The literal.
    private let literal: [UInt8]

    /// The literal, taken apart.
    private let parts: DecimalParts

    /// The number, when it is an integer by value and fits.
    package let int64: Int64?

    /// The number, when it is short, or an integer that fits.
    package let short: ShortDecimal?

    /// Makes a number of a literal.
    ///
    /// - Parameter literal: A number of RFC 8259 section 6, checked by a parser.
    package init(literal: UnsafeRawBufferPointer) {
        self.literal = Array(literal)
        parts = DecimalParts(literal)
        int64 = parts.int64
        short = int64.map { ShortDecimal($0) } ?? ShortDecimal(literal)
    }

    /// Makes a number of a text; nil when it is not a number of RFC 8259 section 6.
    package init?(_ text: String) {
        var tape = JSONTape()
        let bytes = Array(text.utf8)
        let isNumber = bytes.withUnsafeBytes { bytes in
            (try? tape.parse(bytes, limits: .traffic)) != nil && tape.view[0].kind == .number
                && tape.view[0].upper == UInt32(truncatingIfNeeded: bytes.count) && tape.view[0].lower == 0
        }
        guard isNumber else { return nil }
        self = bytes.withUnsafeBytes { ExactNumber(literal: $0) }
    }

    /// Makes a number of an integer.
    package init(_ value: Int64) {
        var text = String(value)
        self = text.withUTF8 { ExactNumber(literal: UnsafeRawBufferPointer($0)) }
    }

    /// Whether the number is 0.
    package var isZero: Bool { parts.isZero }

    /// Whether the number is below 0.
    package var isNegative: Bool { parts.isNegative }

    /// Whether the number is an integer by value: `1`, `1.0` and `1e2` are.
    package var isMathematicalInteger: Bool { parts.isInteger }

    /// The literal.
    package var description: String { String(decoding: literal, as: UTF8.self) }

    /// Compares a literal of a message with this number.
    ///
    /// - Parameter text: A number of RFC 8259 section 6, such as `JSONView.text(of:)` gives.
    /// - Returns: A negative number, 0 or a positive number, as the literal is smaller, equal or larger.
    /// - Complexity: O(digits of the literal). No allocation.
    package func compare(literal text: UnsafeRawBufferPointer) -> Int {
        if let short, let value = ShortDecimal(text) { return value.order(short) }
        return literal.withUnsafeBytes { DecimalParts.compare(DecimalParts(text), text, parts, $0) }
    }

    /// Whether a literal of a message is an integer multiple of this number. Nothing but 0 is a multiple of 0.
    ///
    /// - Parameter text: A number of RFC 8259 section 6.
    /// - Complexity: O(digits of the literal), whatever the exponents are. No allocation unless this number has more
    ///   than 19 significant digits.
    package func divides(literal text: UnsafeRawBufferPointer) -> Bool {
        if let short, let value = ShortDecimal(text), let answer = value.isMultiple(of: short) { return answer }
        return literal.withUnsafeBytes {
            DecimalDivision.isMultiple(DecimalParts(text), text, of: parts, $0)
        }
    }

    /// Whether this number is an integer multiple of another.
    package func isMultiple(of other: ExactNumber) -> Bool {
        literal.withUnsafeBytes { other.divides(literal: $0) }
    }

    /// Compares two literals.
    ///
    /// - Returns: A negative number, 0 or a positive number, as the left one is smaller, equal or larger.
    package static func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        if let one = ShortDecimal(left), let two = ShortDecimal(right) { return one.order(two) }
        return DecimalParts.compare(DecimalParts(left), left, DecimalParts(right), right)
    }

    /// Whether a literal is an integer by value: `1`, `1.0` and `1e2` are, `1.5` and `1e-2` are not.
    package static func isMathematicalInteger(_ text: UnsafeRawBufferPointer) -> Bool {
        DecimalParts(text).isInteger
    }

    /// A literal that is an integer by value and fits; else nil.
    package static func int64(_ text: UnsafeRawBufferPointer) -> Int64? {
        if let short = ShortDecimal(text), short.scale == 0 { return short.coefficient }
        return DecimalParts(text).int64
    }

    /// Adds a literal to a hash so that equal numbers have equal hashes, however they are written.
    package static func hash(_ text: UnsafeRawBufferPointer, into hasher: inout Hasher) {
        hash(DecimalParts(text), text, into: &hasher)
    }

    /// Two numbers are equal by value, however they are written.
    package static func == (left: ExactNumber, right: ExactNumber) -> Bool {
        left.literal.withUnsafeBytes { right.compare(literal: $0) } == 0
    }

    /// Orders by value.
    package static func < (left: ExactNumber, right: ExactNumber) -> Bool {
        left.literal.withUnsafeBytes { right.compare(literal: $0) } < 0
    }

    /// Hashes the value.
    package func hash(into hasher: inout Hasher) {
        literal.withUnsafeBytes { Self.hash(parts, $0, into: &hasher) }
    }

    /// Hashes the normal form: sign, exponent and significant digits.
    private static func hash(_ parts: DecimalParts, _ text: UnsafeRawBufferPointer, into hasher: inout Hasher) {
        hasher.combine(parts.isNegative)
        hasher.combine(parts.exponent)
        hasher.combine(parts.digitCount)
        if parts.digitCount <= DecimalParts.longestCoefficient {
            hasher.combine(parts.coefficient)
        } else {
            var digits = DigitReader(parts, text)
            while let digit = digits.next() { hasher.combine(digit) }
        }
    }
}
