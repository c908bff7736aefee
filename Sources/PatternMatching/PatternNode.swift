/// The syntax tree of an ECMA-262 pattern.
///
/// The tree is independent of the engine that runs it: the direct matcher, the translator to PCRE2 and the backtracking
/// matcher all read it. Named groups are numbered already; classes are sets of code points.
indirect enum PatternNode: Sendable, Equatable {
    /// Matches the empty text.
    case empty
    /// One code point.
    case scalar(UInt32)
    /// One code point out of a set (also `.`, `\d` and their kind).
    case set(ScalarSet)
    /// One after another.
    case sequence([PatternNode])
    /// The first alternative that leads to a match.
    case alternation([PatternNode])
    /// A group; `capture` is its number, `nil` for `(?:…)`.
    case group(PatternNode, capture: Int?)
    /// A repetition; `maximum` is `nil` when unbounded.
    case quantified(PatternNode, minimum: Int, maximum: Int?, lazy: Bool)
    /// `^`, the start of the text.
    case start
    /// `$`, the end of the text (never before a final newline).
    case end
    /// `\b` or, negated, `\B`.
    case wordBoundary(negated: Bool)
    /// `(?=…)`, `(?!…)`, `(?<=…)`, `(?<!…)`.
    case look(PatternNode, behind: Bool, negated: Bool)
    /// What group `number` captured; the empty text if it captured nothing.
    case backreference(Int)
}
