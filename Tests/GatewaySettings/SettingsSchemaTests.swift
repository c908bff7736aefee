import GatewaySettings
import JSONDocuments
import Testing

@Suite("The JSON Schema of the settings")
struct SettingsSchemaTests {
    /// The schema as a document.
    private func schema() throws -> JSONValue {
        try JSONDocument(parsing: SettingsSchema.text).root
    }

    /// The schema that a `$ref` stands for, or the value itself.
    private func resolved(_ value: JSONValue) throws -> JSONValue {
        guard let reference = value["$ref"]?.string else { return value }
        let pointer = try #require(JSONPointer(String(reference.dropFirst())))
        return try #require(value.document.root.value(at: pointer), "\(reference) leads nowhere")
    }

    /// Every reference, wherever it stands.
    private func references(_ value: JSONValue) -> [JSONValue] {
        (value["$ref"] == nil ? [] : [value]) + value.members.flatMap { references($0.value) }
            + value.elements.flatMap(references)
    }

    @Test("it is JSON, names its dialect, and all its references lead somewhere")
    func wellFormed() throws {
        let root = try schema()
        #expect(root["$schema"]?.string == "https://json-schema.org/draft/2020-12/schema")
        #expect(try references(root).map(resolved).count > 20)
        #expect(root["required"]?[0]?.string == "version")
    }

    @Test("every key of the format stands in it with a description, and nothing else is allowed")
    func sameKeys() throws {
        let root = try schema()
        let settings = try #require(SettingsValuesTests.fixture.load().settings)
        // The fixture with every key is accepted by the decoder; walk it along the schema.
        var visited: Set<String> = []
        func walk(_ value: JSONValue, _ schema: JSONValue) throws {
            let schema = try resolved(schema)
            if let forms = schema["anyOf"] {
                for form in forms.elements where try accepts(value, form) { return try walk(value, form) }
                Issue.record("no form for \(value.pointer)")
            }
            if value.kind == .array, let items = schema["items"] {
                for element in value.elements { try walk(element, items) }
            }
            // A schema without words about members takes anything: a later part of the gateway reads it.
            guard value.kind == .object, (schema["properties"] ?? schema["additionalProperties"]) != nil else { return }
            for member in value.members {
                if let property = schema["properties"]?[member.name] {
                    visited.insert(property.pointer.description)
                    if property.kind == .object {
                        let target = try resolved(property)
                        #expect(property["description"] != nil || target["description"] != nil)
                        try walk(member.value, property)
                    }
                } else {
                    let additional = try #require(schema["additionalProperties"])
                    #expect(additional.bool != false, "\(value.pointer) has no \(member.name)")
                    if additional.kind == .object { try walk(member.value, additional) }
                }
            }
        }
        func accepts(_ value: JSONValue, _ schema: JSONValue) throws -> Bool {
            let schema = try resolved(schema)
            if let forms = schema["anyOf"] { return try forms.elements.contains { try accepts(value, $0) } }
            if let words = schema["enum"] { return words.elements.contains { $0.string == value.string } }
            let types = schema["type"]?.string.map { [$0] } ?? schema["type"]?.elements.compactMap(\.string) ?? []
            let names: [String] =
                switch value.kind {
                case .array: ["array"]
                case .object: ["object"]
                case .number: ["number", "integer"]
                case .string: ["string"]
                case .true, .false: ["boolean"]
                case .null: ["null"]
                }
            return !Set(types).isDisjoint(with: names)
        }
        let text = try #require(settings.files.first)
        try walk(try document(of: text.path), root)

        // And every key of the schema stands in the fixture, apart from alternatives of which only one may stand.
        var all: Set<String> = []
        func collect(_ value: JSONValue) {
            for member in value["properties"]?.members ?? value.members where value["properties"] != nil {
                all.insert(member.value.pointer.description)
            }
            for member in value.members { collect(member.value) }
            for element in value.elements { collect(element) }
        }
        collect(root)
        let missing = all.subtracting(visited).filter { path in
            !["/header", "/cookie", "/post", "/put", "/patch", "/delete"].contains { path.hasSuffix($0) }
        }
        // Defaults, APIs and operations have the keys of one layer; the fixture sets each of them in one of the three.
        let layers = ["/$defs/Defaults/", "/$defs/API/", "/$defs/Operation/"]
        let unseen = missing.filter { path in
            guard let layer = layers.first(where: { path.hasPrefix($0) }) else { return true }
            return !layers.contains { visited.contains($0 + path.dropFirst(layer.count)) }
        }
        #expect(unseen.sorted() == [])
    }

    /// The fixture's file as a document.
    private func document(of path: String) throws -> JSONValue {
        let settings = try #require(SettingsValuesTests.fixture.load().settings)
        let composition = try #require(settings.compositions.first)
        return composition.value.value.document.root
    }
}
