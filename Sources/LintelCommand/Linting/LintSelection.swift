import ContractLinting
import LintRulesets
import SourceDiagnostics

/// What a run asks of documents: a ruleset, narrowed by the command line.
struct LintSelection: Sendable {
    /// Why a choice means nothing.
    struct Problem: Error {
        /// The sentence for the terminal.
        let message: String
    }

    /// The rules by themselves.
    let ruleset: Ruleset
    /// The rules that are told; nil: all.
    private var only: Set<String>?
    /// The rules that are not told.
    private var skipped: Set<String> = []

    /// The rules of a ruleset.
    init(_ ruleset: Ruleset) { self.ruleset = ruleset }

    /// Narrows the choice by names.
    ///
    /// - Throws: ``Problem`` for a name that no rule has, so that a misspelt one does not pass everything.
    mutating func narrow(only: [String], skipping: [String]) throws(Problem) {
        for name in only + skipping { try Self.check(name, among: ruleset.names + [StaleSilencing.rule]) }
        if !only.isEmpty { self.only = Set(only) }
        skipped = Set(skipping)
    }

    /// What is known about the rules.
    var descriptions: [RuleDescription] {
        (ruleset.descriptions + [StaleSilencing.description]).filter { isTold($0.id) }
    }

    /// What all rules find in a document, also those that are not told: whether a directive is stale depends on them.
    ///
    /// - Parameter name: Its path, as the user named it.
    func lint(_ document: LintDocument, named name: String) -> [Finding] { ruleset.lint(document, named: name) }

    /// Whether findings of a rule are told.
    func isTold(_ rule: String) -> Bool { only?.contains(rule) != false && !skipped.contains(rule) }

    /// Refuses a name that no rule has.
    ///
    /// - Parameter others: The names of a ruleset, beside those that are built in.
    static func check(_ name: String, among others: [String] = []) throws(Problem) {
        guard RuleRegistry.rule(named: name) == nil, !others.contains(name) else { return }
        var message = "there is no rule `\(name)`"
        if let near = NearestName.among(RuleRegistry.all.map({ $0.profile.id }) + others, to: name) {
            message += ": did you mean `\(near)`?"
        }
        throw Problem(message: message)
    }
}
