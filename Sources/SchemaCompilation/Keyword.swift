/// The keywords that the compiler knows, of all dialects.
enum Keyword: String, Sendable, CaseIterable {
    // Identity and references.
    case schema = "$schema"
    case id = "$id"
    case oldID = "id"
    case anchor = "$anchor"
    case dynamicAnchor = "$dynamicAnchor"
    case recursiveAnchor = "$recursiveAnchor"
    case ref = "$ref"
    case dynamicRef = "$dynamicRef"
    case recursiveRef = "$recursiveRef"
    case defs = "$defs"
    case definitions
    // Any kind.
    case type
    case `enum`
    case const
    case nullable
    case xNullable = "x-nullable"
    case allOf
    case anyOf
    case oneOf
    case not
    case `if`
    case then
    case `else`
    case format
    case readOnly
    case writeOnly
    // Numbers.
    case minimum
    case maximum
    case exclusiveMinimum
    case exclusiveMaximum
    case multipleOf
    // Strings.
    case minLength
    case maxLength
    case pattern
    case contentEncoding
    case contentMediaType
    case contentSchema
    // Arrays.
    case items
    case prefixItems
    case additionalItems
    case contains
    case minContains
    case maxContains
    case minItems
    case maxItems
    case uniqueItems
    case unevaluatedItems
    // Objects.
    case properties
    case patternProperties
    case additionalProperties
    case required
    case minProperties
    case maxProperties
    case propertyNames
    case dependencies
    case dependentRequired
    case dependentSchemas
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
