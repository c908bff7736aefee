import JSONDocuments

/// Writes values of one part as they stand in the combined document: with its names, and with its schemas' meaning.
struct CombinedWriter {
    /// The part.
    private let part: CombinedPart
    /// Its number.
    private let number: Int
    /// All names.
    private let names: CombinedNames

    /// A writer of a part.
    init(_ part: CombinedPart, _ number: Int, _ names: CombinedNames) {
        self.part = part
        self.number = number
        self.names = names
    }

    /// Writes a value with everything below it.
    func write(_ value: JSONValue, _ writer: inout JSONWriter) {
        part.document.withView { write($0, value.index, &writer) }
    }

    /// Writes a path item, with the API's hosts where it has some.
    func writePathItem(_ value: JSONValue, _ writer: inout JSONWriter) {
        guard value.kind == .object, !part.hosts.isEmpty else { return write(value, &writer) }
        writer.beginObject()
        for member in value.members where member.name != "servers" {
            writer.key(member.name)
            write(member.value, &writer)
        }
        writer.key("servers")
        writer.beginArray()
        for host in part.hosts {
            writer.beginObject()
            writer.key("url")
            writer.string("//\(host)")
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }

    /// Writes a node. The nesting is that of the document, which its parser has bounded.
    func write(_ view: JSONView, _ index: Int, _ writer: inout JSONWriter) {
        switch view[index].kind {
        case .object:
            if part.isKind(index, .schema), part.version == .version30 {
                SchemaUpgrade(self, view).write(index, &writer)
            } else if part.isKind(index, .discriminator) {
                writeDiscriminator(view, index, &writer)
            } else if part.isKind(index, .operation) {
                writeOperation(view, index, &writer)
            } else if part.isKind(index, .link) {
                writeLink(view, index, &writer)
            } else {
                writer.beginObject()
                forEachMember(view, index) { key, value in
                    writer.key(view.text(of: key))
                    write(view, value, &writer)
                }
                writer.endObject()
            }
        case .array:
            writer.beginArray()
            var element = index + 1
            while element < Int(view[index].next) {
                write(view, element, &writer)
                element = Int(view[element].next)
            }
            writer.endArray()
        case .string where part.references.contains(index):
            writer.string(names.reference(text(view, index), in: part, number: number))
        default: writer.value(view, at: index)
        }
    }

    // MARK: - Objects with names in them

    /// Writes an operation, with what its document asks of all operations.
    private func writeOperation(_ view: JSONView, _ index: Int, _ writer: inout JSONWriter) {
        var hasSecurity = false
        var hasTags = false
        writer.beginObject()
        forEachMember(view, index) { key, value in
            let name = text(view, key)
            writer.key(name)
            switch name {
            case "operationId" where view[value].kind == .string:
                writer.string(names.operation(text(view, value), part: number))
            case "security":
                hasSecurity = true
                writeSecurity(JSONValue(document: part.document, index: value), &writer)
            default:
                if name == "tags" { hasTags = true }
                write(view, value, &writer)
            }
        }
        if !hasTags {
            writer.key("tags")
            writer.beginArray()
            writer.string(part.name)
            writer.endArray()
        }
        if !hasSecurity, let security = part.document.root["security"] {
            writer.key("security")
            writeSecurity(security, &writer)
        }
        writer.endObject()
    }

    /// Writes security requirements: the names of members are those of schemes.
    private func writeSecurity(_ value: JSONValue, _ writer: inout JSONWriter) {
        guard value.kind == .array else { return write(value, &writer) }
        writer.beginArray()
        for requirement in value.elements {
            guard requirement.kind == .object else {
                write(requirement, &writer)
                continue
            }
            writer.beginObject()
            for member in requirement.members {
                writer.key(names.name(of: member.name, in: ["components", "securitySchemes"], part: number))
                writer.value(member.value)
            }
            writer.endObject()
        }
        writer.endArray()
    }

    /// Writes a link, which leads to an operation.
    private func writeLink(_ view: JSONView, _ index: Int, _ writer: inout JSONWriter) {
        writer.beginObject()
        forEachMember(view, index) { key, value in
            let name = text(view, key)
            writer.key(name)
            switch name {
            case "operationId" where view[value].kind == .string:
                writer.string(names.operation(text(view, value), part: number))
            case "operationRef" where view[value].kind == .string:
                writer.string(names.reference(text(view, value), in: part, number: number))
            case "parameters", "requestBody": writer.value(view, at: value)
            default: write(view, value, &writer)
            }
        }
        writer.endObject()
    }

    /// Writes a discriminator. Without a mapping its values are the names of schemas (OpenAPI 3.1 §4.8.25): those that have
    /// changed are mapped.
    private func writeDiscriminator(_ view: JSONView, _ index: Int, _ writer: inout JSONWriter) {
        var mapped: Set<String> = []
        var mapping: [(name: String, target: String)] = []
        writer.beginObject()
        forEachMember(view, index) { key, value in
            let name = text(view, key)
            switch name {
            case "mapping" where view[value].kind == .object:
                forEachMember(view, value) { key, value in
                    mapped.insert(text(view, key))
                    mapping.append((text(view, key), schemaName(text(view, value))))
                }
            case "defaultMapping" where view[value].kind == .string:
                writer.key(name)
                writer.string(schemaName(text(view, value)))
            default:
                writer.key(name)
                write(view, value, &writer)
            }
        }
        let path = ["components", "schemas"]
        if names.renamesSchemas(of: number) {
            for name in alternatives(of: index) where !mapped.contains(name) {
                let new = names.name(of: name, in: path, part: number)
                if new != name { mapping.append((name, "#/components/schemas/\(JSONPointer.escaped(new))")) }
            }
        }
        if !mapping.isEmpty {
            writer.key("mapping")
            writer.beginObject()
            for entry in mapping {
                writer.key(entry.name)
                writer.string(entry.target)
            }
            writer.endObject()
        }
        writer.endObject()
    }

    /// The new form of a value of a mapping: a reference, or the name of a schema.
    private func schemaName(_ text: String) -> String {
        text.utf8.first == UInt8(ascii: "#")
            ? names.reference(text, in: part, number: number)
            : names.name(of: text, in: ["components", "schemas"], part: number)
    }

    /// The shared schemas that a discriminator chooses among: those its schema lists, and those that build on it.
    private func alternatives(of discriminator: Int) -> [String] {
        // The object, the name, the discriminator: the schema around it is the innermost one that holds the node.
        guard
            let schema = (0..<discriminator).last(where: {
                part.isKind($0, .schema) && Int(JSONValue(document: part.document, index: $0).node.next) > discriminator
            })
        else { return [] }
        let owner = JSONValue(document: part.document, index: schema)
        var found: [String] = []
        for keyword in ["oneOf", "anyOf"] {
            for alternative in owner[keyword].map({ Array($0.elements) }) ?? [] {
                if let name = Self.sharedSchema(alternative) { found.append(name) }
            }
        }
        let shared = part.document.root["components"]?["schemas"].map { Array($0.members) } ?? []
        guard let own = shared.first(where: { $0.value == owner })?.name else { return found }
        for member in shared {
            let parents = member.value["allOf"].map { $0.elements.compactMap(Self.sharedSchema) } ?? []
            if parents.contains(own) { found.append(member.name) }
        }
        return found
    }

    /// The name of the shared schema that a schema is a reference to.
    private static func sharedSchema(_ schema: JSONValue) -> String? {
        guard let text = schema["$ref"]?.string, text.utf8.first == UInt8(ascii: "#"),
            let tokens = JSONPointer(fragment: String(text.dropFirst()))?.tokens, tokens.count == 3,
            tokens[0] == "components", tokens[1] == "schemas"
        else { return nil }
        return tokens[2]
    }

    // MARK: - The tape

    /// The text of a string.
    func text(_ view: JSONView, _ index: Int) -> String { String(decoding: view.text(of: index), as: UTF8.self) }

    /// Visits names and values of an object.
    func forEachMember(_ view: JSONView, _ index: Int, _ body: (_ key: Int, _ value: Int) -> Void) {
        var key = index + 1
        while key < Int(view[index].next) {
            body(key, key + 1)
            key = Int(view[key + 1].next)
        }
    }
}
