/// Escapes: `\d`, `\x41`, `\u{1F432}`, `\1`, `\p{Letter}` and the letters that ECMA-262 gives no meaning.
extension PatternParser {
    /// What an escape stands for, inside and outside of classes.
    enum Escape {
        /// One code point; `nil` is a lone surrogate, which UTF-8 text never holds.
        case scalar(UInt32?)
        /// A set of code points.
        case set(ScalarSet)
    }

    /// AtomEscape; the current scalar is the backslash.
    mutating func parseAtomEscape() throws(PatternError) -> (PatternNode, Bool) {
        let start = position
        position += 1
        guard let scalar = current else { throw syntax("a lone backslash ends the pattern") }
        switch scalar {
        case "b", "B":
            position += 1
            return (.wordBoundary(negated: scalar == "B"), false)
        case "1"..."9":
            if let number = parseBackreference() {
                hasBackreference = true
                return (.backreference(number), true)
            }
            if grammar == .unicode {
                throw PatternError(.syntax, at: start, "there is no group with this number")
            }
        case "k" where grammar == .unicode || hasNamedGroups:
            position += 1
            guard take("<") else { throw syntax("`\\k` must be followed by `<name>`") }
            let name = try parseGroupName()
            hasBackreference = true
            namedReferences.append((name, start))
            // Resolved when all groups are known: a reference may precede its group.
            return (.backreference(-namedReferences.count), true)
        default: break
        }
        switch try parseCharacterEscape(inClass: false) {
        case .scalar(let value?): return (.scalar(value), true)
        case .scalar(nil): return (.set(ScalarSet()), true)
        case .set(let set): return (.set(set), true)
        }
    }

    /// A group's number; `nil`, with nothing read, where the pattern has fewer groups.
    private mutating func parseBackreference() -> Int? {
        var number = 0
        var index = position
        while index < scalars.count, let digit = Self.digit(scalars[index], radix: 10) {
            number = min(number * 10 + Int(digit), Self.maximumCount)
            index += 1
        }
        guard number <= captureTotal else { return nil }
        position = index
        return number
    }

    /// CharacterEscape or CharacterClassEscape; the scalar after the backslash is current.
    mutating func parseCharacterEscape(inClass: Bool) throws(PatternError) -> Escape {
        let start = position - 1
        guard let scalar = current else { throw syntax("a lone backslash ends the pattern") }
        position += 1
        switch scalar {
        case "d": return .set(.digits)
        case "D": return .set(ScalarSet.digits.complement)
        case "w": return .set(.word)
        case "W": return .set(ScalarSet.word.complement)
        case "s": return .set(.space)
        case "S": return .set(ScalarSet.space.complement)
        case "t": return .scalar(0x09)
        case "n": return .scalar(0x0A)
        case "v": return .scalar(0x0B)
        case "f": return .scalar(0x0C)
        case "r": return .scalar(0x0D)
        case "c":
            guard let letter = current, letter.isASCII, letter.properties.isAlphabetic else {
                throw PatternError(.syntax, at: start, "`\\c` must be followed by a letter")
            }
            position += 1
            return .scalar(letter.value & 0x1F)
        case "x":
            guard let value = parseHex(digits: 2) else {
                throw PatternError(.syntax, at: start, "`\\x` must be followed by two hexadecimal digits")
            }
            return .scalar(value)
        case "u": return .scalar(try parseUnicodeEscape(start: start))
        case "p", "P": return .set(try parseProperty(negated: scalar == "P", start: start))
        case "0"..."9": return .scalar(try parseDigitEscape(scalar, start: start))
        case "^", "$", "\\", ".", "*", "+", "?", "(", ")", "[", "]", "{", "}", "|", "/": return .scalar(scalar.value)
        case "-" where inClass: return .scalar(scalar.value)
        default:
            let isLetter = scalar.properties.isAlphabetic
            guard grammar == .annexB, !isLetter else {
                throw PatternError(
                    .syntax, at: start,
                    isLetter
                        ? "`\\\(text(scalar))` has no meaning in ECMA-262"
                        : "`\(text(scalar))` must not be escaped")
            }
            // Annex B.1.2 IdentityEscape, less the letters.
            return .scalar(scalar.value)
        }
    }

    /// `\0`, and in Annex B the octal escapes of old.
    private mutating func parseDigitEscape(_ first: Unicode.Scalar, start: Int) throws(PatternError) -> UInt32 {
        let nextIsDigit = current.map { Self.digit($0, radix: 10) != nil } ?? false
        if first == "0", !nextIsDigit { return 0 }
        guard grammar == .annexB else {
            throw PatternError(.syntax, at: start, "octal escapes are not part of ECMA-262")
        }
        guard var value = Self.digit(first, radix: 8) else { return first.value }
        // LegacyOctalEscapeSequence: at most three digits, at most \377.
        let limit = value <= 3 ? 2 : 1
        var taken = 0
        while taken < limit, let scalar = current, let digit = Self.digit(scalar, radix: 8) {
            value = value * 8 + digit
            position += 1
            taken += 1
        }
        return value
    }

    /// `\u` with four hexadecimal digits, a surrogate pair of two such, or `\u{…}`; `nil` is a lone surrogate.
    private mutating func parseUnicodeEscape(start: Int) throws(PatternError) -> UInt32? {
        if take("{") {
            var value: UInt32?
            while let scalar = current, let digit = Self.digit(scalar, radix: 16) {
                value = (value ?? 0) * 16 + digit
                if (value ?? 0) > ScalarSet.lastScalar { break }
                position += 1
            }
            guard let value, value <= ScalarSet.lastScalar, take("}") else {
                throw PatternError(.syntax, at: start, "`\\u{…}` must hold a code point up to 10FFFF")
            }
            return Unicode.Scalar(value)?.value
        }
        guard let lead = parseHex(digits: 4) else {
            throw PatternError(.syntax, at: start, "`\\u` must be followed by four hexadecimal digits")
        }
        guard (0xD800...0xDBFF).contains(lead) else { return Unicode.Scalar(lead)?.value }
        let afterLead = position
        if take("\\"), take("u"), let trail = parseHex(digits: 4), (0xDC00...0xDFFF).contains(trail) {
            return 0x10000 + ((lead - 0xD800) << 10) + (trail - 0xDC00)
        }
        position = afterLead
        return nil
    }

    /// Exactly so many hexadecimal digits; `nil`, with nothing read, where there are fewer.
    private mutating func parseHex(digits count: Int) -> UInt32? {
        guard position + count <= scalars.count else { return nil }
        var value: UInt32 = 0
        for index in position..<position + count {
            guard let digit = Self.digit(scalars[index], radix: 16) else { return nil }
            value = value * 16 + digit
        }
        position += count
        return value
    }

    /// `\p{…}` or `\P{…}`; the brace comes next.
    private mutating func parseProperty(negated: Bool, start: Int) throws(PatternError) -> ScalarSet {
        guard take("{") else { throw PatternError(.syntax, at: start, "`\\p` must be followed by `{property}`") }
        var expression = ""
        while let scalar = current, scalar != "}" {
            expression.unicodeScalars.append(scalar)
            position += 1
        }
        guard take("}") else { throw PatternError(.syntax, at: start, "`\\p{` is not closed") }
        guard let name = UnicodeProperty.nativeName(of: expression) else {
            throw PatternError(.syntax, at: start, "`\(expression)` is no Unicode property that ECMA-262 knows")
        }
        var set = ScalarSet()
        set.insert(property: name, negated: negated)
        return set
    }

    /// A digit's value, `nil` for anything else.
    static func digit(_ scalar: Unicode.Scalar, radix: UInt32) -> UInt32? {
        let value: UInt32
        switch scalar {
        case "0"..."9": value = scalar.value - 0x30
        case "a"..."f": value = scalar.value - 0x57
        case "A"..."F": value = scalar.value - 0x37
        default: return nil
        }
        return value < radix ? value : nil
    }
}
