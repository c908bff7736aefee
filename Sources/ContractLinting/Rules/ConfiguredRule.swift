import JSONDocuments
import SourceDiagnostics

/// A rule as a ruleset wants it.
package struct ConfiguredRule: Sendable {
    /// The rule.
    package let rule: any LintRule.Type
    /// How much its findings matter.
    package var severity: Severity
    /// Its options; nil for those that it has by itself.
    package var options: JSONValue?
    /// Where the ruleset says that it is explained.
    package var documentation: String?

    /// A rule with choices.
    ///
    /// - Parameters:
    ///   - rule: The rule.
    ///   - severity: How much its findings matter; nil: as much as its profile says.
    ///   - options: What the ruleset gives it.
    ///   - documentation: Where it is explained.
    package init(
        _ rule: any LintRule.Type, severity: Severity? = nil, options: JSONValue? = nil, documentation: String? = nil
    ) {
        self.rule = rule
        self.severity = severity ?? rule.profile.severity
        self.options = options
        self.documentation = documentation
    }

    /// The rule, ready for a document.
    func make() throws(RuleOptionError) -> any LintRule {
        var made = rule.init()
        if let options { try made.configure(options) }
        return made
    }
}
