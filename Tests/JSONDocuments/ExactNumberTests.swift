import JSONDocuments
import Testing

@Suite("Exact numbers")
struct ExactNumberTests {
    private static func compare(_ left: String, _ right: String) throws -> Int {
        let number = try #require(ExactNumber(right))
        let direct = Array(left.utf8).withUnsafeBytes { one in
            Array(right.utf8).withUnsafeBytes { ExactNumber.compare(one, $0) }
        }
        let owned = Array(left.utf8).withUnsafeBytes { number.compare(literal: $0) }
        #expect(direct.signum() == owned.signum())
        return direct.signum()
    }

    @Test(
        "numbers are equal by value, however they are written",
        arguments: [
            ("1", "1.0"), ("1", "10e-1"), ("100", "1e2"), ("0", "-0"), ("0", "0e999999999"), ("0.0", "-0.000e-5"),
            ("1e999999999", "10e999999998"), ("123456789012345678901234567890", "1.23456789012345678901234567890e29"),
            ("-2.50", "-25e-1"), ("9223372036854775807", "9223372036854775807.0"), ("12E+3", "12000"),
            ("0.000000000000000000000000000001", "1e-30"),
        ])
    func equal(left: String, right: String) throws {
        #expect(try Self.compare(left, right) == 0)
        #expect(try Self.compare(right, left) == 0)
        let (one, two) = (try #require(ExactNumber(left)), try #require(ExactNumber(right)))
        #expect(one == two && one.hashValue == two.hashValue && !(one < two))
    }

    @Test(
        "numbers are ordered by value without loss",
        arguments: [
            ("1", "2"), ("-2", "-1"), ("-1", "0"), ("-1", "1"), ("0", "1e-999999999"), ("-1e-999999999", "0"),
            ("9007199254740992", "9007199254740993"), ("9007199254740992.0", "9007199254740992.1"),
            ("0.1", "0.10000000000000000000000000000000001"), ("1e308", "1e309"), ("1e999999998", "1e999999999"),
            ("-1e999999999999999999999", "-1e5"), ("1e5", "1e999999999999999999999999"),
            ("1e-99999999999999999999999999", "1e-5"), ("99", "100"), ("9.9", "10"),
            ("123", "123.000000000000000000001"),
            ("12345678901234567890", "12345678901234567891"), ("999999999999999999", "1000000000000000000"),
            ("9223372036854775807", "9223372036854775808"), ("18446744073709551615", "18446744073709551616"),
            ("-9223372036854775809", "-9223372036854775808"),
            ("1234567890123456789012345", "1234567890123456789012346"),
            ("12345678901234567890", "12345678901234567890.5"),
        ])
    func ordered(smaller: String, larger: String) throws {
        #expect(try Self.compare(smaller, larger) == -1)
        #expect(try Self.compare(larger, smaller) == 1)
        #expect(try #require(ExactNumber(smaller)) < #require(ExactNumber(larger)))
    }

    @Test(
        "a multiple is found exactly",
        arguments: [
            ("0.3", "0.1"), ("19.99", "0.01"), ("4.35", "0.05"), ("1e308", "0.5"), ("9007199254740993", "3"),
            ("0", "7"), ("0.0", "1e-300"), ("1e999999999", "1e2"), ("12", "1e-999999999"),
            ("1e999999999", "1024"), ("1e30", "1000000000000000000000000000000"), ("-8", "2"), ("8", "-2"),
            ("246913578024691357802469135780", "123456789012345678901234567890"), ("1e64", "18446744073709551616"),
            ("1234567890123456789012345678901234567890e10", "10"), ("999999999999999999999", "3"), ("7.5", "2.5"),
            ("36893488147419103232", "18446744073709551616"), ("1e44", "18446744073709551616e-20"),
        ])
    func multiple(number: String, divisor: String) throws {
        #expect(try #require(ExactNumber(number)).isMultiple(of: #require(ExactNumber(divisor))))
    }

    @Test(
        "what is no multiple is not taken for one",
        arguments: [
            ("0.35", "0.1"), ("9007199254740993", "2"), ("1", "3"), ("1e999999999", "3"), ("1e999999999", "7e5"),
            ("0.5", "1"), ("1e-999999999", "1"), ("1", "1e999999999"), ("5", "0"), ("1e2", "0.3"),
            ("123456789012345678901234567891", "123456789012345678901234567890"),
            ("1e63", "36893488147419103232000000000000000000000000000000000000000000001"),
            ("1000000000000000000001", "2"), ("1e17", "18446744073709551616e-1"), ("3", "2"), ("7.51", "2.5"),
        ])
    func noMultiple(number: String, divisor: String) throws {
        #expect(try !#require(ExactNumber(number)).isMultiple(of: #require(ExactNumber(divisor))))
    }

    @Test(
        "an integer is recognised by value",
        arguments: [
            ("1", true), ("1.0", true), ("1e2", true), ("1.50e1", true), ("0", true), ("-0.0", true), ("0e-5", true),
            ("1e999999999", true), ("1e-999999999", false), ("1.5", false), ("15e-1", false), ("150e-1", true),
            ("100000000000000000000000000.0", true), ("100000000000000000000000000.1", false),
        ])
    func integers(literal: String, isInteger: Bool) throws {
        #expect(Array(literal.utf8).withUnsafeBytes { ExactNumber.isMathematicalInteger($0) } == isInteger)
        #expect(try #require(ExactNumber(literal)).isMathematicalInteger == isInteger)
    }

    @Test(
        "an integer that fits is given as one",
        arguments: [
            ("0", 0), ("-0", 0), ("42", 42), ("42.0", 42), ("4.2e1", 42), ("-1e3", -1000),
            ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min), ("9223372036854775808", nil),
            ("-9223372036854775809", nil), ("922337203685477580.7e1", Int64.max), ("1e18", 1_000_000_000_000_000_000),
            ("1e19", nil), ("1e99999999999999999999", nil), ("1.5", nil),
            ("999999999999999999", 999_999_999_999_999_999),
            ("10000000000000000000", nil), ("0e99", 0), ("1000000000000000000e-18", 1),
        ] as [(String, Int64?)])
    func int64(literal: String, value: Int64?) throws {
        #expect(Array(literal.utf8).withUnsafeBytes { ExactNumber.int64($0) } == value)
        #expect(try #require(ExactNumber(literal)).int64 == value)
    }

    @Test("the short path takes only integers of up to 18 digits")
    func shortIntegers() {
        func short(_ text: String) -> Int64? {
            Array(text.utf8).withUnsafeBytes { ShortDecimal($0) }.flatMap { $0.scale == 0 ? $0.coefficient : nil }
        }
        #expect(short("123456789012345678") == 123_456_789_012_345_678)
        #expect(short("-123456789012345678") == -123_456_789_012_345_678)
        #expect(short("1234567890123456789") == nil)
        #expect(short("") == nil && short("-") == nil && short("1.0") == nil && short("1e1") == nil)
    }

    @Test(
        "texts that are no JSON numbers make none",
        arguments: ["", "x", "01", "1.", "+1", " 1", "1 ", "[1]", "\"1\"", "1,2"])
    func noNumbers(text: String) {
        #expect(ExactNumber(text) == nil)
    }

    @Test("digits that are counted eight at a time are worth what they are one by one")
    func longLiterals() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<3_000 {
            // Runs of zeros of every length, also across the words.
            var digits = "\(Int.random(in: 1...9, using: &random))"
            while digits.count < 24 + Int.random(in: 0...60, using: &random) {
                digits += String(repeating: "0", count: Int.random(in: 0...20, using: &random))
                digits += String(
                    (0..<Int.random(in: 0...12, using: &random)).map { _ in "0123456789".randomElement() ?? "0" })
            }
            let point = Int.random(in: 1..<digits.count, using: &random)
            let moved = "\(digits.prefix(point)).\(digits.dropFirst(point))e\(digits.count - point)"
            #expect(try Self.compare(digits, moved) == 0, "\(digits)")
            #expect(try Self.compare(digits, digits + "0") < 0)
            #expect(try Self.compare(digits + "000000001", digits + "000000002") < 0)
            let (one, two) = (try #require(ExactNumber(digits)), try #require(ExactNumber(moved)))
            #expect(one == two && one.hashValue == two.hashValue && two.isMathematicalInteger)
            // By 3: the digits' sum decides.
            let sum = digits.utf8.reduce(0) { $0 + Int($1) - 48 }
            #expect(one.isMultiple(of: try #require(ExactNumber("3"))) == sum.isMultiple(of: 3), "\(digits)")
        }
    }

    @Test("comparison and division agree with integers of 128 bits")
    func property() throws {
        var generator = SeededGenerator(seed: 31_415)
        for _ in 0..<20_000 {
            let scale = Int.random(in: 0...6, using: &generator)
            let left = Int128(Int64.random(in: -1_000_000_000_000...1_000_000_000_000, using: &generator))
            let right = Int128(Int64.random(in: -2000...2000, using: &generator))
            let power = (0..<scale).reduce(Int128(1)) { product, _ in product * 10 }
            // left / 10^scale against right.
            let literal = "\(left)e-\(scale)"
            let constant = try #require(ExactNumber("\(right)"))
            let order = Array(literal.utf8).withUnsafeBytes { constant.compare(literal: $0) }
            #expect(order.signum() == (left == right * power ? 0 : left < right * power ? -1 : 1))
            let divides = Array(literal.utf8).withUnsafeBytes { constant.divides(literal: $0) }
            #expect(divides == (left == 0 || (right != 0 && left % (right * power) == 0)))
        }
    }
}
