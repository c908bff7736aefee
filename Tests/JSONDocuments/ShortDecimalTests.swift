import JSONDocuments
import Testing

@Suite("Numbers in two words")
struct ShortDecimalTests {
    /// The number of a literal.
    private func number(_ literal: String) -> ShortDecimal? {
        var literal = literal
        return literal.withUTF8 { ShortDecimal(UnsafeRawBufferPointer($0)) }
    }

    @Test(
        "literals of up to 18 digits are read",
        arguments: [
            ("0", 0, 0), ("-0", 0, 0), ("7", 7, 0), ("-12", -12, 0), ("89.95", 8995, 2), ("-0.001", -1, 3),
            ("1.00", 100, 2),
            ("999999999999999999", 999_999_999_999_999_999, 0), ("-9.99999999999999999", -999_999_999_999_999_999, 17),
        ] as [(String, Int64, Int)])
    func reading(_ literal: String, _ coefficient: Int64, _ scale: Int) throws {
        let read = try #require(number(literal))
        #expect(read.coefficient == coefficient && read.scale == scale)
    }

    @Test(
        "others are not",
        arguments: ["", "-", "1e2", "1.5E3", "1000000000000000000", "0.123456789012345678", "1.2.3", "x"])
    func refusing(_ literal: String) { #expect(number(literal) == nil) }

    @Test("order and divisibility are those of exact numbers", arguments: 0..<20)
    func agreement(_ seed: Int) throws {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 11
        func below(_ bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 20) % bound
        }
        func literal() -> String {
            let whole = below(3) == 0 ? below(10) : below([100, 100_000, 1_000_000_000_000][Int(below(3))])
            let fraction = String(below(100_000)).prefix(Int(below(6)))
            return (below(3) == 0 ? "-" : "") + String(whole) + (fraction.isEmpty ? "" : "." + fraction)
        }
        for _ in 0..<500 {
            let (one, two) = (literal(), literal())
            let (left, right) = try (#require(number(one)), #require(number(two)))
            // With an exponent a literal is not short: the long way is taken.
            let (exact, other) = try (#require(ExactNumber(one + "e0")), #require(ExactNumber(two + "e0")))
            #expect(left.order(right).signum() == (exact < other ? -1 : exact == other ? 0 : 1), "\(one) and \(two)")
            if let answer = left.isMultiple(of: right) {
                #expect(answer == exact.isMultiple(of: other), "\(one) by \(two)")
            }
        }
    }

    @Test("bounds of 64 bits are compared without overflow")
    func extremes() throws {
        let (large, small) = (ShortDecimal(.max), ShortDecimal(.min))
        for literal in ["0.5", "-0.5", "999999999999999999", "-9.99999999999999999", "0"] {
            let value = try #require(number(literal))
            #expect(value.order(large) < 0 && large.order(value) > 0)
            #expect(value.order(small) > 0 && small.order(value) < 0)
        }
        #expect(try #require(number("0.3")).isMultiple(of: #require(number("0.1"))) == true)
        #expect(try #require(number("0")).isMultiple(of: ShortDecimal(0)) == true)
        #expect(try #require(number("1")).isMultiple(of: ShortDecimal(0)) == false)
        #expect(try #require(number("1.5")).isMultiple(of: ShortDecimal(.min)) == false)
        #expect(
            try #require(number("999999999999999999")).isMultiple(of: #require(number("0.00000000000000007"))) == nil)
    }
}
