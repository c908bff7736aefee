import ContractLinting
import SourceDiagnostics

/// What a run asks of documents: a ruleset, narrowed by the command line.
struct LintSelection: Sendable {
    /// Why a choice means nothing.
    struct Problem: Error {
        /// The sentence for the terminal.
        let message: String
    }

    /// The rules by themselves.
    let linter: Linter
    /// The rules that are told; nil: all.
    private var only: Set<String>?
    /// The rules that are not told.
    private var skipped: Set<String> = []

    /// The rules that are on where no ruleset says otherwise.
    static let recommended = LintSelection(linter: Linter(rules: RuleRegistry.recommended.map { ConfiguredRule($0) }))

    /// The rules of a linter.
    init(linter: Linter) { self.linter = linter }

    /// Narrows the choice by names.
    ///
    /// - Throws: ``Problem`` for a name that no rule has, so that a misspelt one does not pass everything.
    mutating func narrow(only: [String], skipping: [String]) throws(Problem) {
        for name in only + skipping { try Self.check(name) }
        if !only.isEmpty { self.only = Set(only) }
        skipped = Set(skipping)
    }

    /// What is known about the rules.
    var descriptions: [RuleDescription] {
        linter.rules.filter { isTold($0.rule.profile.id) }.map { configured in
            let profile = configured.rule.profile
            return RuleDescription(
                id: profile.id, summary: profile.summary, severity: configured.severity,
                documentation: configured.documentation)
        }
    }

    /// Lints a document.
    ///
    /// - Parameter name: Its path, as the user named it.
    func lint(_ document: LintDocument, named name: String) -> [Finding] {
        linter.lint(document).filter { isTold($0.rule) }
    }

    /// Whether findings of a rule are told.
    private func isTold(_ rule: String) -> Bool { only?.contains(rule) != false && !skipped.contains(rule) }

    /// Refuses a name that no rule has.
    static func check(_ name: String) throws(Problem) {
        guard RuleRegistry.rule(named: name) == nil else { return }
        var message = "there is no rule `\(name)`"
        if let near = NearestName.among(RuleRegistry.all.map({ $0.profile.id }), to: name) {
            message += ": did you mean `\(near)`?"
        }
        throw Problem(message: message)
    }
}
