import JSONDocuments
import LintelCommand
import MessageContracts
import OpenAPIDocuments
import SourceDiagnostics
import TestSupport
import Testing

@Suite("lintel bundle")
struct BundlingTests {
    /// A description in several files, with all kinds of targets, a cycle over files and names that collide.
    private static let files = [
        "main.yaml": """
        openapi: 3.0.3
        info: {title: t, version: "1"}
        paths:
          /pets: {$ref: paths/pets.yaml}
          /owners:
            summary: with a member beside the reference
            $ref: 'paths/owners.yaml#/owners'
        components:
          schemas:
            Pet: {$ref: schemas/pet.yaml}
            Owner: {type: object, description: another owner}
            Local: {allOf: [{$ref: '#/components/schemas/Pet'}, {$ref: 'main.yaml#/components/schemas/Owner'}]}
          responses:
            Problem: {description: p}
        """,
        "paths/pets.yaml": """
        parameters:
          - $ref: '../parameters.yaml#/Limit'
        get:
          operationId: listPets
          responses:
            "200":
              description: d
              headers: {X-Next: {$ref: '../headers/next.yaml'}}
              content:
                application/json: {schema: {type: array, items: {$ref: ../schemas/pet.yaml}}}
            default: {$ref: '../main.yaml#/components/responses/Problem'}
          callbacks:
            done: {$ref: '../callbacks.yaml#/Done'}
        post:
          operationId: addPet
          requestBody: {$ref: '../bodies.yaml#/NewPet'}
          responses:
            "201": {$ref: '../responses.yaml#/responses/Created'}
        """,
        "paths/owners.yaml": """
        owners:
          get:
            operationId: listOwners
            responses: {"200": {$ref: '../responses.yaml#/responses/Owners'}}
        """,
        "parameters.yaml": "Limit: {name: limit, in: query, schema: {$ref: 'schemas/common.yaml#/Limit'}}\n",
        "headers/next.yaml": "schema: {type: string, maxLength: 9}\n",
        "bodies.yaml": """
        NewPet:
          required: true
          content: {application/json: {schema: {$ref: schemas/pet.yaml}, examples: {one: {$ref: 'examples.yaml#/one'}}}}
        """,
        "examples.yaml": "one: {value: {$ref: not a reference but data}}\n",
        "responses.yaml": """
        responses:
          Created: {description: c, content: {application/json: {schema: {$ref: 'schemas/pet.yaml'}}}}
          Owners: {description: o, content: {application/json: {schema: {$ref: 'schemas/owner.yaml'}}}}
        """,
        "callbacks.yaml": """
        Done:
          '{$request.body#/url}':
            $ref: 'paths/owners.yaml#/owners'
        """,
        "schemas/pet.yaml": """
        type: object
        required: [name]
        properties:
          name: {type: string, minLength: 1}
          owner: {$ref: owner.yaml}
          kind: {$ref: '#/definitions/Kind'}
          friends: {type: array, items: {$ref: pet.yaml}}
          animal:
            oneOf: [{$ref: 'animals.yaml#/Cat'}, {$ref: 'animals.yaml#/Dog'}]
            discriminator:
              propertyName: type
              mapping: {cat: 'animals.yaml#/Cat', dog: 'animals.yaml#/Dog', owner: Owner, gone: 'gone.yaml#/X'}
        definitions:
          Kind: {enum: [a, b]}
        """,
        "schemas/owner.yaml": """
        type: object
        properties: {pets: {type: array, items: {$ref: pet.yaml}}, limit: {$ref: 'common.yaml#/Limit'}}
        """,
        "schemas/animals.yaml": """
        Cat: {type: object, properties: {type: {type: string}, lives: {$ref: 'common.yaml#/x/Limit'}}}
        Dog: {type: object, properties: {type: {type: string}}}
        """,
        "schemas/common.yaml": "Limit: {type: integer, maximum: 9}\nx: {Limit: {type: integer, maximum: 7}}\n",
    ]

    /// Loads a text that stands alone.
    private func load(_ bytes: [UInt8], _ name: String) throws -> OpenAPIDocument {
        let files = DocumentFiles.memory([name: String(decoding: bytes, as: UTF8.self)])
        let loaded = DocumentLoader(files: files).load(name)
        let errors = loaded.diagnostics.filter { $0.severity == .error }
        #expect(errors.isEmpty, "\(errors.prefix(3).map(\.message))")
        return try #require(loaded.document)
    }

    /// Bundles the main file of a folder in both formats, and holds the outcome to the original.
    private func bundle(_ path: String) throws -> OpenAPIDocument {
        let original = try #require(DocumentLoader().load(path).document)
        let json = Bundling.run(path, asJSON: true)
        let yaml = Bundling.run(path, asJSON: false)
        let jsonText = try #require(json.bundle, "\(json.diagnostics.prefix(3).map(\.message))")
        let yamlText = try #require(yaml.bundle, "\(yaml.diagnostics.prefix(3).map(\.message))")
        let result = try load(jsonText, "/b.json")
        #expect(result.root.structurallyEquals(try load(yamlText, "/b.yaml").root))
        #expect(result.files.count == 1)
        let same = SameContract(original, result)
        #expect(same.differences == [])
        #expect(same.comparisons > original.operations.count)
        #expect(result.operations.map(\.name) == original.operations.map(\.name))
        let before = try #require(APIContract.compile(original).contract)
        let after = try #require(APIContract.compile(result).contract)
        for (one, other) in zip(before.operations, after.operations) {
            #expect(
                [one.needsPath, one.needsQuery, one.needsFields, one.mayNeedBody]
                    == [other.needsPath, other.needsQuery, other.needsFields, other.mayNeedBody])
        }
        return result
    }

    @Test("every kind of target is pulled in, and the contract stays the same")
    func kinds() throws {
        let folder = try TemporaryFolder(Self.files)
        let root = try bundle(folder.file("main.yaml")).root
        let components = try #require(root["components"])
        func names(_ section: String) -> [String] { (components[section]?.members).map { $0.map(\.name) } ?? [] }
        // Names of the main document stay; `owner.yaml` is no `Owner`; two schemas are called Limit in one file.
        #expect(names("schemas") == ["Pet", "Owner", "Local", "Cat", "Dog", "Limit", "common_Limit", "owner"])
        #expect(names("parameters") == ["Limit"])
        #expect(names("responses") == ["Problem", "Created", "Owners"])
        #expect(names("requestBodies") == ["NewPet"])
        #expect(names("headers") == ["next"])
        #expect(names("callbacks") == ["Done"])
        #expect(names("examples") == ["one"])
        // A component and a path item that were nothing but references are what they referred to.
        #expect(components["schemas"]?["Pet"]?["type"]?.string == "object")
        #expect(root["paths"]?["/pets"]?["get"]?["operationId"]?.string == "listPets")
        // A path item with more members keeps its reference; before 3.1 there are no components for it.
        #expect(root["paths"]?["/owners"]?["$ref"]?.string == "#/x-bundled/pathItems/owners")
        // What lies in a target is reached through it.
        let pet = components["schemas"]?["Pet"]?["properties"]
        #expect(pet?["kind"]?["$ref"]?.string == "#/components/schemas/Pet/definitions/Kind")
        #expect(pet?["friends"]?["items"]?["$ref"]?.string == "#/components/schemas/Pet")
        // Data that looks like a reference is data.
        #expect(components["examples"]?["one"]?["value"]?["$ref"]?.string == "not a reference but data")
    }

    @Test("discriminator mappings lead to the new places; names and what leads nowhere stay, the latter with a warning")
    func discriminators() throws {
        let folder = try TemporaryFolder(Self.files)
        let outcome = Bundling.run(folder.file("main.yaml"), asJSON: true)
        #expect(outcome.diagnostics.map(\.code) == ["bundle-dangling-name"])
        let root = try load(try #require(outcome.bundle), "/b.json").root
        let animal = root["components"]?["schemas"]?["Pet"]?["properties"]?["animal"]
        let mapping = try #require(animal?["discriminator"]?["mapping"])
        #expect(mapping["cat"]?.string == "#/components/schemas/Cat")
        #expect(mapping["dog"]?.string == "#/components/schemas/Dog")
        #expect(mapping["owner"]?.string == "Owner")
        #expect(mapping["gone"]?.string == "gone.yaml#/X")
    }

    @Test("the same files give the same bytes, wherever they lie")
    func stability() throws {
        let one = try TemporaryFolder(Self.files)
        let other = try TemporaryFolder(Self.files)
        let first = Bundling.run(one.file("main.yaml"), asJSON: false).bundle
        #expect(first != nil && first == Bundling.run(other.file("main.yaml"), asJSON: false).bundle)
    }

    @Test("a bundle of a bundle is the same bundle")
    func fixedPoint() throws {
        let folder = try TemporaryFolder(Self.files)
        let first = try #require(Bundling.run(folder.file("main.yaml"), asJSON: true).bundle)
        try folder.write(String(decoding: first, as: UTF8.self), to: "alone/bundle.json")
        #expect(Bundling.run(folder.file("alone/bundle.json"), asJSON: true).bundle == first)
    }

    @Test("2.0: schemas become definitions, parameters and responses have sections of their own")
    func version2() throws {
        let folder = try TemporaryFolder([
            "main.yaml": """
            swagger: "2.0"
            info: {title: t, version: "1"}
            paths:
              /a:
                get:
                  parameters: [{$ref: 'x.yaml#/parameters/limit'}]
                  responses: {200: {$ref: 'x.yaml#/responses/ok'}}
            """,
            "x.yaml": """
            parameters: {limit: {name: limit, in: query, type: integer}}
            responses: {ok: {description: d, schema: {$ref: '#/definitions/A'}}}
            definitions: {A: {type: object, properties: {a: {$ref: '#/definitions/A'}}}}
            """,
        ])
        let root = try bundle(folder.file("main.yaml")).root
        #expect(root["definitions"]?["A"] != nil && root["parameters"]?["limit"] != nil)
        #expect(root["responses"]?["ok"]?["schema"]?["$ref"]?.string == "#/definitions/A")
    }

    @Test("3.1: boolean schemas and members beside references stay, path items become components")
    func version31() throws {
        let folder = try TemporaryFolder([
            "main.yaml": """
            openapi: 3.1.0
            info: {title: t, version: "1"}
            paths:
              /a:
                post:
                  requestBody:
                    content: {application/json: {schema: {$ref: 'x.yaml#/A', description: here}}}
                  responses: {default: {description: d}}
              /b: {$ref: 'x.yaml#/item', summary: s}
            components: {schemas: {N: {$ref: 'x.yaml#/A', minProperties: 1}}}
            """,
            "x.yaml": """
            A: {type: [object, "null"], properties: {t: true, f: {$ref: '#/B'}}}
            B: false
            item: {get: {responses: {default: {description: d}}}}
            """,
        ])
        let root = try bundle(folder.file("main.yaml")).root
        let schemas = try #require(root["components"]?["schemas"])
        #expect(schemas.members.map(\.name) == ["N", "A", "B"])
        #expect(schemas["N"]?["$ref"]?.string == "#/components/schemas/A")
        #expect(schemas["N"]?["minProperties"]?.int == 1)
        #expect(schemas["B"]?.bool == false)
        #expect(root["paths"]?["/b"]?["$ref"]?.string == "#/components/pathItems/item")
    }

    @Test("3.1: references to anchors of other files become pointers, so that two files may use the same name")
    func anchors() throws {
        let folder = try TemporaryFolder([
            "main.yaml": """
            openapi: 3.1.0
            info: {title: t, version: "1"}
            paths:
              /a:
                post:
                  requestBody: {content: {application/json: {schema: {$ref: x.yaml}}}}
                  responses: {default: {description: d}}
            """,
            "x.yaml": """
            properties: {n: {$ref: '#named'}, w: {$ref: y.yaml}, y: {$ref: 'y.yaml#named'}}
            $defs: {B: {$anchor: named, type: integer}}
            """,
            "y.yaml": "$defs: {C: {$anchor: named, type: string}}\n",
        ])
        let bytes = try #require(Bundling.run(folder.file("main.yaml"), asJSON: true).bundle)
        let document = try load(bytes, "/b.json")
        let schemas = document.root["components"]?["schemas"]
        #expect(schemas?["x"]?["properties"]?["n"]?["$ref"]?.string == "#/components/schemas/x/$defs/B")
        #expect(schemas?["x"]?["properties"]?["y"]?["$ref"]?.string == "#/components/schemas/y/$defs/C")
        #expect(schemas?["y"]?["$defs"]?["C"]?["$anchor"] == nil)
        #expect(APIContract.compile(document).contract != nil)
    }

    @Test("what cannot keep its meaning is refused", arguments: ["$id: y.json", "$dynamicAnchor: node"])
    func refused(keyword: String) throws {
        let folder = try TemporaryFolder([
            "main.yaml": """
            openapi: 3.1.0
            info: {title: t, version: "1"}
            paths: {}
            components: {schemas: {A: {items: {$ref: x.yaml}}}}
            """,
            "x.yaml": keyword + "\ntype: object\n",
        ])
        let outcome = Bundling.run(folder.file("main.yaml"), asJSON: true)
        #expect(outcome.bundle == nil && outcome.diagnostics.first?.code == "bundle-identified-schema")
        let column = keyword.prefix { $0 != ":" }.count + 3
        #expect(outcome.diagnostics.first?.range?.start.description == "1:\(column)")
    }

    @Test("a document with errors is not bundled")
    func broken() throws {
        let folder = try TemporaryFolder([
            "main.yaml": "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {/a: {$ref: gone.yaml}}\n"
        ])
        let outcome = Bundling.run(folder.file("main.yaml"), asJSON: true)
        #expect(outcome.bundle == nil && outcome.diagnostics.contains { $0.severity == .error })
        #expect(Bundling.run(folder.file("absent.yaml"), asJSON: true).bundle == nil)
    }

    @Test("Asana's 132 files become one with the same contract", .enabled(if: Corpora.isPresent, "\(Corpora.absence)"))
    func asana() throws {
        let result = try bundle(Corpora.file("realworld/asana-multifile/large.yaml"))
        #expect(result.operations.count == 152)
    }

    @Test(
        "a document that is one already stays as it is", .enabled(if: Corpora.isPresent, "\(Corpora.absence)"),
        arguments: ["asana.yaml", "lxkns.yaml", "google-books.yaml", "kong-konnect-mesh-control-planes.yaml"])
    func alone(name: String) throws {
        let path = Corpora.file("realworld/" + name)
        let original = try #require(DocumentLoader().load(path).document)
        #expect(try bundle(path).root.structurallyEquals(original.root))
    }
}
