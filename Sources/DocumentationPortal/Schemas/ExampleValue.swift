import JSONDocuments
import OpenAPIDocuments

/// A value that fits a schema, for people to begin with: examples of the document where it has some, else made up.
package struct ExampleValue {
    /// The document.
    private let document: OpenAPIDocument
    /// Whether clients write the value: then what is read only is left out, else what is write only.
    private let isRequest: Bool
    /// How many values may still be written.
    private var budget = 300
    /// The schemas around the one being written.
    private var around: [JSONValue] = []

    /// The example of content, as text; nil where nothing says what it is.
    package static func text(of media: MediaType, in document: OpenAPIDocument, isRequest: Bool) -> String? {
        if let value = media.node["example"] { return text(value) }
        if let first = media.node["examples"]?.members.first(where: { _ in true })?.value {
            let example = document.references.followed(first) ?? first
            if let value = example["value"] ?? example["dataValue"] { return text(value) }
            if let serialized = example["serializedValue"]?.string { return serialized }
        }
        return (media.schema ?? media.itemSchema).map { text(of: $0, in: document, isRequest: isRequest) }
    }

    /// A value of a schema, as text.
    static func text(of schema: JSONValue, in document: OpenAPIDocument, isRequest: Bool) -> String {
        var maker = ExampleValue(document: document, isRequest: isRequest)
        var writer = JSONWriter(.pretty)
        maker.write(schema, to: &writer)
        return writer.text
    }

    /// The example of a parameter, as text.
    package static func text(of parameter: Parameter, in document: OpenAPIDocument) -> String {
        func plain(_ value: JSONValue) -> String { value.string ?? JSONWriter.text(of: value) }
        if let value = parameter.node["example"] ?? parameter.node["x-example"] { return plain(value) }
        if let first = parameter.node["examples"]?.members.first(where: { _ in true })?.value,
            let value = (document.references.followed(first) ?? first)["value"]
        {
            return plain(value)
        }
        let schema: JSONValue? =
            switch parameter.content {
            case .schema(let schema, _, _): schema
            case .media(let media): media.schema
            case .unspecified: nil
            }
        guard let schema else { return "" }
        let reading = SchemaReading(schema, document)
        if let value = reading["example"] ?? reading["default"] ?? reading["examples"]?[0] { return plain(value) }
        if let value = reading["enum"]?[0] ?? reading["const"] { return plain(value) }
        var maker = ExampleValue(document: document, isRequest: true)
        var writer = JSONWriter()
        maker.write(schema, to: &writer)
        let text = writer.text
        return text.hasPrefix("\"") ? String(text.dropFirst().dropLast()) : text
    }

    /// A maker of values.
    private init(document: OpenAPIDocument, isRequest: Bool) {
        self.document = document
        self.isRequest = isRequest
    }

    /// A value as text.
    private static func text(_ value: JSONValue) -> String {
        let text = value.string ?? JSONWriter.text(of: value, .pretty)
        return text.utf8.count > 20_000 ? String(decoding: text.utf8.prefix(20_000), as: UTF8.self) + "…" : text
    }

    /// Writes a value.
    private mutating func write(_ schema: JSONValue, to writer: inout JSONWriter) {
        budget -= 1
        let reading = SchemaReading(schema, document)
        let target = reading.target
        guard budget > 0, around.count < 8, !around.contains(target) else { return writer.null() }
        if let value = reading["example"] ?? reading["examples"]?[0] ?? reading["default"] ?? target["const"]
            ?? target["enum"]?[0]
        {
            return writer.value(value)
        }
        around.append(target)
        defer { around.removeLast() }
        let type = target["type"].flatMap { $0.string ?? $0.elements.first { $0.string != "null" }?.string }
        if type == "array" || type == nil && target["items"] != nil { return array(target, to: &writer) }
        if let first = (target["oneOf"] ?? target["anyOf"])?[0], target["properties"] == nil {
            return write(first, to: &writer)
        }
        if type == "object" || target["properties"] != nil || target["allOf"] != nil {
            return object(target, to: &writer)
        }
        scalar(type, target, to: &writer)
    }

    /// Writes an array of one element.
    private mutating func array(_ schema: JSONValue, to writer: inout JSONWriter) {
        writer.beginArray()
        if let first = schema["prefixItems"] {
            for item in first.elements { write(item, to: &writer) }
        } else if let items = schema["items"], items.kind == .object {
            write(items, to: &writer)
        }
        writer.endArray()
    }

    /// Writes an object with all its members.
    private mutating func object(_ schema: JSONValue, to writer: inout JSONWriter) {
        var members: [(String, JSONValue)] = []
        collect(schema, &members, depth: 0)
        if members.isEmpty, let first = schema["allOf"]?[0], SchemaReading(first, document).target["properties"] == nil
        {
            return write(first, to: &writer)
        }
        writer.beginObject()
        for (name, value) in members.prefix(60) {
            let reading = SchemaReading(value, document)
            if reading[isRequest ? "readOnly" : "writeOnly"]?.bool == true { continue }
            if around.contains(reading.target) { continue }
            writer.key(name)
            write(value, to: &writer)
        }
        writer.endObject()
    }

    /// The members of a schema and of all that it is besides.
    private func collect(_ schema: JSONValue, _ members: inout [(String, JSONValue)], depth: Int) {
        guard depth < 8 else { return }
        let target = SchemaReading(schema, document).target
        for member in target["properties"].map({ Array($0.members) }) ?? []
        where !members.contains(where: { $0.0 == member.name }) {
            members.append((member.name, member.value))
        }
        for part in target["allOf"].map({ Array($0.elements) }) ?? [] { collect(part, &members, depth: depth + 1) }
    }

    /// Writes a plain value.
    private func scalar(_ type: String?, _ schema: JSONValue, to writer: inout JSONWriter) {
        switch type {
        case "integer", "number":
            let least = schema["minimum"]?.int ?? schema["exclusiveMinimum"]?.int.map { $0 < Int.max ? $0 + 1 : $0 }
            writer.integer(least ?? min(1, schema["maximum"]?.int ?? 1))
        case "boolean": writer.bool(true)
        case "null": writer.null()
        case "string": writer.string(Self.string(of: schema["format"]?.string, schema))
        default: writer.string("…")
        }
    }

    /// A string of a format. RFC 3339, RFC 9562, RFC 5321, RFC 3986 where examples are reserved (RFC 2606, RFC 5737).
    private static func string(of format: String?, _ schema: JSONValue) -> String {
        switch format {
        case "date": return "2026-01-31"
        case "date-time": return "2026-01-31T09:30:00Z"
        case "time": return "09:30:00Z"
        case "duration": return "PT15M"
        case "uuid": return "3fa85f64-5717-4562-b3fc-2c963f66afa6"
        case "email", "idn-email": return "ada@example.com"
        case "uri", "url", "iri": return "https://example.com/"
        case "uri-reference": return "/path"
        case "hostname": return "example.com"
        case "ipv4": return "192.0.2.1"
        case "ipv6": return "2001:db8::1"
        case "byte": return "TGludGVs"
        default:
            let least = min(max(schema["minLength"]?.int ?? 0, 0), 40)
            let most = max(schema["maxLength"]?.int ?? 40, 0)
            let text = "string" + String(repeating: "x", count: max(0, least - 6))
            return String(text.prefix(most))
        }
    }
}
