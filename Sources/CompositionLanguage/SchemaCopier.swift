import JSONDocuments
import OpenAPIDocuments

/// Copies schemas of several documents, of any version, into the components of one document of version 3.1.
///
/// References stay references, to `API.Name`. What 3.0 and 2.0 say in other words (`nullable`, boolean
/// `exclusiveMinimum`, `$ref` that hides its siblings) is said in those of JSON Schema 2020-12. What can only be resolved
/// in its own document (`$dynamicRef`, anchors) becomes a schema that accepts everything: the copy is never stricter.
struct SchemaCopier {
    /// The APIs, by the index of places.
    let apis: [CallableAPI]
    /// Names of the components so far.
    private var names: [SchemaPlace: String] = [:]
    /// Components whose schemas are still to be written.
    private var waiting: [(name: String, place: SchemaPlace)] = []
    /// Names that are taken.
    private var taken: Set<String> = []

    /// A copier without components.
    init(apis: [CallableAPI]) { self.apis = apis }

    private static let single: Set<String> = [
        "items", "additionalProperties", "contains", "not", "if", "then", "else", "propertyNames", "unevaluatedItems",
        "unevaluatedProperties", "contentSchema",
    ]
    private static let lists: Set<String> = ["allOf", "anyOf", "oneOf", "prefixItems"]
    private static let maps: Set<String> = ["properties", "patternProperties", "dependentSchemas"]
    /// Keywords that mean something in their own document only, or are no keywords of 3.1.
    private static let dropped: Set<String> = [
        "$schema", "$id", "id", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$vocabulary", "$defs", "definitions",
        "discriminator", "nullable", "x-nullable", "example", "xml", "externalDocs", "$comment",
        // Of parameters of version 2.0, which are schemas at the same time.
        "in", "name", "collectionFormat", "allowEmptyValue",
    ]

    // MARK: Shapes

    /// Writes the schema of a shape.
    mutating func write(_ shape: TypeShape, to writer: inout JSONWriter) {
        switch shape {
        case .unknown: writer.bool(true)
        case .text: Self.write(type: "string", to: &writer)
        case .integer: Self.write(type: "integer", to: &writer)
        case .null: Self.write(type: "null", to: &writer)
        case .constant(let value):
            writer.beginObject()
            writer.key("const")
            writer.value(value)
            writer.endObject()
        case .schema(let place): write(place, to: &writer)
        case .all(let shapes): write("allOf", shapes, to: &writer)
        case .any(let shapes): write("anyOf", shapes, to: &writer)
        case .array(let element):
            writer.beginObject()
            writer.key("type")
            writer.string("array")
            writer.key("items")
            write(element, to: &writer)
            writer.endObject()
        case .object(let members): write(members, to: &writer)
        }
    }

    /// `{"type": …}`.
    private static func write(type: String, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("type")
        writer.string(type)
        writer.endObject()
    }

    /// A combination.
    private mutating func write(_ keyword: String, _ shapes: [TypeShape], to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key(keyword)
        writer.beginArray()
        for shape in shapes { write(shape, to: &writer) }
        writer.endArray()
        writer.endObject()
    }

    /// An object with exactly these members.
    private mutating func write(_ members: [ShapeMember], to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("type")
        writer.string("object")
        let certain = members.filter(\.isCertain)
        if !certain.isEmpty {
            writer.key("required")
            writer.beginArray()
            for member in certain { writer.string(member.name) }
            writer.endArray()
        }
        writer.key("properties")
        writer.beginObject()
        for member in members {
            writer.key(member.name)
            write(member.shape, to: &writer)
        }
        writer.endObject()
        writer.key("additionalProperties")
        writer.bool(false)
        writer.endObject()
    }

    // MARK: Schemas

    /// Writes a schema of a document.
    mutating func write(_ place: SchemaPlace, to writer: inout JSONWriter) {
        let node = place.node
        guard node.kind == .object else { return writer.bool(node.kind != .false) }
        if let reference = node["$ref"]?.string {
            guard let target = target(of: reference, place) else { return writer.bool(true) }
            if !evaluatesSiblings(place) || node.count == 1 { return write(reference: target, to: &writer) }
        }
        // What is given back to the copy has to be safe: a schema with dynamic references accepts everything.
        guard node["$dynamicRef"] == nil, node["$recursiveRef"] == nil else { return writer.bool(true) }
        writer.beginObject()
        for member in node.members { write(member, of: place, to: &writer) }
        writer.endObject()
    }

    /// Whether what stands beside `$ref` counts.
    private func evaluatesSiblings(_ place: SchemaPlace) -> Bool {
        !apis.indices.contains(place.api) || apis[place.api].document.version.evaluatesReferenceSiblings
    }

    /// Whether the schema is one of 3.0 or earlier.
    private func isOld(_ place: SchemaPlace) -> Bool {
        apis.indices.contains(place.api) && apis[place.api].document.version < .version31
    }

    /// One keyword.
    private mutating func write(_ member: JSONMember, of place: SchemaPlace, to writer: inout JSONWriter) {
        let name = member.name
        if Self.dropped.contains(name) {
            // An example of old belongs among the examples of 3.1.
            guard name == "example", place.node["examples"] == nil, place.node["type"]?.string != "file" else { return }
            writer.key("examples")
            writer.beginArray()
            writer.value(member.value)
            writer.endArray()
            return
        }
        if name == "required", member.value.kind != .array { return }
        if isOld(place), writeOld(member, of: place, to: &writer) { return }
        writer.key(name)
        if name == "$ref", let target = member.value.string.flatMap({ target(of: $0, place) }) {
            writer.string("#/components/schemas/" + JSONPointer.escaped(self.name(of: target)))
        } else if Self.single.contains(name), member.value.kind != .array {
            write(SchemaPlace(api: place.api, node: member.value), to: &writer)
        } else if Self.lists.contains(name), member.value.kind == .array {
            writer.beginArray()
            for element in member.value.elements { write(SchemaPlace(api: place.api, node: element), to: &writer) }
            writer.endArray()
        } else if Self.maps.contains(name), member.value.kind == .object {
            writer.beginObject()
            for entry in member.value.members {
                writer.key(entry.name)
                write(SchemaPlace(api: place.api, node: entry.value), to: &writer)
            }
            writer.endObject()
        } else {
            writer.value(member.value)
        }
    }

    /// Keywords that 3.0 and 2.0 use in another way; false where there is no difference.
    private func writeOld(_ member: JSONMember, of place: SchemaPlace, to writer: inout JSONWriter) -> Bool {
        let node = place.node
        let isNullable = node["nullable"]?.bool == true && node["type"] != nil
        switch member.name {
        case "type":
            guard isNullable, let word = member.value.string else { return false }
            writer.key("type")
            writer.beginArray()
            writer.string(word)
            writer.string("null")
            writer.endArray()
            return true
        case "exclusiveMinimum", "exclusiveMaximum":
            guard member.value.bool != nil else { return false }
            let limit = member.name == "exclusiveMinimum" ? node["minimum"] : node["maximum"]
            if member.value.bool == true, let limit {
                writer.key(member.name)
                writer.value(limit)
            }
            return true
        case "const", "examples", "if", "then", "else", "contains", "propertyNames", "patternProperties", "prefixItems",
            "dependentSchemas", "unevaluatedProperties", "unevaluatedItems", "dependentRequired", "contentSchema":
            // No keywords in these versions.
            return true
        default: return false
        }
    }

    /// Where a reference of a schema leads.
    private func target(of reference: String, _ place: SchemaPlace) -> SchemaPlace? {
        guard apis.indices.contains(place.api) else { return nil }
        return apis[place.api].document.references.target(of: reference, in: place.node.document)
            .map { SchemaPlace(api: place.api, node: $0) }
    }

    // MARK: Components

    /// Writes a reference to a component.
    private mutating func write(reference target: SchemaPlace, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("$ref")
        writer.string("#/components/schemas/" + JSONPointer.escaped(name(of: target)))
        writer.endObject()
    }

    /// The name of a component, made when it is first asked for.
    private mutating func name(of target: SchemaPlace) -> String {
        if let known = names[target] { return known }
        let key = target.node.key?.string ?? "Schema"
        let api = apis.indices.contains(target.api) ? apis[target.api].name + "." : ""
        let base = (api + key).filter { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
        var name = base
        var number = 2
        while !taken.insert(name).inserted {
            name = base + "-\(number)"
            number += 1
        }
        names[target] = name
        waiting.append((name, target))
        return name
    }

    /// Writes every component that was referred to, and those that they refer to.
    mutating func writeComponents(to writer: inout JSONWriter) {
        while let next = waiting.popLast() {
            writer.key(next.name)
            write(next.place, to: &writer)
        }
    }
}
