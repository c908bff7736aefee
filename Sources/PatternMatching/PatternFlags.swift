/// The flags of an ECMA-262 pattern that change what it matches (§22.2.6.4): `i`, `m` and `s`.
///
/// Patterns of schemas have none. Those of rulesets and filters may; a flag is applied by rewriting the tree, so that
/// every engine runs the result.
struct PatternFlags {
    /// `i`: letters match in both cases. Of the letters beyond ASCII those whose other case is one code point.
    var ignoresCase = false
    /// `m`: `^` and `$` match at the ends of lines too.
    var isMultiline = false
    /// `s`: a full stop matches line ends too.
    var dotMatchesAll = false

    /// Reads flags.
    ///
    /// - Throws: For a letter that is no flag, or one given twice.
    init(_ text: String) throws(PatternError) {
        for (position, flag) in text.enumerated() {
            let isKnown = "dgimsuvy".contains(flag)
            guard isKnown, text.count(where: { $0 == flag }) == 1 else {
                throw PatternError(
                    .syntax, at: position, isKnown ? "the flag `\(flag)` stands twice" : "there is no flag `\(flag)`")
            }
        }
        ignoresCase = text.contains("i")
        isMultiline = text.contains("m")
        dotMatchesAll = text.contains("s")
    }

    /// A tree that means with the flags what this one means without.
    func applied(to node: PatternNode) -> PatternNode {
        switch node {
        case .scalar(let scalar):
            guard ignoresCase else { return node }
            var set = ScalarSet()
            for variant in [scalar] + Self.otherCases(of: scalar) { set.insert(variant, variant) }
            return .set(set)
        case .set(let set):
            if dotMatchesAll, set == .dot {
                return .set(ScalarSet([ScalarSet.Range(first: 0, last: ScalarSet.lastScalar)]))
            }
            return ignoresCase ? .set(Self.withOtherCases(set)) : node
        case .sequence(let nodes): return .sequence(nodes.map(applied))
        case .alternation(let nodes): return .alternation(nodes.map(applied))
        case .group(let inner, let capture): return .group(applied(to: inner), capture: capture)
        case .quantified(let inner, let minimum, let maximum, let lazy):
            return .quantified(applied(to: inner), minimum: minimum, maximum: maximum, lazy: lazy)
        case .look(let inner, let behind, let negated):
            return .look(applied(to: inner), behind: behind, negated: negated)
        case .start: return isMultiline ? Self.lineEnd(or: .start, behind: true) : node
        case .end: return isMultiline ? Self.lineEnd(or: .end, behind: false) : node
        case .empty, .wordBoundary, .backreference: return node
        }
    }

    /// A place at an end of the text, or beside a line terminator (§12.3).
    private static func lineEnd(or end: PatternNode, behind: Bool) -> PatternNode {
        let terminators = ScalarSet.dot.complement
        let line = PatternNode.look(.set(terminators), behind: behind, negated: false)
        return .group(.alternation([end, line]), capture: nil)
    }

    /// A set with the other cases of its letters. Ranges of more than a script's size keep what they have beyond Latin.
    private static func withOtherCases(_ set: ScalarSet) -> ScalarSet {
        var result = set
        for range in set.ranges where range.last >= range.first {
            let last = min(range.last, range.first &+ 0x800)
            for scalar in range.first...last {
                for variant in otherCases(of: scalar) { result.insert(variant, variant) }
            }
        }
        return result
    }

    /// The other cases of a letter that are one code point each.
    private static func otherCases(of scalar: UInt32) -> [UInt32] {
        guard let letter = Unicode.Scalar(scalar) else { return [] }
        let mappings = [letter.properties.lowercaseMapping, letter.properties.uppercaseMapping]
        return mappings.compactMap { mapping in
            let scalars = mapping.unicodeScalars
            guard let only = scalars.first, scalars.count == 1, only != letter else { return nil }
            return only.value
        }
    }
}
