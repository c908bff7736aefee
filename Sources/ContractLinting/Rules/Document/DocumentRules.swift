/// Rules about the document as a whole, its files and its references.
enum DocumentRules {
    /// All of them, in the order of the rule table.
    static let all: [any LintRule.Type] = [
        ParserRule.self, UnrecognizedFormat.self, InvalidReference.self, ReferenceSiblings.self,
    ]
}
