import JSONDocuments

/// Writes a schema of OpenAPI 3.0 so that it means the same in 3.1, whose schemas are those of JSON Schema 2020-12.
///
///     nullable: true beside a type           the type or null (3.0.4 §4.7.24: without a type it has no effect)
///     exclusiveMinimum: true, minimum: 1     exclusiveMinimum: 1
///     $ref with siblings                     the $ref: 3.0 ignores the rest
///     keywords that 3.0 does not know        nothing: 3.0 ignores them
///     example                                examples
struct SchemaUpgrade {
    /// The keywords that a schema of 3.0 may have and that mean the same in 3.1 (OpenAPI 3.0.4 §4.7.24).
    private static let kept: Set<String> = [
        "title", "description", "type", "format", "default", "enum", "multipleOf", "maxLength", "minLength", "pattern",
        "maxItems", "minItems", "uniqueItems", "maxProperties", "minProperties", "required", "allOf", "oneOf", "anyOf",
        "not", "items", "properties", "additionalProperties", "discriminator", "readOnly", "writeOnly", "xml",
        "externalDocs", "deprecated",
    ]

    /// Writes what lies below.
    private let writer: CombinedWriter
    /// The nodes of the document.
    private let view: JSONView

    /// An upgrade of schemas of a part.
    init(_ writer: CombinedWriter, _ view: JSONView) {
        self.writer = writer
        self.view = view
    }

    /// Writes a schema.
    func write(_ index: Int, _ output: inout JSONWriter) {
        var members: [String: Int] = [:]
        writer.forEachMember(view, index) { key, value in members[writer.text(view, key)] = value }
        output.beginObject()
        defer { output.endObject() }
        if let reference = members["$ref"] {
            output.key("$ref")
            return writer.write(view, reference, &output)
        }
        let isNullable = members["nullable"].map { view[$0].kind == .true } ?? false
        writer.forEachMember(view, index) { key, value in
            let name = writer.text(view, key)
            switch name {
            case "nullable": break
            case "type" where isNullable && view[value].kind == .string:
                output.key("type")
                output.beginArray()
                output.string(view.text(of: value))
                output.string("null")
                output.endArray()
            case "minimum", "maximum":
                let exclusive = name == "minimum" ? "exclusiveMinimum" : "exclusiveMaximum"
                let isExclusive = members[exclusive].map { view[$0].kind == .true } ?? false
                output.key(isExclusive ? exclusive : name)
                output.value(view, at: value)
            case "exclusiveMinimum", "exclusiveMaximum": break
            case "example":
                output.key("examples")
                output.beginArray()
                output.value(view, at: value)
                output.endArray()
            default:
                guard Self.kept.contains(name) || name.hasPrefix("x-") else { break }
                output.key(view.text(of: key))
                writer.write(view, value, &output)
            }
        }
    }
}
