import JSONDocuments
import OpenAPIDocuments

/// The addresses of the pages, as paths below the portal's own.
///
///     /                               all APIs
///     /orders/                        one API
///     /orders/operations/createOrder
///     /orders/schemas/                its shared schemas
///     /orders/schemas/Order
///     /orders/at/0/paths/~1orders/…   a schema at any place: number of the file, JSON Pointer
///     /orders/openapi.json            the effective contract
///     /orders/insights/createOrder    how the operation fares, where that is told
///     /insights/                      how all operations fare
///     /openapi.json                   the effective contracts of all APIs in one
///     /oauth2                         where an authorization server sends readers back
enum PageAddress {
    /// The page of an operation.
    static func operation(_ operation: Operation) -> String { "operations/" + encoded(slug(operation)) }

    /// The page that tells how an operation fares, below the portal's path.
    static func insight(_ operation: Operation, of api: DocumentedAPI) -> String {
        encoded(api.name) + "/insights/" + encoded(slug(operation))
    }

    /// What an operation is called in addresses.
    static func slug(_ operation: Operation) -> String {
        operation.operationID ?? operation.method.lowercased() + operation.pathTemplate
    }

    /// The page of a schema that has a name in the main file, or of one at any place.
    static func schema(_ schema: JSONValue, in api: DocumentedAPI) -> String? {
        if let name = api.schemaNames[schema] { return "schemas/" + encoded(name) }
        guard let file = api.document.files.firstIndex(where: { $0.document === schema.document }) else { return nil }
        let tokens = schema.pointer.tokens
        return "at/\(file)" + tokens.map { "/" + encoded(JSONPointer.escaped($0)) }.joined()
    }

    /// A segment of a path (RFC 3986 §3.3).
    static func encoded(_ text: String) -> String {
        let hex = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
