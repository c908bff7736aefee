import JSONDocuments
import OpenAPIDocuments

/// The value that an optional parameter has when it is not there (OpenAPI 3.1 §4.8.24, JSON Schema validation §9.2): a
/// request that states it says the same as one that leaves it out.
package struct DeclaredDefault: Sendable, Equatable {
    /// The parameter's name; in small letters for headers.
    package let name: [UInt8]
    /// The value as it would be stated: the pairs of a query, or the one value of a header.
    package let texts: [[UInt8]]

    /// The default of a parameter in a query or a header; nil where there is none, the parameter is required, or the value
    /// has several spellings.
    init?(_ parameter: ParameterContract) {
        guard !parameter.isRequired, let value = parameter.defaultValue else { return nil }
        let isQuery = parameter.location == .query
        let items: [[UInt8]]
        switch value.kind {
        case .array:
            let texts = value.elements.compactMap { Self.text(of: $0) }
            guard texts.count == value.count, !texts.isEmpty else { return nil }
            items = texts
        default:
            guard let text = Self.text(of: value) else { return nil }
            items = [text]
        }
        let encoded = isQuery ? items.map { Self.encoded($0) } : items
        let (name, start) = (parameter.nameBytes, isQuery ? Self.encoded(parameter.nameBytes) + [0x3D] : [])
        switch parameter.layout {
        case .repeated: texts = encoded.map { start + $0 }
        case .separated(.none), .separated(.comma): texts = [start + Array(encoded.joined(separator: [0x2C]))]
        default: return nil
        }
        self.name = isQuery ? Self.encoded(name) : name
    }

    /// A scalar as text; nil for anything else, and for text that a header or a list could not hold unchanged.
    private static func text(of value: JSONValue) -> [UInt8]? {
        switch value.kind {
        case .true: Array("true".utf8)
        case .false: Array("false".utf8)
        case .number: value.text
        case .string: value.text.isEmpty ? nil : value.text
        case .null, .array, .object: nil
        }
    }

    /// Percent-encoded, all but what never needs it (RFC 3986 §2.3).
    package static func encoded(_ text: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for octet in text {
            switch octet {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: result.append(octet)
            default: result += [0x25, digits[Int(octet >> 4)], digits[Int(octet & 15)]]
            }
        }
        return result
    }
}

extension OperationContract {
    /// Defaults of query parameters, as pairs of a query in canonical form.
    package var queryDefaults: [DeclaredDefault] { queryParameters.compactMap { DeclaredDefault($0) } }

    /// Defaults of header parameters.
    package var headerDefaults: [DeclaredDefault] { headerParameters.compactMap { DeclaredDefault($0) } }
}
