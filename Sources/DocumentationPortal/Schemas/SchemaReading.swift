import JSONDocuments
import OpenAPIDocuments

/// A schema as a reader wants it: what it is in a few words, its constraints, its parts.
struct SchemaReading {
    /// The schema as it stands.
    let value: JSONValue
    /// The schema behind its references; the schema itself where it has none, or one that leads nowhere.
    let target: JSONValue
    /// Whether it is a reference.
    let isReference: Bool

    /// Reads a schema.
    init(_ value: JSONValue, _ document: OpenAPIDocument) {
        self.value = value
        isReference = value["$ref"]?.kind == .string
        target = document.references.followed(value) ?? value
    }

    /// A keyword: beside the reference, else behind it.
    subscript(keyword: String) -> JSONValue? { value[keyword] ?? target[keyword] }

    /// The types and what narrows them, such as `string (date)`, `array of Order`.
    func words(_ document: OpenAPIDocument) -> String {
        if target.bool == true { return "anything" }
        if target.bool == false { return "nothing" }
        var types: [String] = []
        if let type = target["type"] {
            types = type.kind == .array ? type.elements.compactMap(\.string) : [type.string].compactMap { $0 }
        }
        if types.isEmpty {
            if target["properties"] != nil || target["additionalProperties"] != nil { types = ["object"] }
            if target["items"] != nil { types = ["array"] }
        }
        for (keyword, word) in [("oneOf", "one of"), ("anyOf", "any of"), ("allOf", "all of")] where types.isEmpty {
            if let list = target[keyword] {
                let names = list.elements.prefix(4).map { SchemaReading($0, document).name ?? "…" }
                return "\(word) \(names.joined(separator: ", "))\(list.count > 4 ? ", …" : "")"
            }
        }
        if target["nullable"]?.bool == true { types.append("null") }
        var text =
            types.isEmpty
            ? (target["enum"] != nil || target["const"] != nil ? "value" : "any") : types.joined(separator: " or ")
        if types.contains("array"), let items = target["items"], items.kind == .object {
            let inner = SchemaReading(items, document)
            text = text.replacing("array", with: "array of \(inner.name ?? inner.shortType)")
        }
        if let format = target["format"]?.string { text += " (\(format))" }
        return text
    }

    /// The type alone.
    private var shortType: String { target["type"]?.string ?? "any" }

    /// The name of what it refers to, or its title.
    var name: String? {
        guard let reference = value["$ref"]?.string else { return value["title"]?.string }
        return reference.split(separator: "/").last.map {
            String($0).replacing("~1", with: "/").replacing("~0", with: "~")
        }
    }

    /// Its constraints, in words.
    var constraints: [String] {
        var all: [String] = []
        func number(_ keyword: String, _ words: String) {
            if let value = self[keyword], value.kind == .number { all.append("\(words) \(value.numberLiteral ?? "")") }
        }
        number("minimum", self["exclusiveMinimum"]?.bool == true ? ">" : "≥")
        number("exclusiveMinimum", ">")
        number("maximum", self["exclusiveMaximum"]?.bool == true ? "<" : "≤")
        number("exclusiveMaximum", "<")
        number("multipleOf", "multiple of")
        for (least, most, unit) in [
            ("minLength", "maxLength", "characters"), ("minItems", "maxItems", "items"),
            ("minProperties", "maxProperties", "members"),
        ] {
            switch (self[least]?.int, self[most]?.int) {
            case (let low?, let high?): all.append(low == high ? "\(low) \(unit)" : "\(low) to \(high) \(unit)")
            case (let low?, nil) where low > 0: all.append("at least \(low) \(unit)")
            case (nil, let high?): all.append("at most \(high) \(unit)")
            default: break
            }
        }
        if self["uniqueItems"]?.bool == true { all.append("different items") }
        if let pattern = self["pattern"]?.string { all.append("matches \(pattern)") }
        if let value = self["const"] { all.append("always \(JSONWriter.text(of: value))") }
        if let value = self["default"] { all.append("default \(Self.short(value))") }
        if self["additionalProperties"]?.bool == false { all.append("no other members") }
        return all
    }

    /// The values of `enum`.
    var values: [String] { self["enum"].map { $0.elements.map(Self.short) } ?? [] }

    /// Marks: `readOnly`, `writeOnly`, `deprecated`.
    var marks: [String] {
        [("readOnly", "read only"), ("writeOnly", "write only"), ("deprecated", "deprecated")].compactMap {
            keyword, word in
            self[keyword]?.bool == true ? word : nil
        }
    }

    /// A value as text, cut where it is long.
    static func short(_ value: JSONValue) -> String {
        let text = JSONWriter.text(of: value)
        return text.count > 60 ? "\(text.prefix(57))…" : text
    }
}
