import JSONDocuments
import SourceDiagnostics
import Testing

@testable import OpenAPIDocuments

/// One document out of several: names, mounts, versions, what cannot be in it.
@Suite("Combining documents") struct DocumentCombinerTests {
    /// A part from the text of a document.
    private func part(
        _ name: String, mount: String = "/", hosts: [String] = [], _ text: String
    ) throws -> CombinedPart {
        let document = try JSONDocument(
            parsing: SourceFile(path: "\(name).json", bytes: Array(text.utf8)), limits: .document)
        let version = try #require(
            OpenAPIVersion(document.root["openapi"]?.string ?? document.root["swagger"]?.string ?? ""))
        return CombinedPart(name: name, document: document, version: version, mount: mount, hosts: hosts)
    }

    /// The combined document, which has to load without a complaint.
    private func combined(_ parts: [CombinedPart]) throws -> (JSONValue, DocumentCombiner) {
        let combiner = DocumentCombiner(parts)
        let text = String(decoding: combiner.json(title: "All", version: "1"), as: UTF8.self)
        let loaded = DocumentLoader(roots: ["/api"], files: .memory(["/api/all.json": text])).load("/api/all.json")
        #expect(loaded.diagnostics.isEmpty, "\(loaded.diagnostics)")
        return (try #require(loaded.document).root, combiner)
    }

    private static let pets = """
        {"openapi":"3.0.3","info":{"title":"Pets","version":"1"},"security":[{"key":[]}],"paths":{
        "/pets/{id}":{"get":{"operationId":"get","parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string"}}],
        "responses":{"200":{"description":"ok","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Pet"},
        "example":{"$ref":"#/components/schemas/Pet"}}},"links":{"again":{"operationId":"get"}}}}}}},
        "components":{"securitySchemes":{"key":{"type":"apiKey","in":"header","name":"K"}},
        "schemas":{"Pet":{"oneOf":[{"$ref":"#/components/schemas/Cat"},{"$ref":"#/components/schemas/Dog"}],"discriminator":{"propertyName":"kind"}},
        "Cat":{"type":"object","properties":{"kind":{"type":"string"},"lives":{"type":"integer","nullable":true,"minimum":0,"exclusiveMinimum":true,"example":9}}},
        "Dog":{"type":"object","const":1,"properties":{"kind":{"type":"string"}}}}}}
        """

    private static let zoo = """
        {"openapi":"3.1.0","info":{"title":"Zoo","version":"1"},"tags":[{"name":"zoo"}],"paths":{
        "/cats":{"get":{"operationId":"get","tags":["zoo"],"responses":{"200":{"description":"ok","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Cat"}}}}}}}},
        "components":{"schemas":{"Cat":{"type":["object","null"]},"Dog":{"type":"object","const":1,"properties":{"kind":{"type":"string"}}}}}}
        """

    @Test("Names that mean different things get the API's name; the rest stays") func names() throws {
        let (root, _) = try combined([try part("pets", mount: "/v1", Self.pets), try part("zoo", Self.zoo)])
        let schemas = try #require(root["components"]?["schemas"])
        #expect(Set(schemas.members.map(\.name)) == ["Pet", "pets.Cat", "zoo.Cat", "pets.Dog", "zoo.Dog"])
        let get = try #require(root["paths"]?["/v1/pets/{id}"]?["get"])
        #expect(get["operationId"]?.string == "pets.get")
        #expect(root["paths"]?["/cats"]?["get"]?["operationId"]?.string == "zoo.get")
        #expect(
            root["paths"]?["/cats"]?["get"]?["responses"]?["200"]?["content"]?["application/json"]?["schema"]?["$ref"]?
                .string == "#/components/schemas/zoo.Cat")
        #expect(get["responses"]?["200"]?["links"]?["again"]?["operationId"]?.string == "pets.get")
        #expect(get["tags"]?.firstElement?.string == "pets")
        #expect(schemas["Pet"]?["oneOf"]?.firstElement?["$ref"]?.string == "#/components/schemas/pets.Cat")
        // Without a mapping the value `Cat` would mean a schema that is no longer there.
        #expect(schemas["Pet"]?["discriminator"]?["mapping"]?["Cat"]?.string == "#/components/schemas/pets.Cat")
    }

    @Test("What only looks like a reference stays") func examples() throws {
        let (root, _) = try combined([try part("pets", Self.pets), try part("zoo", Self.zoo)])
        let media = root["paths"]?["/pets/{id}"]?["get"]?["responses"]?["200"]?["content"]?["application/json"]
        #expect(media?["example"]?["$ref"]?.string == "#/components/schemas/Pet")
        let renamed = try part("other", Self.pets.replacing("#/components/schemas/Pet\"}}}", with: "#/x\"}}}"))
        #expect(renamed.references.count == 3)
    }

    @Test("Schemas of 3.0 mean the same in 3.1") func upgrade() throws {
        let (root, _) = try combined([try part("pets", Self.pets)])
        #expect(root["openapi"]?.string == "3.1.2")
        let schemas = try #require(root["components"]?["schemas"])
        let lives = try #require(schemas["Cat"]?["properties"]?["lives"])
        #expect(
            JSONWriter.text(of: lives) == #"{"type":["integer","null"],"exclusiveMinimum":0,"examples":[9]}"#)
        // 3.0 does not know `const`, so it never held.
        #expect(schemas["Dog"]?["const"] == nil)
    }

    @Test("Every keyword of 3.0 is kept, nothing else") func keywords() throws {
        let kept = """
            "title":"t","description":"d","type":"object","format":"f","default":{"$ref":"#/a"},"enum":[1],"multipleOf":2,"maximum":9,"minimum":1,\
            "maxLength":3,"minLength":1,"pattern":"a","maxItems":2,"minItems":1,"uniqueItems":true,"maxProperties":4,"minProperties":1,\
            "required":["a"],"allOf":[{"type":"string"}],"oneOf":[{}],"anyOf":[{}],"not":{"type":"null"},"items":{"type":"string"},\
            "properties":{"nullable":{"type":"string"},"const":{}},"additionalProperties":false,"readOnly":true,"writeOnly":false,\
            "xml":{"name":"x"},"externalDocs":{"url":"https://a.example"},"deprecated":true,"x-note":{"$ref":"#/b"}
            """
        let ignored =
            #""const":1,"if":{},"prefixItems":[],"patternProperties":{},"exclusiveMinimum":false,"nullable":false"#
        let document = """
            {"openapi":"3.0.3","info":{"title":"A","version":"1"},"paths":{},"components":{"schemas":{"S":{\(kept),\(ignored)}}}}
            """
        let text = String(
            decoding: DocumentCombiner([try part("a", document)]).json(title: "All", version: "1"), as: UTF8.self)
        let root = try JSONDocument(
            parsing: SourceFile(path: "all.json", bytes: Array(text.utf8)), limits: .document
        ).root
        #expect(JSONWriter.text(of: try #require(root["components"]?["schemas"]?["S"])) == "{\(kept)}")
    }

    @Test("What a document asks of all its operations stands at each of them") func security() throws {
        let (root, _) = try combined([try part("pets", Self.pets), try part("zoo", Self.zoo)])
        #expect(root["security"] == nil)
        #expect(root["paths"]?["/pets/{id}"]?["get"]?["security"]?.firstElement?["key"] != nil)
        #expect(root["paths"]?["/cats"]?["get"]?["security"] == nil)
    }

    @Test("Equal schemas are written once, unless what they refer to differs") func sharing() throws {
        func document(_ path: String, _ leaf: String) -> String {
            """
            {"openapi":"3.1.0","info":{"title":"A","version":"1"},"paths":{"/\(path)":{"get":{"tags":["t"],"responses":{"200":{"description":"ok",
            "content":{"application/json":{"schema":{"$ref":"#/components/schemas/List"}}}}}}}},"tags":[{"name":"t"}],
            "components":{"schemas":{"List":{"type":"array","items":{"$ref":"#/components/schemas/Item"}},"Item":{"type":"\(leaf)"},"Same":{"type":"string"}}}}
            """
        }
        let (equal, _) = try combined([try part("a", document("a", "string")), try part("b", document("b", "string"))])
        #expect(equal["components"]?["schemas"]?.members.map(\.name) == ["List", "Item", "Same"])
        let (apart, _) = try combined([try part("a", document("a", "string")), try part("b", document("b", "number"))])
        #expect(
            apart["components"]?["schemas"]?.members.map(\.name) == ["a.List", "a.Item", "Same", "b.List", "b.Item"])
        #expect(apart["components"]?["schemas"]?["b.List"]?["items"]?["$ref"]?.string == "#/components/schemas/b.Item")
    }

    @Test("What cannot be in it is left out whole, and the document says so") func omissions() throws {
        let old = #"{"swagger":"2.0","info":{"title":"Old","version":"1"},"paths":{}}"#
        let twin = Self.zoo.replacing("/cats", with: "/pets/{name}")
        let (root, combiner) = try combined([
            try part("pets", hosts: ["a.example"], Self.pets), try part("old", old),
            try part("twin", hosts: ["b.example"], twin),
        ])
        #expect(combiner.omissions.map(\.name) == ["old", "twin"])
        let description = try #require(root["info"]?["description"]?.string)
        #expect(description.contains("- old: its document follows Swagger 2.0"))
        #expect(description.contains("- twin: its path `/pets/{name}` is also one of pets, on another host"))
        #expect(root["paths"]?["/pets/{id}"]?["servers"]?.firstElement?["url"]?.string == "//a.example")
    }
}

extension JSONValue {
    /// The first element of an array.
    fileprivate var firstElement: JSONValue? { elements.first { _ in true } }
}
