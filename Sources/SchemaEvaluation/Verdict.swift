/// What a program says about a value.
package enum Verdict: Sendable, Equatable {
    /// The value keeps the schema.
    case valid
    /// The value breaks the schema.
    case invalid
    /// A limit was hit. That is no answer: the caller refuses the value, whatever stood around the limit.
    case undecided(UndecidedReason)
}

/// Which limit was hit.
package enum UndecidedReason: UInt8, Sendable, Equatable {
    /// A pattern backtracked too much, or was asked about text that is not UTF-8.
    case pattern = 1
    /// Schemas were entered too deeply: a schema that leads to itself, or a very deep value.
    case depth
    /// The evaluation took too many steps.
    case steps
}
