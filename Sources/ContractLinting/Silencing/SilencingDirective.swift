import JSONDocuments
import SourceDiagnostics

/// A place in a document that silences findings: a comment, or a member `x-lint-ignore`.
///
///     get:  # lintel-disable-line operation-tags
///     # lintel-disable-next-line operation-tags, operation-description -- the old clients' path
///     x-lint-ignore: [operation-tags]
package struct SilencingDirective: Sendable {
    /// Which findings are meant.
    enum Reach: Hashable, Sendable {
        /// Those that begin on a line, counted from 1.
        case line(Int)
        /// Those at a path and below.
        case below([String])
    }

    /// The rule; nil: every rule.
    package let rule: String?
    /// Where the directive stands: the name of the rule, or the whole where it names none.
    package let place: SourceRange
    /// Which findings are meant.
    let reach: Reach

    /// That a directive silences nothing.
    package var staleFinding: Finding {
        let subject = rule.map { "`\($0)` has no finding here" } ?? "nothing is found here"
        return Finding(
            rule: StaleSilencing.rule, severity: .warning, message: "\(subject) that would have to be silenced.",
            source: place.file.path, range: place, suggestion: "remove it")
    }
}

/// The name under which directives and entries of ignore files are reported that silence nothing.
package enum StaleSilencing {
    /// The name.
    package static let rule = "stale-ignore"

    /// What reports say about it.
    package static let description = RuleDescription(
        id: rule, summary: "What silences findings still has findings to silence.", severity: .warning)
}
