import JSONDocuments
import SourceDiagnostics

/// Why a ruleset cannot be used: at least one diagnostic, each with its place.
package struct RulesetRejection: Error, Sendable {
    /// What is wrong, file by file.
    package let diagnostics: [Diagnostic]

    /// A rejection.
    package init(diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }
}

/// One mistake of a ruleset, thrown from where it is noticed to where mistakes are gathered.
struct RulesetMistake: Error {
    /// A sentence without a period.
    let message: String
    /// Where it stands.
    let place: JSONValue
    /// What was probably meant.
    var suggestion: String?

    /// The mistake as a diagnostic.
    var diagnostic: Diagnostic {
        Diagnostic(.error, "ruleset", message, at: place.range, suggestion: suggestion)
    }
}
