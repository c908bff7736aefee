/// The language that a schema is written in.
// swift-format-ignore: AlwaysUseLowerCamelCase
package enum Dialect: Sendable, Hashable, CaseIterable {
    /// JSON Schema draft 4.
    case draft4
    /// JSON Schema draft 6.
    case draft6
    /// JSON Schema draft 7.
    case draft7
    /// JSON Schema 2019-09.
    case draft2019_09
    /// JSON Schema 2020-12.
    case draft2020_12
    /// Schema Object of OpenAPI 2.0: a subset of draft 4.
    case oas2_0
    /// Schema Object of OpenAPI 3.0: a subset of draft 5.
    case oas3_0
    /// Schema Object of OpenAPI 3.1: 2020-12 with the base vocabulary.
    case oas3_1
    /// Schema Object of OpenAPI 3.2: as 3.1.
    case oas3_2

    /// The dialect of a `$schema` or `jsonSchemaDialect`; `nil` for a metaschema of somebody else.
    /// - Parameter uri: The identifier, with or without an empty fragment.
    package init?(identifier uri: String) {
        let uri = uri.hasSuffix("#") ? String(uri.dropLast()) : uri
        switch uri {
        case "http://json-schema.org/draft-04/schema", "https://json-schema.org/draft-04/schema": self = .draft4
        case "http://json-schema.org/draft-06/schema", "https://json-schema.org/draft-06/schema": self = .draft6
        case "http://json-schema.org/draft-07/schema", "https://json-schema.org/draft-07/schema": self = .draft7
        case "https://json-schema.org/draft/2019-09/schema": self = .draft2019_09
        case "https://json-schema.org/draft/2020-12/schema": self = .draft2020_12
        // The text of OpenAPI 3.2.0 still names the identifier of 3.1; both mean the same keywords.
        case "https://spec.openapis.org/oas/3.1/dialect/base": self = .oas3_1
        case "https://spec.openapis.org/oas/3.2/dialect/2025-09-17": self = .oas3_2
        default: return nil
        }
    }

    /// The draft whose keywords apply.
    var generation: Generation {
        switch self {
        case .draft4, .oas2_0, .oas3_0: .draft4
        case .draft6: .draft6
        case .draft7: .draft7
        case .draft2019_09: .draft2019_09
        case .draft2020_12, .oas3_1, .oas3_2: .draft2020_12
        }
    }

    /// Whether the schema belongs to an OpenAPI document.
    var isOpenAPI: Bool {
        switch self {
        case .oas2_0, .oas3_0, .oas3_1, .oas3_2: true
        default: false
        }
    }

    /// Whether what stands beside `$ref` is ignored: up to draft 7 and OpenAPI 3.0 (there by §4.8.23, "SHALL be
    /// ignored").
    var ignoresReferenceSiblings: Bool { generation < .draft2019_09 }

    /// Whether `true` and `false` are schemas: since draft 6. OpenAPI 2.0 and 3.0 know them as `additionalProperties`
    /// only.
    var hasBooleanSchemas: Bool { generation >= .draft6 }

    /// Whether `1.0` is no integer: draft 4 (§3.5) knew integers by their spelling. OpenAPI goes by the value.
    var integersBySpelling: Bool { self == .draft4 }

    /// Whether `required` follows the direction of the message: OpenAPI 2.0 and 3.0; annotations since 3.1.
    var requiresByDirection: Bool { self == .oas2_0 || self == .oas3_0 }

    /// Whether schemas can name themselves (`id`, `$id`, anchors).
    var hasIdentifiers: Bool { self != .oas2_0 && self != .oas3_0 }
}

/// Drafts in the order of their publication.
// swift-format-ignore: AlwaysUseLowerCamelCase
enum Generation: Int, Sendable, Comparable {
    /// Draft 4.
    case draft4
    /// Draft 6.
    case draft6
    /// Draft 7.
    case draft7
    /// 2019-09.
    case draft2019_09
    /// 2020-12.
    case draft2020_12

    /// Earlier drafts are smaller.
    static func < (one: Generation, other: Generation) -> Bool { one.rawValue < other.rawValue }
}
