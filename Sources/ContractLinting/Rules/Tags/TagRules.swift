/// Rules about tags.
enum TagRules {
    /// All of them, in the order of the rule table.
    static let all: [any LintRule.Type] = [
        OperationTags.self, OperationTagDefined.self, SingularTag.self, GlobalTags.self, AlphabeticalTags.self,
        UniqueTags.self, TagDescription.self, UnusedTag.self, TagParents.self,
    ]
}
