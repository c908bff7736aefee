/// Rules about `info`, and about prose anywhere.
enum InfoRules {
    /// All of them, in the order of the rule table.
    static let all: [any LintRule.Type] = [
        InfoContact.self, ContactProperties.self, InfoDescription.self, InfoLicense.self, LicenseURL.self,
        LicenseURLOrIdentifier.self, SemanticInfoVersion.self, EvalInMarkdown.self, ScriptInMarkdown.self,
        RepeatedDescription.self,
    ]
}
