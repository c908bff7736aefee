import JSONDocuments
import PatternMatching

/// `pattern`: a regular expression is found in a text, or is not. It may be written `/…/flags`.
struct PatternFunction: RulesetFunction {
    static let name = "pattern"

    /// An expression as it is written, and compiled.
    private struct Expression {
        /// The text of the option.
        let text: String
        /// The pattern.
        let pattern: Pattern
    }

    /// What must be found.
    private let match: Expression?
    /// What must not be found.
    private let notMatch: Expression?

    init(_ options: FunctionOptions) throws(RulesetMistake) {
        try options.only("match", "notMatch")
        match = try Self.expression("match", options)
        notMatch = try Self.expression("notMatch", options)
        if match == nil, notMatch == nil { throw options.wrong("`match` or `notMatch` is missing") }
    }

    func check(_ target: RuleTarget, _ scene: RuleScene) -> [FunctionResult] {
        guard let text = target.text else { return [] }
        var results: [FunctionResult] = []
        if let match {
            let verdict = match.pattern.matches(text)
            if verdict != .match { results.append(Self.result("must match the pattern", match, verdict)) }
        }
        if let notMatch {
            let verdict = notMatch.pattern.matches(text)
            if verdict != .noMatch { results.append(Self.result("must not match the pattern", notMatch, verdict)) }
        }
        return results
    }

    /// What is said about a text; one that the engine gave up on is not passed over.
    private static func result(_ claim: String, _ expression: Expression, _ verdict: PatternVerdict) -> FunctionResult {
        var claim = claim
        if case .undecided = verdict { claim = "took too long to be held against the pattern" }
        return FunctionResult(wording: .value("\(claim) \(PrintedValue.quoted(expression.text))"))
    }

    /// The expression of an option.
    private static func expression(_ name: String, _ options: FunctionOptions) throws(RulesetMistake) -> Expression? {
        guard let text = try options.text(name) else { return nil }
        let (source, flags) = parts(text)
        do throws(PatternError) {
            return Expression(text: text, pattern: try Pattern(source, flags: flags))
        } catch {
            throw options.wrong("the pattern `\(text)` cannot be read: \(error.message)", options[name])
        }
    }

    /// The expression and the flags of `/…/flags`; the whole text without flags otherwise.
    private static func parts(_ text: String) -> (source: String, flags: String) {
        guard text.hasPrefix("/"), let slash = text.lastIndex(of: "/"), slash > text.index(after: text.startIndex),
            text[text.index(after: slash)...].allSatisfy({ ("a"..."z").contains($0) })
        else { return (text, "") }
        return (String(text[text.index(after: text.startIndex)..<slash]), String(text[text.index(after: slash)...]))
    }
}
