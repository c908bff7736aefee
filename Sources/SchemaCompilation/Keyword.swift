/// The keywords that the compiler knows, of all dialects.
enum Keyword: String, Sendable, CaseIterable {
    // Identity and references.
    /// `$schema`.
    case schema = "$schema"
    /// `$id`.
    case id = "$id"
    /// `id`.
    case oldID = "id"
    /// `$anchor`.
    case anchor = "$anchor"
    /// `$dynamicAnchor`.
    case dynamicAnchor = "$dynamicAnchor"
    /// `$recursiveAnchor`.
    case recursiveAnchor = "$recursiveAnchor"
    /// `$ref`.
    case ref = "$ref"
    /// `$dynamicRef`.
    case dynamicRef = "$dynamicRef"
    /// `$recursiveRef`.
    case recursiveRef = "$recursiveRef"
    /// `$defs`.
    case defs = "$defs"
    /// `definitions`.
    case definitions
    // Any kind.
    /// `type`.
    case type
    /// `enum`.
    case `enum`
    /// `const`.
    case const
    /// `nullable`.
    case nullable
    /// `x-nullable`.
    case xNullable = "x-nullable"
    /// `allOf`.
    case allOf
    /// `anyOf`.
    case anyOf
    /// `oneOf`.
    case oneOf
    /// `not`.
    case not
    /// `if`.
    case `if`
    /// `then`.
    case then
    /// `else`.
    case `else`
    /// `format`.
    case format
    /// `readOnly`.
    case readOnly
    /// `writeOnly`.
    case writeOnly
    // Numbers.
    /// `minimum`.
    case minimum
    /// `maximum`.
    case maximum
    /// `exclusiveMinimum`.
    case exclusiveMinimum
    /// `exclusiveMaximum`.
    case exclusiveMaximum
    /// `multipleOf`.
    case multipleOf
    // Strings.
    /// `minLength`.
    case minLength
    /// `maxLength`.
    case maxLength
    /// `pattern`.
    case pattern
    /// `contentEncoding`.
    case contentEncoding
    /// `contentMediaType`.
    case contentMediaType
    /// `contentSchema`.
    case contentSchema
    // Arrays.
    /// `items`.
    case items
    /// `prefixItems`.
    case prefixItems
    /// `additionalItems`.
    case additionalItems
    /// `contains`.
    case contains
    /// `minContains`.
    case minContains
    /// `maxContains`.
    case maxContains
    /// `minItems`.
    case minItems
    /// `maxItems`.
    case maxItems
    /// `uniqueItems`.
    case uniqueItems
    /// `unevaluatedItems`.
    case unevaluatedItems
    // Objects.
    /// `properties`.
    case properties
    /// `patternProperties`.
    case patternProperties
    /// `additionalProperties`.
    case additionalProperties
    /// `required`.
    case required
    /// `minProperties`.
    case minProperties
    /// `maxProperties`.
    case maxProperties
    /// `propertyNames`.
    case propertyNames
    /// `dependencies`.
    case dependencies
    /// `dependentRequired`.
    case dependentRequired
    /// `dependentSchemas`.
    case dependentSchemas
    /// `unevaluatedProperties`.
    case unevaluatedProperties

    /// The keywords by name.
    static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })

    /// Place of the keyword in tables.
    var ordinal: Int { Self.ordinals[self] ?? 0 }

    /// Places of all keywords.
    private static let ordinals = Dictionary(
        uniqueKeysWithValues: allCases.enumerated().map { ($0.element, $0.offset) })

    /// What schemas a keyword's value holds.
    enum Content {
        /// None.
        case none
        /// One schema.
        case schema
        /// An array of schemas.
        case list
        /// An object of schemas.
        case map
        /// A schema, or an array of schemas.
        case schemaOrList
        /// An object of schemas and arrays of names.
        case dependencies
    }

    /// What schemas the keyword's value holds.
    var content: Content {
        switch self {
        case .allOf, .anyOf, .oneOf, .prefixItems: .list
        case .properties, .patternProperties, .defs, .definitions, .dependentSchemas: .map
        case .items: .schemaOrList
        case .dependencies: .dependencies
        case .not, .if, .then, .else, .contentSchema, .additionalItems, .contains, .unevaluatedItems,
            .additionalProperties, .propertyNames, .unevaluatedProperties:
            .schema
        default: .none
        }
    }

    /// Whether a dialect has the keyword.
    func exists(in dialect: Dialect) -> Bool {
        if dialect == .oas2_0 || dialect == .oas3_0 { return existsInSubset(dialect) }
        let generation = dialect.generation
        switch self {
        case .oldID: return generation == .draft4
        case .id, .const, .contains, .propertyNames: return generation >= .draft6
        case .if, .then, .else, .readOnly, .writeOnly, .contentEncoding, .contentMediaType:
            return generation >= .draft7
        case .anchor, .defs, .dependentRequired, .dependentSchemas, .minContains, .maxContains, .unevaluatedItems,
            .unevaluatedProperties, .contentSchema:
            return generation >= .draft2019_09
        case .recursiveRef, .recursiveAnchor: return generation == .draft2019_09
        case .dynamicRef, .dynamicAnchor, .prefixItems: return generation == .draft2020_12
        case .additionalItems: return generation < .draft2020_12
        case .nullable, .xNullable: return false
        default: return true
        }
    }

    /// Whether the subsets of OpenAPI 2.0 and 3.0 have the keyword (2.0 "Schema Object", 3.0.4 §4.7.24).
    private func existsInSubset(_ dialect: Dialect) -> Bool {
        switch self {
        case .ref, .type, .enum, .allOf, .format, .readOnly, .minimum, .maximum, .exclusiveMinimum, .exclusiveMaximum,
            .multipleOf, .minLength, .maxLength, .pattern, .items, .minItems, .maxItems, .uniqueItems, .properties,
            .additionalProperties, .required, .minProperties, .maxProperties:
            true
        case .anyOf, .oneOf, .not, .nullable, .writeOnly: dialect == .oas3_0
        case .xNullable: true
        default: false
        }
    }

    /// The vocabulary that the keyword belongs to; empty for those that always count.
    var vocabulary: Vocabulary {
        switch self {
        case .allOf, .anyOf, .oneOf, .not, .if, .then, .else, .items, .prefixItems, .additionalItems, .contains,
            .properties, .patternProperties, .additionalProperties, .propertyNames, .dependencies, .dependentSchemas:
            .applicator
        case .unevaluatedItems, .unevaluatedProperties: .unevaluated
        case .type, .enum, .const, .minimum, .maximum, .exclusiveMinimum, .exclusiveMaximum, .multipleOf, .minLength,
            .maxLength, .pattern, .minContains, .maxContains, .minItems, .maxItems, .uniqueItems, .required,
            .minProperties, .maxProperties, .dependentRequired:
            .validation
        default: []
        }
    }

    /// Whether the keyword changes verdicts: where a dialect lacks such a keyword, its author should know.
    var isAssertion: Bool {
        switch self {
        case .schema, .id, .oldID, .anchor, .dynamicAnchor, .recursiveAnchor, .defs, .definitions, .format, .readOnly,
            .writeOnly, .contentEncoding, .contentMediaType, .contentSchema, .nullable, .xNullable:
            false
        default: true
        }
    }
}
