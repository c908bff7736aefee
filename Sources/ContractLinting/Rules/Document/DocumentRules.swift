/// Rules about the document as a whole, its files and its references.
enum DocumentRules {
    /// All of them, in the order of the rule table.
    static let all: [any LintRule.Type] = [
        ParserRule.self, UnrecognizedFormat.self, OpenAPI3Structure.self, Swagger2Structure.self, InvalidReference.self,
        ReferenceSiblings.self, StrictReferences.self, PathItemReferences.self, CircularReferences.self,
        VersionGate.self, UnusedComponent.self, UnusedDefinition.self, ComponentNames.self, ComponentNameUnique.self,
    ]
}
