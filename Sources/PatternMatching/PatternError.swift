/// Why a text is no pattern, and where: an author's mistake that must be reported, never passed over.
///
/// Source: ECMA-262 §22.2.1 (Patterns) and Annex B.1.2. The position counts Unicode scalars of the pattern from zero.
package struct PatternError: Error, Sendable, Equatable {
    /// What is wrong.
    package enum Kind: Sendable, Equatable {
        /// The text breaks the grammar of ECMA-262.
        case syntax
        /// The text is a pattern, but no engine here can run it.
        case unsupported
        /// The text is longer or more deeply nested than we accept.
        case tooLarge
    }

    /// What is wrong.
    package let kind: Kind
    /// Offset of the offending scalar in the pattern.
    package let position: Int
    /// A sentence for the author of the pattern.
    package let message: String

    /// Creates an error.
    /// - Parameters:
    ///   - kind: What is wrong.
    ///   - position: Offset of the offending scalar.
    ///   - message: A sentence for the author.
    package init(_ kind: Kind, at position: Int, _ message: String) {
        self.kind = kind
        self.position = position
        self.message = message
    }
}
