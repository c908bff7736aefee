/// A number literal taken apart: `±coefficient × 10^exponent`, where the coefficient is an integer without trailing
/// zeros.
///
/// The parts are computed in one pass and without allocation. Up to 19 significant digits stand in `coefficient`; of a
/// longer number only the place of its digits in the literal is known, and whoever needs them reads them there.
struct DecimalParts: Sendable {
    /// Whether a minus sign stands before a number that is not zero.
    private(set) var isNegative = false

    /// The count of significant digits: from the first to the last that is not 0. Zero has none.
    private(set) var digitCount = 0

    /// The significant digits as an integer when there are at most 19; else without meaning.
    private(set) var coefficient: UInt64 = 0

    /// The power of ten that the coefficient is multiplied by. Exponents beyond ±2^59 are taken for ±2^59: such numbers
    /// differ from every number that has an ordinary exponent, which is all that a comparison with a constant asks.
    private(set) var exponent = 0

    /// The offset in the literal of the first significant digit.
    private(set) var firstDigit = 0

    /// The most significant digits that `coefficient` holds.
    static let longestCoefficient = 19

    /// Where explicit exponents stop to grow: ten times as much still fits, and so does the length of any literal
    /// added.
    private static let exponentBound = 1 << 59

    /// Takes a literal apart.
    ///
    /// - Parameter literal: A number of RFC 8259 section 6. Anything else gives parts without meaning, never a trap.
    init(_ literal: UnsafeRawBufferPointer) {
        var index = 0
        var sawMinus = false
        if literal.first == UInt8(ascii: "-") {
            sawMinus = true
            index = 1
        }
        var isFraction = false
        // Zeros since the last digit that is not 0: significant only if another such digit follows.
        var zeros = 0
        var scale = 0
        while index < literal.count {
            // Beyond the longest coefficient only the count matters: eight digits at a time, so that a number of megabytes
            // costs little more than its bytes.
            if digitCount > Self.longestCoefficient, literal.count &- index >= 8 {
                let word = UInt64(littleEndian: literal.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                let endsInZero = literal[index &+ 7] == UInt8(ascii: "0")
                if DigitWord.isEightDigits(word), !endsInZero || word == DigitWord.eightZeros {
                    if isFraction { scale &+= 8 }
                    if endsInZero {
                        zeros &+= 8
                    } else {
                        digitCount &+= zeros &+ 8
                        zeros = 0
                    }
                    index &+= 8
                    continue
                }
            }
            let byte = literal[index]
            let digit = byte &- UInt8(ascii: "0")
            if digit < 10 {
                if isFraction { scale &+= 1 }
                if digit != 0 {
                    if digitCount == 0 {
                        firstDigit = index
                        zeros = 0
                    }
                    digitCount &+= zeros &+ 1
                    if digitCount <= Self.longestCoefficient {
                        coefficient = coefficient &* Self.powersOfTen[zeros &+ 1] &+ UInt64(digit)
                    }
                    zeros = 0
                } else {
                    zeros &+= 1
                }
            } else if byte == UInt8(ascii: ".") {
                isFraction = true
            } else {
                break
            }
            index &+= 1
        }
        guard digitCount > 0 else { return }
        isNegative = sawMinus
        exponent = zeros &- scale
        if index < literal.count { exponent &+= Self.explicitExponent(literal, after: index) }
    }

    /// Whether the number is 0.
    var isZero: Bool { digitCount == 0 }

    /// Whether the number is an integer by value.
    var isInteger: Bool { exponent >= 0 }

    /// The power of ten just above the number: 3 for 123 and for 999.9, 0 for 0.5.
    var magnitude: Int { exponent &+ digitCount }

    /// The number, when it is an integer that fits.
    var int64: Int64? {
        if isZero { return 0 }
        guard exponent >= 0, magnitude <= Self.longestCoefficient else { return nil }
        // Fewer than 20 digits always fit into 64 bits without a sign.
        let absolute = coefficient &* Self.powersOfTen[exponent]
        if isNegative {
            return absolute <= UInt64(Int64.max) + 1 ? Int64(truncatingIfNeeded: 0 &- absolute) : nil
        }
        return Int64(exactly: absolute)
    }

    /// Compares two numbers exactly.
    ///
    /// - Returns: A negative number, 0 or a positive number, as the left one is smaller, equal or larger.
    /// - Complexity: O(1) up to 19 digits, else O(digits).
    static func compare(
        _ left: DecimalParts, _ leftLiteral: UnsafeRawBufferPointer,
        _ right: DecimalParts, _ rightLiteral: UnsafeRawBufferPointer
    ) -> Int {
        if left.isZero || right.isZero || left.isNegative != right.isNegative { return left.sign - right.sign }
        let order: Int
        if left.magnitude != right.magnitude {
            order = left.magnitude < right.magnitude ? -1 : 1
        } else {
            order = compareDigits(left, leftLiteral, right, rightLiteral)
        }
        return left.isNegative ? -order : order
    }

    /// Compares the digits of two numbers of the same magnitude, the most significant first.
    private static func compareDigits(
        _ left: DecimalParts, _ leftLiteral: UnsafeRawBufferPointer,
        _ right: DecimalParts, _ rightLiteral: UnsafeRawBufferPointer
    ) -> Int {
        if left.digitCount <= longestCoefficient, right.digitCount <= longestCoefficient {
            let width = max(left.digitCount, right.digitCount)
            let first = left.coefficient &* powersOfTen[width &- left.digitCount]
            let second = right.coefficient &* powersOfTen[width &- right.digitCount]
            return first == second ? 0 : first < second ? -1 : 1
        }
        var first = DigitReader(left, leftLiteral)
        var second = DigitReader(right, rightLiteral)
        while true {
            switch (first.next(), second.next()) {
            case (nil, nil): return 0
            case (nil, .some): return -1
            case (.some, nil): return 1
            case (let one?, let two?): if one != two { return one < two ? -1 : 1 }
            }
        }
    }

    /// −1, 0 or 1.
    private var sign: Int { isZero ? 0 : isNegative ? -1 : 1 }

    /// Reads what follows `e` or `E`.
    private static func explicitExponent(_ literal: UnsafeRawBufferPointer, after mark: Int) -> Int {
        var index = mark &+ 1
        var isNegative = false
        if index < literal.count, literal[index] == UInt8(ascii: "-") || literal[index] == UInt8(ascii: "+") {
            isNegative = literal[index] == UInt8(ascii: "-")
            index &+= 1
        }
        var value = 0
        while index < literal.count {
            let digit = literal[index] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            value = min(value &* 10 &+ Int(digit), exponentBound)
            index &+= 1
        }
        return isNegative ? -value : value
    }

    /// 10^0 to 10^19.
    static let powersOfTen: [UInt64] = (0...19).map { exponent in
        (0..<exponent).reduce(1 as UInt64) { power, _ in power &* 10 }
    }
}
