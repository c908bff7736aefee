import ArgumentParser
import JSONDocuments
import SchemaCompilation

/// The names of dialects on the command line.
enum DialectName: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// Drafts of JSON Schema.
    case draft4, draft6, draft7
    /// JSON Schema 2019-09.
    case draft2019 = "2019-09"
    /// JSON Schema 2020-12.
    case draft2020 = "2020-12"
    /// Schema Object of OpenAPI 2.0.
    case oas2
    /// Schema Object of OpenAPI 3.0.
    case oas30 = "oas3.0"
    /// Schema Object of OpenAPI 3.1.
    case oas31 = "oas3.1"
    /// Schema Object of OpenAPI 3.2.
    case oas32 = "oas3.2"

    /// The dialect.
    var dialect: Dialect {
        switch self {
        case .draft4: .draft4
        case .draft6: .draft6
        case .draft7: .draft7
        case .draft2019: .draft2019_09
        case .draft2020: .draft2020_12
        case .oas2: .oas2_0
        case .oas30: .oas3_0
        case .oas31: .oas3_1
        case .oas32: .oas3_2
        }
    }

    /// The dialect that a document names: by `$schema`, or by being an OpenAPI document; else 2020-12.
    static func declared(by root: JSONValue) -> Dialect {
        if let named = root["$schema"]?.string.flatMap({ Dialect(identifier: $0) }) { return named }
        guard root["$schema"] == nil, let version = (root["openapi"] ?? root["swagger"])?.string else {
            return .draft2020_12
        }
        for (prefix, dialect) in [("2.", Dialect.oas2_0), ("3.0", .oas3_0), ("3.1", .oas3_1), ("3.2", .oas3_2)]
        where version.hasPrefix(prefix) {
            return dialect
        }
        return .draft2020_12
    }
}
