/// Writes a syntax tree as a PCRE2 pattern with the same meaning.
///
/// Flags alone cannot make PCRE2 read ECMA-262, so nothing of the author's text reaches it: every code point is written
/// as `\x{…}` unless it is a letter or a digit, classes as plain ranges, groups by number.
/// Meant for the options UTF, DOLLAR_ENDONLY, MATCH_UNSET_BACKREF and ALLOW_EMPTY_CLASS, without UCP.
struct PatternTranslator {
    /// Whether groups must capture: only back-references need it.
    private let captures: Bool
    /// The PCRE2 pattern so far.
    private var output: [UInt8] = []

    /// Translates a pattern.
    /// - Returns: A PCRE2 pattern in ASCII.
    static func translate(_ pattern: PatternParser.Result) -> [UInt8] {
        var translator = PatternTranslator(captures: pattern.hasBackreference)
        translator.write(pattern.root)
        return translator.output
    }

    /// Prepares a translation.
    private init(captures: Bool) { self.captures = captures }

    /// Writes one node.
    private mutating func write(_ node: PatternNode) {
        switch node {
        case .empty: write("(?:)")
        case .scalar(let value): writeScalar(value)
        case .set(let set): write(set)
        case .sequence(let nodes): for node in nodes { write(node) }
        case .alternation(let nodes):
            for (index, node) in nodes.enumerated() {
                if index > 0 { write("|") }
                write(node)
            }
        case .group(let inner, let capture):
            write(capture != nil && captures ? "(" : "(?:")
            write(inner)
            write(")")
        case .quantified(let inner, let minimum, let maximum, let lazy):
            writeAtom(inner)
            writeQuantifier(minimum, maximum)
            if lazy { write("?") }
        case .start: write("^")
        case .end: write("$")
        case .wordBoundary(let negated): write(negated ? "\\B" : "\\b")
        case .look(let inner, let behind, let negated):
            write(behind ? (negated ? "(?<!" : "(?<=") : (negated ? "(?!" : "(?="))
            write(inner)
            write(")")
        case .backreference(let number): write("\\g{\(number)}")
        }
    }

    /// Writes a node so that a quantifier may follow.
    private mutating func writeAtom(_ node: PatternNode) {
        switch node {
        case .scalar, .set, .group: write(node)
        default:
            write("(?:")
            write(node)
            write(")")
        }
    }

    /// Writes the counts of a quantifier.
    private mutating func writeQuantifier(_ minimum: Int, _ maximum: Int?) {
        switch (minimum, maximum) {
        case (0, nil): write("*")
        case (1, nil): write("+")
        case (0, 1): write("?")
        case (_, nil): write("{\(minimum),}")
        case (_, let maximum?): write(maximum == minimum ? "{\(minimum)}" : "{\(minimum),\(maximum)}")
        }
    }

    /// Writes a class.
    private mutating func write(_ set: ScalarSet) {
        if set == .dot {
            write("[^\\n\\r\\x{2028}\\x{2029}]")
            return
        }
        if set.ranges.isEmpty, set.properties.isEmpty {
            // PCRE2 10.42 loses the quantifier after an empty class.
            write(set.negated ? "[\\x{0}-\\x{10ffff}]" : "(?:(?!))")
            return
        }
        write(set.negated ? "[^" : "[")
        for range in set.ranges {
            // PCRE2 refuses surrogates as ends of a range; text in UTF-8 has none.
            let first = (0xD800...0xDFFF).contains(range.first) ? 0xE000 : range.first
            let last = (0xD800...0xDFFF).contains(range.last) ? 0xD7FF : range.last
            guard first <= last else { continue }
            writeScalar(first)
            guard last > first else { continue }
            write("-")
            writeScalar(last)
        }
        for property in set.properties { write((property.negated ? "\\P{" : "\\p{") + property.name + "}") }
        write("]")
    }

    /// Writes one code point so that it has no special meaning.
    private mutating func writeScalar(_ value: UInt32) {
        switch value {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: output.append(UInt8(value))
        case 0xD800...0xDFFF: write("(?:(?!))")
        default: write("\\x{" + String(value, radix: 16) + "}")
        }
    }

    /// Writes text as it is.
    private mutating func write(_ text: String) { output += text.utf8 }
}
