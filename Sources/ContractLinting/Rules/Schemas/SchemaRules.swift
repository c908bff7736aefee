/// Rules about schemas.
enum SchemaRules {
    /// All of them, in the order of the rule table.
    static let all: [any LintRule.Type] = [
        ArrayItems.self, TypedEnumeration.self, RepeatedEnumerationEntry.self, Swagger2Discriminator.self,
        Swagger2AnyOf.self, Swagger2OneOf.self, DeprecatedXMLAttribute.self, NullableEnum.self,
        NullableTypeSibling.self, SchemaTypeMismatch.self, ImpossibleSchema.self, MixedNumberRange.self,
        TypeFormatMismatch.self, PatternValid.self, PatternAnchored.self, RequiredPropertiesDefined.self,
        MissingType.self, MultipleTypes.self, UnnecessaryCombinator.self, DiscriminatorProperty.self,
        PropertyCasing.self, EnumCasing.self, SchemaNaming.self, ComponentDescription.self, StringBounds.self,
        NumberBounds.self, ArrayBounds.self, NoAdditionalProperties.self, ExtensibleEnum.self,
    ]
}
