/// What a pattern says about a text. Three answers, because a hit limit is not a mismatch: under `not` it would open
/// the gate.
package enum PatternVerdict: Sendable, Equatable {
    /// The pattern is found in the text.
    case match
    /// The pattern is not found in the text.
    case noMatch
    /// The engine gave up; the text must be refused.
    case undecided(Reason)

    /// Why an engine gave up.
    package enum Reason: Sendable, Equatable {
        /// Too many steps: a backtracking pattern on a hostile text.
        case steps
        /// Too much memory.
        case memory
        /// The text is not UTF-8.
        case text
    }
}
