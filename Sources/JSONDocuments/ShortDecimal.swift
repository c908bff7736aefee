/// A number in two machine words: `coefficient × 10^−scale`.
///
/// The numbers of ordinary messages are so short: a literal of at most 18 digits without an exponent, `89.95` as 8995 and
/// 2. Compared and divided as integers they are exact, and cost as little as integers.
package struct ShortDecimal: Sendable, BitwiseCopyable, Equatable {
    /// The digits, without point, with sign: of a literal less than 10^18 either way.
    package let coefficient: Int64

    /// How many of the digits stand behind the point: 0…17.
    package let scale: Int

    /// The most digits of a short number: as many as always fit into 64 bits with a sign.
    private static var digits: Int { 18 }

    /// Reads a literal; nil for one that is longer or has an exponent.
    ///
    /// - Parameter text: A number of RFC 8259 section 6, checked by a parser. Of anything else no more is promised than
    ///   an answer.
    /// - Complexity: O(1): never more than 20 bytes are read. No allocation.
    package init?(_ text: UnsafeRawBufferPointer) {
        // 18 digits, a sign and a point.
        guard text.count > 0, text.count <= Self.digits &+ 2, let base = text.baseAddress else { return nil }
        let bytes = base.assumingMemoryBound(to: UInt8.self)
        let isNegative = bytes[0] == UInt8(ascii: "-")
        let first = isNegative ? 1 : 0
        var index = first
        var value: Int64 = 0
        while index < text.count {
            let digit = bytes[index] &- UInt8(ascii: "0")
            if digit >= 10 { break }
            value = value &* 10 &+ Int64(digit)
            index &+= 1
        }
        var digits = index &- first
        var scale = 0
        if index < text.count {
            guard bytes[index] == UInt8(ascii: ".") else { return nil }
            index &+= 1
            scale = text.count &- index
            digits &+= scale
            while index < text.count {
                let digit = bytes[index] &- UInt8(ascii: "0")
                guard digit < 10 else { return nil }
                value = value &* 10 &+ Int64(digit)
                index &+= 1
            }
        }
        guard digits > 0, digits <= Self.digits else { return nil }
        coefficient = isNegative ? 0 &- value : value
        self.scale = scale
    }

    /// A number without digits behind the point.
    package init(_ integer: Int64) {
        coefficient = integer
        scale = 0
    }

    /// Compares two numbers exactly.
    ///
    /// - Returns: A negative number, 0 or a positive number, as this one is smaller, equal or larger.
    package func order(_ other: ShortDecimal) -> Int {
        if scale == other.scale {
            return coefficient == other.coefficient ? 0 : coefficient < other.coefficient ? -1 : 1
        }
        return scaledOrder(other)
    }

    /// Compares two numbers of different scale.
    private func scaledOrder(_ other: ShortDecimal) -> Int {
        if scale < other.scale { return -other.scaledOrder(self) }
        // The other one gets as many digits behind the point. If it is too large for that, its sign decides: this one
        // came from a literal, so its coefficient is smaller than any that does not fit.
        let (wide, overflows) = other.coefficient.multipliedReportingOverflow(by: Self.power(scale &- other.scale))
        if overflows { return other.coefficient > 0 ? -1 : 1 }
        return coefficient == wide ? 0 : coefficient < wide ? -1 : 1
    }

    /// Whether this number is an integer multiple of another. Nothing but 0 is a multiple of 0.
    ///
    /// - Returns: Nil where that takes more than 64 bits.
    package func isMultiple(of other: ShortDecimal) -> Bool? {
        if coefficient == 0 { return true }
        if other.coefficient == 0 { return false }
        // Both get the scale of the finer one; signs do not matter.
        if scale <= other.scale {
            let (wide, overflows) = coefficient.magnitude.multipliedReportingOverflow(
                by: UInt64(Self.power(other.scale &- scale)))
            return overflows ? nil : wide % other.coefficient.magnitude == 0
        }
        let (wide, overflows) = other.coefficient.magnitude.multipliedReportingOverflow(
            by: UInt64(Self.power(scale &- other.scale)))
        // A divisor that does not fit is larger than the number, which is not 0.
        return overflows ? false : coefficient.magnitude % wide == 0
    }

    /// 10^0 to 10^17.
    private static func power(_ exponent: Int) -> Int64 {
        powers.indices.contains(exponent) ? powers[exponent] : powers[0]
    }

    /// The powers, written out: such a table lies in the program, and is not made at the first use, behind a lock.
    private static let powers: [Int64] = [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
        100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
        10_000_000_000_000_000, 100_000_000_000_000_000,
    ]
}
