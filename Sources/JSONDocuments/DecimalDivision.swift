/// Exact divisibility of decimal numbers, with work bounded by the digits that are written and never by an exponent.
///
/// `a × 10^m` is a multiple of `b × 10^n` where `k = m − n`:
/// - `k < 0`: never, because `a` has no trailing zero and so no factor ten that `b × 10^−k` needs.
/// - `k >= 0`: when `b` divides `a × 10^k`. Ten only brings factors 2 and 5, and `b` has fewer of each than it has
///   bits, so every larger `k` gives the same answer as that count of bits: `1e999999999` costs as much as `1e64`.
enum DecimalDivision {
    /// Whether a number is an integer multiple of another that is not zero. Zero is a multiple of everything.
    static func isMultiple(
        _ number: DecimalParts, _ numberLiteral: UnsafeRawBufferPointer,
        of divisor: DecimalParts, _ divisorLiteral: UnsafeRawBufferPointer
    ) -> Bool {
        if number.isZero { return true }
        if divisor.isZero { return false }
        let shift = number.exponent - divisor.exponent
        guard shift >= 0, number.magnitude >= divisor.magnitude else { return false }
        if divisor.digitCount <= DecimalParts.longestCoefficient {
            return remainder(of: number, numberLiteral, shiftedBy: min(shift, 64), by: divisor.coefficient) == 0
        }
        return longRemainderIsZero(number, numberLiteral, shift, divisor, divisorLiteral)
    }

    /// The remainder of `coefficient × 10^shift` by a divisor of up to 19 digits.
    private static func remainder(
        of number: DecimalParts, _ literal: UnsafeRawBufferPointer, shiftedBy shift: Int, by divisor: UInt64
    ) -> UInt64 {
        if divisor == 1 { return 0 }
        var remainder: UInt64 = 0
        if number.digitCount <= DecimalParts.longestCoefficient {
            remainder = number.coefficient % divisor
        } else {
            var digits = DigitReader(number, literal)
            // Below 2^32 the product fits into a machine word.
            let isShort = divisor >> 32 == 0
            while let eight = digits.nextEight() {
                remainder =
                    isShort
                    ? (remainder &* 100_000_000 &+ eight) % divisor
                    : modulus(remainder, times: 100_000_000, plus: eight, divisor)
            }
            var chunk: UInt64 = 0
            var width = 0
            while let digit = digits.next() {
                chunk = chunk &* 10 &+ UInt64(digit)
                width &+= 1
                guard width == 18 || digits.remaining == 0 else { continue }
                remainder = modulus(remainder, times: DecimalParts.powersOfTen[width], plus: chunk, divisor)
                chunk = 0
                width = 0
            }
        }
        for _ in 0..<shift where remainder != 0 {
            remainder = modulus(remainder, times: 10, plus: 0, divisor)
        }
        return remainder
    }

    /// `(value × factor + addend) mod divisor` with 128 bits in between. `value` is below `divisor`, `factor` below
    /// 2^63, `addend` below `factor` or 10^18, so the upper half stays below the divisor and the division is defined.
    private static func modulus(
        _ value: UInt64, times factor: UInt64, plus addend: UInt64, _ divisor: UInt64
    ) -> UInt64 {
        var (high, low) = value.multipliedFullWidth(by: factor)
        let (sum, carried) = low.addingReportingOverflow(addend)
        low = sum
        if carried { high &+= 1 }
        return divisor.dividingFullWidth((high % divisor, low)).remainder
    }

    /// Long division by a divisor of 20 digits or more, digit by digit: O(digits × digits of the divisor).
    private static func longRemainderIsZero(
        _ number: DecimalParts, _ numberLiteral: UnsafeRawBufferPointer, _ shift: Int,
        _ divisor: DecimalParts, _ divisorLiteral: UnsafeRawBufferPointer
    ) -> Bool {
        var divisorLimbs: [UInt32] = [0]
        var divisorDigits = DigitReader(divisor, divisorLiteral)
        while let digit = divisorDigits.next() { appendDigit(digit, to: &divisorLimbs) }
        if divisorLimbs.last != 0 { divisorLimbs.append(0) }
        var remainder = [UInt32](repeating: 0, count: divisorLimbs.count)
        var digits = DigitReader(number, numberLiteral)
        // A digit has fewer than four bits.
        var zeros = min(shift, divisor.digitCount &* 4)
        while true {
            let digit: UInt8
            if let next = digits.next() {
                digit = next
            } else if zeros > 0 {
                zeros &-= 1
                digit = 0
            } else {
                break
            }
            shiftIn(digit, &remainder)
            while !isLess(remainder, divisorLimbs) { subtract(divisorLimbs, from: &remainder) }
        }
        return remainder.allSatisfy { $0 == 0 }
    }

    /// Multiplies by ten and adds a digit; grows by a limb where needed.
    private static func appendDigit(_ digit: UInt8, to limbs: inout [UInt32]) {
        let carry = shiftIn(digit, &limbs)
        if carry != 0 { limbs.append(carry) }
    }

    /// Multiplies by ten and adds a digit; returns what does not fit.
    @discardableResult
    private static func shiftIn(_ digit: UInt8, _ limbs: inout [UInt32]) -> UInt32 {
        var carry = UInt64(digit)
        for index in limbs.indices {
            let product = UInt64(limbs[index]) &* 10 &+ carry
            limbs[index] = UInt32(truncatingIfNeeded: product)
            carry = product >> 32
        }
        return UInt32(truncatingIfNeeded: carry)
    }

    /// Whether one number is less than another with as many limbs.
    private static func isLess(_ left: [UInt32], _ right: [UInt32]) -> Bool {
        for index in left.indices.reversed() where left[index] != right[index] {
            return left[index] < right[index]
        }
        return false
    }

    /// Subtracts a number that is not larger and has as many limbs.
    private static func subtract(_ amount: [UInt32], from limbs: inout [UInt32]) {
        var borrow: UInt64 = 0
        for index in limbs.indices {
            let difference = UInt64(limbs[index]) &- UInt64(amount[index]) &- borrow
            limbs[index] = UInt32(truncatingIfNeeded: difference)
            borrow = difference >> 63
        }
    }
}
