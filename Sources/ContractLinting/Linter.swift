import JSONDocuments
import OpenAPIDocuments
import SourceDiagnostics

/// Lints documents with a set of rules: one walk over each, whatever the number of rules.
///
///     let linter = Linter(rules: RuleRegistry.recommended.map { ConfiguredRule($0) })
///     let findings = linter.lint(LintLoader().load("specs/orders.yaml"))
package struct Linter: Sendable {
    /// The rules.
    package let rules: [ConfiguredRule]

    /// A linter.
    ///
    /// - Parameter rules: Each at most once. Rulesets turn rules off by leaving them out.
    package init(rules: [ConfiguredRule]) { self.rules = rules }

    /// What the options of a ruleset get wrong, before anything is linted: a mistake of the ruleset, not of a document.
    package func optionProblems() -> [Diagnostic] {
        rules.compactMap { configured in
            do throws(RuleOptionError) {
                _ = try configured.make()
                return nil
            } catch {
                return Diagnostic(.error, "rule-options", error.message, at: error.range)
            }
        }
    }

    /// Lints a document.
    ///
    /// - Parameter document: With all its files.
    /// - Returns: The findings by file in the order of loading, then by place, then by rule. Rules whose options mean
    ///   nothing are left out; see `optionProblems()`.
    package func lint(_ document: LintDocument) -> [Finding] {
        var configured: [ConfiguredRule] = []
        var made: [any LintRule] = []
        for rule in rules where applies(rule, to: document) {
            guard let instance = try? rule.make() else { continue }
            configured.append(rule)
            made.append(instance)
        }
        guard let first = configured.first else { return [] }
        let context = LintContext(document, version: document.version ?? .version31, first: first)
        document.root.document.withView { view in
            LintWalker(context, configured, made, view: view).run()
        }
        return context.findings().inOrder(of: document)
    }

    /// Whether a rule is for the version of a document. Where there is none, only the rules about that are.
    private func applies(_ configured: ConfiguredRule, to document: LintDocument) -> Bool {
        guard let version = document.version else { return configured.rule is any AnyFormatRule.Type }
        return configured.rule.profile.versions.contains(version)
    }
}
