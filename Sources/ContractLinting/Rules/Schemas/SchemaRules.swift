/// Rules about schemas.
enum SchemaRules {
    /// All of them, in the order of the rule table.
    static let all: [any LintRule.Type] = [
        ArrayItems.self, TypedEnumeration.self, RepeatedEnumerationEntry.self, Swagger2Discriminator.self,
        Swagger2AnyOf.self, Swagger2OneOf.self, DeprecatedXMLAttribute.self,
    ]
}
