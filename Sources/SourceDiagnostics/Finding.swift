/// What a rule says about a place in a document: the unit that `lintel lint` and `lintel diff` report.
///
/// A finding is a `Diagnostic` that CI systems can follow from one run to the next: it names its rule, and it keeps the
/// path of the place in the document beside the range in the text, because a path survives edits above it.
package struct Finding: Sendable {
    /// The stable kebab-case name of the rule, such as `operation-tags`.
    package var rule: String

    /// How much it matters, after rulesets and the command line had their say.
    package var severity: Severity

    /// What is wrong, a sentence.
    package var message: String

    /// The names and indexes that lead from the root of the file that holds the place to the place; indexes as decimal
    /// text.
    package var path: [String]

    /// The place in the text; nil when the whole file is meant.
    package var range: SourceRange?

    /// The file, as the user named it or as a reference reached it. The same as `range?.file.path` where both exist.
    package var source: String

    /// The `$ref`s through which the place was reached, outermost first; empty when it stands in the root file itself.
    package var references: [SourceRange]

    /// Of a change: where the same stood in the document that was compared with.
    package var previous: SourceRange?

    /// What to do about it, such as `did you mean "orders"?`.
    package var suggestion: String?

    /// Where the rule is explained.
    package var documentation: String?

    /// Makes a finding.
    ///
    /// - Parameters:
    ///   - rule: The rule's kebab-case name.
    ///   - severity: How much it matters.
    ///   - message: What is wrong.
    ///   - source: The file.
    ///   - path: Names and indexes from the root of that file.
    ///   - range: The place in its text.
    ///   - references: The `$ref`s that led there, outermost first.
    ///   - previous: Of a change: where it stood before.
    ///   - suggestion: What to do about it.
    ///   - documentation: Where the rule is explained.
    package init(
        rule: String,
        severity: Severity,
        message: String,
        source: String,
        path: [String] = [],
        range: SourceRange? = nil,
        references: [SourceRange] = [],
        previous: SourceRange? = nil,
        suggestion: String? = nil,
        documentation: String? = nil
    ) {
        self.rule = rule
        self.severity = severity
        self.message = message
        self.path = path
        self.range = range
        self.source = source
        self.references = references
        self.previous = previous
        self.suggestion = suggestion
        self.documentation = documentation
    }
}

/// What a report says once about a rule that has findings: the `rules` of SARIF, the legend of a page.
package struct RuleDescription: Sendable {
    /// The rule's kebab-case name.
    package let id: String

    /// One sentence.
    package let summary: String

    /// The severity that the rule has by itself.
    package let severity: Severity

    /// Where it is explained.
    package let documentation: String?

    /// Makes a description.
    package init(id: String, summary: String, severity: Severity, documentation: String? = nil) {
        self.id = id
        self.summary = summary
        self.severity = severity
        self.documentation = documentation
    }
}
