/// How much a diagnostic matters. The order is the order of seriousness.
package enum Severity: Int, Sendable, Comparable, CaseIterable, CustomStringConvertible {
    /// A remark that costs nothing to ignore.
    case hint

    /// Something worth knowing.
    case information

    /// Something that is probably wrong.
    case warning

    /// Something that stops the work.
    case error

    /// The word that the text and JSON forms print.
    package var description: String {
        switch self {
        case .hint: "hint"
        case .information: "info"
        case .warning: "warning"
        case .error: "error"
        }
    }

    /// Orders by seriousness.
    package static func < (left: Severity, right: Severity) -> Bool { left.rawValue < right.rawValue }
}

/// One thing that an author should know about a document or a settings file: a value, never thrown one at a time.
///
/// Loaders and rules collect diagnostics and go on, so that everything wrong is told at once. Messages are sentences
/// without a full stop, start with a lower-case letter, and never contain the value of a secret.
package struct Diagnostic: Sendable {
    /// A further place or remark that explains a diagnostic, such as the first of two definitions.
    package struct Note: Sendable {
        /// What to say about the place.
        package let message: String

        /// The place, where there is one.
        package let range: SourceRange?

        /// Makes a note.
        package init(_ message: String, at range: SourceRange? = nil) {
            self.message = message
            self.range = range
        }
    }

    /// How much it matters.
    package var severity: Severity

    /// A stable kebab-case name, such as `duplicate-key`, that people search for and switch off by.
    package var code: String

    /// What is wrong.
    package var message: String

    /// Where; nil when the whole run is meant.
    package var range: SourceRange?

    /// What to do about it, such as `did you mean "timeout"?`.
    package var suggestion: String?

    /// Further places, in the order to read them.
    package var notes: [Note]

    /// Makes a diagnostic.
    ///
    /// - Parameters:
    ///   - severity: How much it matters.
    ///   - code: A stable kebab-case name.
    ///   - message: What is wrong, a sentence without a full stop.
    ///   - range: Where.
    ///   - suggestion: What to do about it.
    ///   - notes: Further places.
    package init(
        _ severity: Severity,
        _ code: String,
        _ message: String,
        at range: SourceRange? = nil,
        suggestion: String? = nil,
        notes: [Note] = []
    ) {
        self.severity = severity
        self.code = code
        self.message = message
        self.range = range
        self.suggestion = suggestion
        self.notes = notes
    }

    /// Sorts diagnostics for reading: by path, then by place, then the more serious first. Those without a place come
    /// first. Equal ones keep their order.
    package static func sorted(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
        diagnostics.enumerated().sorted { left, right in
            let (first, second) = (left.element, right.element)
            switch (first.range, second.range) {
            case (nil, .some): return true
            case (.some, nil): return false
            case (let one?, let two?):
                if one.file.path != two.file.path { return one.file.path < two.file.path }
                if one.lowerBound != two.lowerBound { return one.lowerBound < two.lowerBound }
            case (nil, nil): break
            }
            if first.severity != second.severity { return first.severity > second.severity }
            return left.offset < right.offset
        }.map(\.element)
    }
}
