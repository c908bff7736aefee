import JSONDocuments
import OpenAPIDocuments

/// The types of instances that a schema admits.
struct SchemaTypes: OptionSet, Hashable {
    /// One bit for each type; `number` without `integer` never stands alone.
    let rawValue: Int

    static let null = SchemaTypes(rawValue: 1)
    static let boolean = SchemaTypes(rawValue: 2)
    static let integer = SchemaTypes(rawValue: 4)
    /// Numbers that are no integers.
    static let fraction = SchemaTypes(rawValue: 8)
    static let string = SchemaTypes(rawValue: 16)
    static let array = SchemaTypes(rawValue: 32)
    static let object = SchemaTypes(rawValue: 64)
    static let number: SchemaTypes = [.integer, .fraction]
    static let any: SchemaTypes = [.null, .boolean, .number, .string, .array, .object]
    static let scalars: SchemaTypes = [.boolean, .number, .string]

    /// Reads the value of `type`; a word that is none admits nothing.
    init(keyword: JSONValue) {
        if keyword.kind == .array {
            self = keyword.elements.reduce(into: []) { $0.formUnion(SchemaTypes(keyword: $1)) }
            return
        }
        switch keyword.string {
        case "null": self = .null
        case "boolean": self = .boolean
        case "integer": self = .integer
        case "number": self = .number
        case "string": self = .string
        case "array": self = .array
        case "object": self = .object
        // Swagger 2.0, parameters: an uploaded file is bytes.
        case "file": self = .string
        default: self = []
        }
    }

    /// A set of bits.
    init(rawValue: Int) { self.rawValue = rawValue }

    /// The types in words.
    var words: String {
        if isSuperset(of: Self.any.subtracting(.null)) { return "any" }
        let names: [(SchemaTypes, String)] = [
            (.boolean, "boolean"), (.string, "string"), (.array, "array"), (.object, "object"),
        ]
        var all = names.filter { contains($0.0) }.map(\.1)
        if contains(.fraction) { all.append("number") } else if contains(.integer) { all.append("integer") }
        if contains(.null) { all.append("null") }
        return all.isEmpty ? "none" : all.joined(separator: " or ")
    }

    /// Whether the set, without null, has more than one of the types that `type` can name.
    var isList: Bool {
        let names: [SchemaTypes] = [.boolean, .string, .array, .object, .integer]
        return names.count { contains($0) } > 1 && !isSuperset(of: Self.any.subtracting(.null))
    }
}
