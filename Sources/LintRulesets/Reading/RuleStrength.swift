import JSONDocuments
import SourceDiagnostics

/// How much a rule matters, or that it is off, as rulesets write it.
enum RuleStrength: Sendable {
    /// Findings have a severity.
    case severity(Severity)
    /// The rule is off.
    case off
    /// `true`: the rule is on, as much as it matters anyway.
    case on

    /// The words and numbers of rulesets.
    private static let words: [String: Severity] = [
        "error": .error, "warn": .warning, "info": .information, "hint": .hint, "0": .error, "1": .warning,
        "2": .information, "3": .hint,
    ]

    /// Reads a strength.
    ///
    /// - Throws: For a value that is none.
    init(_ value: JSONValue) throws(RulesetMistake) {
        if let flag = value.bool {
            self = flag ? .on : .off
            return
        }
        let word = value.string ?? value.numberLiteral ?? ""
        if word == "off" || word == "-1" {
            self = .off
        } else if let severity = Self.words[word] {
            self = .severity(severity)
        } else {
            throw RulesetMistake(
                message: "a severity is `error`, `warn`, `info`, `hint` or `off`, not `\(word)`", place: value)
        }
    }
}
