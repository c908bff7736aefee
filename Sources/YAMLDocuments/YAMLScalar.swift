/// What a scalar of a YAML file means under the core schema of YAML 1.2 (section 10.3).
///
/// YAML 1.1, which libyaml implements, would make `no` a boolean, `012` an octal number, `1:30` a count of minutes and
/// `2001-12-14` a date. Only what the table below names has a type; everything else is a string.
///
/// | plain text | value |
/// |---|---|
/// | `null` `Null` `NULL` `~` and nothing | null |
/// | `true` `True` `TRUE` `false` `False` `FALSE` | a boolean |
/// | `[-+]?[0-9]+`, `0o[0-7]+`, `0x[0-9a-fA-F]+` | an integer |
/// | `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?` | a number |
/// | `[-+]?\.(inf|Inf|INF)`, `\.(nan|NaN|NAN)` | refused: JSON has no such numbers |
enum YAMLScalar: Equatable {
    /// No value.
    case null

    /// A boolean.
    case bool(Bool)

    /// A number, as RFC 8259 section 6 writes it.
    case number([UInt8])

    /// A number whose text is a number of RFC 8259 already.
    case verbatimNumber

    /// Text.
    case string

    /// An infinity or NaN.
    case notFinite

    /// An octal or hexadecimal integer of more than 64 bits.
    case tooLarge

    /// Finds what a plain scalar means.
    static func resolving(_ text: UnsafeRawBufferPointer) -> YAMLScalar {
        guard let first = text.first else { return .null }
        switch first {
        case UInt8(ascii: "~"), UInt8(ascii: "n"), UInt8(ascii: "N"):
            return isNull(text) ? .null : .string
        case UInt8(ascii: "t"), UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"):
            return bool(text).map(YAMLScalar.bool) ?? .string
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."):
            return isNotFinite(text) ? .notFinite : number(text) ?? .string
        default:
            return .string
        }
    }

    /// Whether the text is one of the forms of null.
    static func isNull(_ text: UnsafeRawBufferPointer) -> Bool {
        text.isEmpty || matches(text, "~") || matches(text, "null") || matches(text, "Null") || matches(text, "NULL")
    }

    /// The boolean that the text means.
    static func bool(_ text: UnsafeRawBufferPointer) -> Bool? {
        if matches(text, "true") || matches(text, "True") || matches(text, "TRUE") { return true }
        if matches(text, "false") || matches(text, "False") || matches(text, "FALSE") { return false }
        return nil
    }

    /// The number that the text means; nil when it is none.
    static func number(_ text: UnsafeRawBufferPointer) -> YAMLScalar? {
        if text.count > 2, text[0] == UInt8(ascii: "0") {
            if text[1] == UInt8(ascii: "x") { return integer(text[2...], radix: 16) }
            if text[1] == UInt8(ascii: "o") { return integer(text[2...], radix: 8) }
        }
        var index = 0
        let isNegative = text.first == UInt8(ascii: "-")
        if isNegative || text.first == UInt8(ascii: "+") { index = 1 }
        let whole = digits(text, from: index)
        index = whole.upperBound
        var fraction: Range<Int>?
        if index < text.count, text[index] == UInt8(ascii: ".") {
            fraction = digits(text, from: index + 1)
            index = fraction?.upperBound ?? index
        }
        guard !whole.isEmpty || fraction?.isEmpty == false else { return nil }
        let exponentStart = index
        if index < text.count, text[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if index < text.count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") { index += 1 }
            let exponent = digits(text, from: index)
            guard !exponent.isEmpty else { return nil }
            index = exponent.upperBound
        }
        guard index == text.count else { return nil }

        let hasLeadingZero = whole.count > 1 && text[whole.lowerBound] == UInt8(ascii: "0")
        if !hasLeadingZero, !whole.isEmpty, fraction?.isEmpty != true, text[0] != UInt8(ascii: "+") {
            return .verbatimNumber
        }
        var literal: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
        let significant = text[whole].drop { $0 == UInt8(ascii: "0") }
        literal += significant.isEmpty ? [UInt8(ascii: "0")] : Array(significant)
        if let fraction {
            literal.append(UInt8(ascii: "."))
            literal += fraction.isEmpty ? [UInt8(ascii: "0")] : Array(text[fraction])
        }
        literal += text[exponentStart...]
        return .number(literal)
    }

    /// Whether the text is an infinity or NaN.
    static func isNotFinite(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let first = text.first else { return false }
        if matches(text, ".nan") || matches(text, ".NaN") || matches(text, ".NAN") { return true }
        let isSigned = first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
        let unsigned = UnsafeRawBufferPointer(rebasing: isSigned ? text[1...] : text[...])
        return matches(unsigned, ".inf") || matches(unsigned, ".Inf") || matches(unsigned, ".INF")
    }

    /// The integer that digits of another radix mean, in decimal.
    private static func integer(_ digits: Slice<UnsafeRawBufferPointer>, radix: UInt64) -> YAMLScalar? {
        var value: UInt64 = 0
        var isTooLarge = false
        for byte in digits {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - 0x30
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - 0x57
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - 0x37
            default: return nil
            }
            guard digit < radix else { return nil }
            let (product, overflowed) = value.multipliedReportingOverflow(by: radix)
            isTooLarge = isTooLarge || overflowed
            // The product is a multiple of 8, or of 16, so the digit fits below it.
            value = product | UInt64(digit)
        }
        return isTooLarge ? .tooLarge : .number(Array(String(value).utf8))
    }

    /// The run of decimal digits that starts at an offset.
    private static func digits(_ text: UnsafeRawBufferPointer, from start: Int) -> Range<Int> {
        var index = start
        while index < text.count, (0x30...0x39).contains(text[index]) { index += 1 }
        return start..<index
    }

    /// Whether a text has the bytes of a word.
    private static func matches(_ text: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
        guard text.count == word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { text.elementsEqual($0) }
    }
}
