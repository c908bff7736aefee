/// Reads ECMA-262 patterns: first with the `u` flag's grammar, then with what Annex B.1.2 adds for old patterns.
///
/// JSON Schema (2020-12 core §6.4) asks for ECMA-262 patterns with Unicode support, so the strict grammar goes first.
/// Many published documents need the lenient one (`[\w-.]`, `\-`, a lone `{`). The lenient reading keeps the meaning of
/// `\u{…}` and `\p{…}`, and takes no escaped letters without a meaning: `\a`, `\A` and `\Z` are mistakes carried over
/// from other dialects, and to match the plain letter is never what their authors wanted.
struct PatternParser {
    /// Which grammar is read.
    enum Grammar {
        /// The grammar of the `u` flag.
        case unicode
        /// The additions of Annex B.
        case annexB
    }

    /// Groups deeper than this are refused; PCRE2's own limit is 250.
    static let maximumDepth = 200
    /// Patterns longer than this many scalars are refused.
    static let maximumLength = 65_536
    /// Counts above this one are the same as it: no accepted text is as long.
    static let maximumCount = 1 << 30

    /// The pattern, one element per Unicode scalar.
    let scalars: [Unicode.Scalar]
    /// Which grammar is read.
    let grammar: Grammar
    /// Number of capture groups in the whole pattern.
    let captureTotal: Int
    /// Whether the pattern has a named group: then `\k` is always a reference.
    let hasNamedGroups: Bool
    /// Next scalar to read.
    var position = 0
    /// Capture groups opened so far.
    var captureCount = 0
    /// Numbers of named groups.
    var groupNumbers: [String: Int] = [:]
    /// Names that were referred to, with the place of the reference.
    var namedReferences: [(name: String, position: Int)] = []
    /// Whether there is a back-reference: then captures matter.
    var hasBackreference = false

    /// The tree of a pattern, and what the engines need to know about it.
    struct Result: Sendable {
        /// The tree.
        var root: PatternNode
        /// Number of capture groups.
        var captureCount: Int
        /// Whether captures matter.
        var hasBackreference: Bool
    }

    /// Parses a pattern, strictly first, then leniently.
    /// - Parameter pattern: The text between the slashes of an ECMA-262 literal.
    /// - Returns: The tree.
    /// - Throws: The error of the lenient reading, which went further.
    static func parse(_ pattern: some Collection<Unicode.Scalar>) throws(PatternError) -> Result {
        let scalars = Array(pattern)
        guard scalars.count <= maximumLength else {
            throw PatternError(.tooLarge, at: maximumLength, "the pattern is longer than \(maximumLength) characters")
        }
        do {
            var parser = PatternParser(scalars, .unicode)
            return try parser.parseAll()
        } catch {
            var parser = PatternParser(scalars, .annexB)
            return try parser.parseAll()
        }
    }

    /// Prepares to read a pattern with one grammar.
    private init(_ scalars: [Unicode.Scalar], _ grammar: Grammar) {
        self.scalars = scalars
        self.grammar = grammar
        (captureTotal, hasNamedGroups) = Self.countGroups(scalars)
    }

    /// Counts capture groups ahead of parsing: `\7` depends on how many there are in the whole pattern.
    private static func countGroups(_ scalars: [Unicode.Scalar]) -> (total: Int, named: Bool) {
        var total = 0
        var named = false
        var inClass = false
        var index = 0
        while index < scalars.count {
            switch scalars[index] {
            case "\\": index += 1
            case "[": inClass = true
            case "]": inClass = false
            case "(" where !inClass:
                if index + 1 < scalars.count, scalars[index + 1] == "?" {
                    if index + 3 < scalars.count, scalars[index + 2] == "<", scalars[index + 3] != "=",
                        scalars[index + 3] != "!"
                    {
                        total += 1
                        named = true
                    }
                } else {
                    total += 1
                }
            default: break
            }
            index += 1
        }
        return (total, named)
    }

    /// Parses the whole pattern.
    private mutating func parseAll() throws(PatternError) -> Result {
        var root = try parseDisjunction(depth: 0)
        if position < scalars.count {
            throw syntax("unmatched `)`")
        }
        for reference in namedReferences where groupNumbers[reference.name] == nil {
            throw PatternError(.syntax, at: reference.position, "there is no group named `\(reference.name)`")
        }
        if !namedReferences.isEmpty { root = resolveNames(in: root) }
        return Result(root: root, captureCount: captureCount, hasBackreference: hasBackreference)
    }

    /// Replaces the place-holders of named references (negative numbers) by group numbers.
    private func resolveNames(in node: PatternNode) -> PatternNode {
        switch node {
        case .backreference(let number) where number < 0:
            return .backreference(groupNumbers[namedReferences[-number - 1].name] ?? 0)
        case .sequence(let nodes): return .sequence(nodes.map(resolveNames))
        case .alternation(let nodes): return .alternation(nodes.map(resolveNames))
        case .group(let inner, let capture): return .group(resolveNames(in: inner), capture: capture)
        case .quantified(let inner, let minimum, let maximum, let lazy):
            return .quantified(resolveNames(in: inner), minimum: minimum, maximum: maximum, lazy: lazy)
        case .look(let inner, let behind, let negated):
            return .look(resolveNames(in: inner), behind: behind, negated: negated)
        default: return node
        }
    }

    /// Disjunction: alternatives separated by `|`.
    mutating func parseDisjunction(depth: Int) throws(PatternError) -> PatternNode {
        guard depth <= Self.maximumDepth else {
            throw PatternError(.tooLarge, at: position, "groups are nested deeper than \(Self.maximumDepth)")
        }
        var alternatives = [try parseAlternative(depth: depth)]
        while take("|") { alternatives.append(try parseAlternative(depth: depth)) }
        return alternatives.count == 1 ? alternatives[0] : .alternation(alternatives)
    }

    /// Alternative: terms up to `|`, `)` or the end.
    private mutating func parseAlternative(depth: Int) throws(PatternError) -> PatternNode {
        var nodes: [PatternNode] = []
        while let scalar = current, scalar != "|", scalar != ")" {
            nodes.append(try parseTerm(depth: depth))
        }
        switch nodes.count {
        case 0: return .empty
        case 1: return nodes[0]
        default: return .sequence(nodes)
        }
    }

    /// Term: an assertion, or an atom with an optional quantifier.
    private mutating func parseTerm(depth: Int) throws(PatternError) -> PatternNode {
        let start = position
        let (node, isQuantifiable) = try parseAtom(depth: depth)
        guard let (minimum, maximum) = try parseQuantifier() else { return node }
        guard isQuantifiable else {
            throw PatternError(.syntax, at: start, "an assertion cannot be repeated")
        }
        let lazy = take("?")
        return .quantified(node, minimum: minimum, maximum: maximum, lazy: lazy)
    }

    /// Atom or assertion, and whether a quantifier may follow.
    private mutating func parseAtom(depth: Int) throws(PatternError) -> (PatternNode, Bool) {
        guard let scalar = current else { throw syntax("the pattern ends too early") }
        switch scalar {
        case "^":
            position += 1
            return (.start, false)
        case "$":
            position += 1
            return (.end, false)
        case ".":
            position += 1
            return (.set(.dot), true)
        case "(": return try parseGroup(depth: depth)
        case "[":
            position += 1
            return (.set(try parseClass()), true)
        case "\\": return try parseAtomEscape()
        case "*", "+", "?": throw syntax("there is nothing that `\(text(scalar))` could repeat")
        case "{":
            if grammar == .unicode { throw syntax("a literal `{` must be written `\\{`") }
            let start = position
            if try parseQuantifier() != nil {
                throw PatternError(.syntax, at: start, "there is nothing that `{` could repeat")
            }
            position += 1
            return (.scalar(scalar.value), true)
        case "}", "]":
            if grammar == .unicode { throw syntax("a literal `\(text(scalar))` must be escaped") }
            position += 1
            return (.scalar(scalar.value), true)
        default:
            position += 1
            return (.scalar(scalar.value), true)
        }
    }

    /// Group, capture or look-around; the current scalar is `(`.
    private mutating func parseGroup(depth: Int) throws(PatternError) -> (PatternNode, Bool) {
        let start = position
        position += 1
        var look: (behind: Bool, negated: Bool)?
        var capture: Int?
        if take("?") {
            if take(":") {
                // Nothing is captured.
            } else if take("=") {
                look = (false, false)
            } else if take("!") {
                look = (false, true)
            } else if take("<") {
                if take("=") {
                    look = (true, false)
                } else if take("!") {
                    look = (true, true)
                } else {
                    capture = try openNamedGroup()
                }
            } else {
                throw syntax("`(?\(current.map(text) ?? "")` is not part of ECMA-262")
            }
        } else if current == "*" {
            throw syntax("`(*` is not part of ECMA-262")
        } else {
            captureCount += 1
            capture = captureCount
        }
        let inner = try parseDisjunction(depth: depth + 1)
        guard take(")") else { throw PatternError(.syntax, at: start, "this group is not closed") }
        if let look {
            // Annex B lets look-ahead be repeated, nothing else.
            return (
                .look(inner, behind: look.behind, negated: look.negated), grammar == .annexB && !look.behind
            )
        }
        return (.group(inner, capture: capture), true)
    }

    /// Opens `(?<name>`; the name comes next.
    private mutating func openNamedGroup() throws(PatternError) -> Int {
        let start = position
        let name = try parseGroupName()
        guard groupNumbers[name] == nil else {
            throw PatternError(.syntax, at: start, "two groups are named `\(name)`")
        }
        captureCount += 1
        groupNumbers[name] = captureCount
        return captureCount
    }

    /// GroupName up to and including `>` (ECMA-262 §22.2.1, RegExpIdentifierName).
    mutating func parseGroupName() throws(PatternError) -> String {
        var name = String.UnicodeScalarView()
        while let scalar = current, scalar != ">" {
            let properties = scalar.properties
            let isStart = properties.isIDStart || scalar == "$" || scalar == "_"
            let isJoiner = scalar == "\u{200C}" || scalar == "\u{200D}"
            guard isStart || (!name.isEmpty && (properties.isIDContinue || isJoiner)) else {
                throw syntax("a group name is an identifier")
            }
            name.append(scalar)
            position += 1
        }
        guard take(">"), !name.isEmpty else { throw syntax("a group name must end in `>`") }
        return String(name)
    }

    /// Quantifier, or `nil` where there is none; a `{` that begins none is left alone.
    private mutating func parseQuantifier() throws(PatternError) -> (Int, Int?)? {
        let start = position
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard take("{") else { return nil }
        guard let minimum = parseCount() else {
            position = start
            if grammar == .unicode { throw syntax("a count is expected after `{`") }
            return nil
        }
        var maximum: Int? = minimum
        if take(",") { maximum = parseCount() }
        guard take("}") else {
            position = start
            if grammar == .unicode { throw syntax("this quantifier is not closed") }
            return nil
        }
        if let maximum, maximum < minimum {
            throw PatternError(.syntax, at: start, "the counts of this quantifier are out of order")
        }
        return (minimum, maximum)
    }

    /// Decimal digits as a number, clamped to `maximumCount`; `nil` without digits.
    private mutating func parseCount() -> Int? {
        var value: Int?
        while let scalar = current, scalar >= "0", scalar <= "9" {
            value = min((value ?? 0) * 10 + Int(scalar.value - 0x30), Self.maximumCount)
            position += 1
        }
        return value
    }

    /// The scalar at the position, `nil` at the end.
    var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    /// Steps over `scalar` if it comes next.
    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard current == scalar else { return false }
        position += 1
        return true
    }

    /// A syntax error here.
    func syntax(_ message: String) -> PatternError {
        PatternError(.syntax, at: min(position, scalars.count), message)
    }

    /// A scalar as text for a message.
    func text(_ scalar: Unicode.Scalar) -> String { String(Character(scalar)) }
}
