import JSONDocuments
import OpenAPIDocuments
import SchemaEvaluation

/// The type search of OpenAPI 3.2 §4.8.3: the schemas that certainly hold wherever one holds.
enum SchemaConjunction {
    /// The schema, what it refers to and the branches of its `allOf`; never `anyOf` or `oneOf`.
    static func flatten(
        _ schema: JSONValue, version: OpenAPIVersion, references: ReferenceTable, into parts: inout [JSONValue],
        seen: inout Set<JSONValue>
    ) {
        guard schema.kind == .object, seen.count < 256, seen.insert(schema).inserted else { return }
        if let text = schema["$ref"]?.string {
            if let target = references.target(of: text, in: schema.document) {
                flatten(target, version: version, references: references, into: &parts, seen: &seen)
            }
            if !version.evaluatesReferenceSiblings { return }
        }
        parts.append(schema)
        if let branches = schema["allOf"], branches.kind == .array {
            for branch in branches.elements {
                flatten(branch, version: version, references: references, into: &parts, seen: &seen)
            }
        }
    }

    /// The types that `type` admits; nil without the keyword.
    static func types(of schema: JSONValue) -> TypeSet? {
        guard let type = schema["type"] else { return nil }
        let names = type.kind == .array ? type.elements.compactMap(\.string) : [type.string].compactMap { $0 }
        var types = TypeSet()
        for name in names {
            switch name {
            case "string", "file": types.insert(.string)
            case "number": types.insert(.number)
            case "integer": types.insert(.integer)
            case "boolean": types.insert(.boolean)
            case "array": types.insert(.array)
            case "object": types.insert(.object)
            case "null": types.insert(.null)
            default: break
            }
        }
        return types
    }
}
