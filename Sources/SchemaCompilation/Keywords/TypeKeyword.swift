import JSONDocuments
import SchemaEvaluation

/// `type`, and the ways of OpenAPI to add null.
extension SchemaCompiler {
    /// Compiles `type`.
    mutating func compileType(_ unit: inout SchemaUnit) {
        guard let value = unit[.type] else { return }
        unit.typeLocation = location(of: value)
        var types: TypeSet = []
        switch value.kind {
        case .string: types = namedType(value, unit.dialect)
        case .array where unit.dialect != .oas3_0 && unit.dialect != .oas2_0:
            for element in value.elements { types.formUnion(namedType(element, unit.dialect)) }
            if value.count == 0 { report("bad-keyword-value", "`type` needs at least one type", at: value) }
        default: report("bad-keyword-value", "`type` must be the name of a type", at: value)
        }
        // OpenAPI 3.0.3 §4.7.24: nullable has an effect only where type stands in the same schema.
        if unit[.nullable]?.bool == true || unit[.xNullable]?.bool == true { types.insert(.null) }
        unit.types = types
    }

    /// The kinds of a type's name.
    private mutating func namedType(_ value: JSONValue, _ dialect: Dialect) -> TypeSet {
        switch value.string {
        case "null" where dialect != .oas2_0 && dialect != .oas3_0: return .null
        case "boolean": return .boolean
        case "number": return .number
        case "integer": return .integer
        case "string": return .string
        case "array": return .array
        case "object": return .object
        // OpenAPI 2.0: any octets; they never arrive as JSON.
        case "file" where dialect == .oas2_0: return .all
        default:
            report(
                "bad-keyword-value", "`\(value.string ?? value.kindName)` is no type", at: value,
                suggestion: value.string == "null" ? "nullable: true" : nil)
            return []
        }
    }
}

extension JSONValue {
    /// The kind in words.
    var kindName: String {
        switch kind {
        case .null: "null"
        case .false, .true: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
