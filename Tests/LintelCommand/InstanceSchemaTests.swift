import JSONDocuments
import LintelCommand
import SchemaCompilation
import SourceDiagnostics
import TestSupport
import Testing
import YAMLDocuments

@Suite("lintel validate --schema")
struct InstanceSchemaTests {
    /// What the command prints about an instance, one line each.
    private func lines(
        _ schema: String, _ instance: String, named name: String = "i.json",
        _ choices: InstanceSchema.Choices = InstanceSchema.Choices(), extension: String = "json"
    ) throws -> [String] {
        let folder = try TemporaryFolder(["s.\(`extension`)": schema])
        let loaded = InstanceSchema.load(folder.file("s.\(`extension`)"), choices)
        let compiled = try #require(loaded.schema, "\(loaded.diagnostics.map(\.message))")
        let document = try DocumentParser.parse(SourceFile(path: name, bytes: Array(instance.utf8))).get()
        return compiled.diagnostics(for: document).map { DiagnosticRenderer().render($0) }
    }

    @Test("a violation is told as file:line:column with pointer, message and keyword")
    func place() throws {
        let found = try lines(
            #"{"properties": {"a": {"items": {"maximum": 2}}}, "required": ["b"]}"#, "{\n  \"a\": [1,\n   3]\n}")
        #expect(found.count == 2)
        #expect(found.contains { $0.hasPrefix("i.json:3:4: error: /a/1: ") && $0.hasSuffix(" [maximum]\n") })
        #expect(found.contains { $0.hasPrefix("i.json:1:1: error: (root): ") && $0.contains("\"b\"") })
    }

    @Test("schemas and instances may be YAML")
    func yaml() throws {
        let schema = "type: object\nproperties:\n  a: {type: string}\n"
        #expect(try lines(schema, "a: no\n", named: "i.yaml", extension: "yaml") == [])
        let found = try lines(schema, "b: 1\na: 1\n", named: "i.yaml", extension: "yaml")
        #expect(found.count == 1 && found[0].hasPrefix("i.yaml:2:4: error: /a: "))
    }

    @Test(
        "the dialect is what $schema says, else what was asked for, else 2020-12",
        arguments: [
            // What draft 7 does with members beside a reference: nothing.
            (#"{"$schema": "http://json-schema.org/draft-07/schema#", "definitions": {"a": {}},"#, nil, true),
            (#"{"definitions": {"a": {}},"#, Dialect.draft7, true),
            (#"{"definitions": {"a": {}},"#, nil, false),
            (#"{"$schema": "https://json-schema.org/draft/2020-12/schema", "definitions": {"a": {}},"#, .draft7, false),
        ] as [(String, Dialect?, Bool)])
    func dialect(start: String, asked: Dialect?, isValid: Bool) throws {
        let schema = start + ##""$ref": "#/definitions/a", "type": "string"}"##
        let found = try lines(schema, "1", InstanceSchema.Choices(dialect: asked))
        #expect(found.isEmpty == isValid)
    }

    @Test("formats are asserted unless they are switched off")
    func formats() throws {
        let schema = #"{"format": "ipv4"}"#
        #expect(try lines(schema, #""256.0.0.1""#).count == 1)
        #expect(try lines(schema, #""256.0.0.1""#, InstanceSchema.Choices(assertsFormats: false)) == [])
    }

    @Test("a folder stands for the documents under a URI, whatever the number of slashes between them")
    func remotes() throws {
        let folder = try TemporaryFolder([
            "remotes/integer.json": #"{"type": "integer"}"#, "remotes/a/b.yaml": "$ref: ../integer.json\n",
            "remotes/broken.json": "{", "remotes/notes.txt": "no schema",
        ])
        for prefix in ["http://localhost:1234", "http://localhost:1234/", "http://localhost:1234//"] {
            let remote = try #require(RemoteFolder(prefix + "=" + folder.file("remotes")))
            let choices = InstanceSchema.Choices(remotes: [remote])
            let schema = #"{"$ref": "http://localhost:1234/a/b.yaml"}"#
            #expect(try lines(schema, "1", choices) == [])
            #expect(try lines(schema, "1.5", choices).count == 1)
        }
        #expect(RemoteFolder("http://localhost") == nil)
        #expect(RemoteFolder("http://localhost=" + folder.file("absent")) == nil)
        #expect(RemoteFolder("=" + folder.file("remotes")) == nil)
        #expect(RemoteFolder("http://h/?a=b=" + folder.file("remotes"))?.uri == "http://h/?a=b")
    }

    @Test("remote documents in a folder named like a draft are read as that draft")
    func remoteDrafts() throws {
        let folder = try TemporaryFolder([
            "draft7/s.json": ##"{"definitions": {"a": {}}, "$ref": "#/definitions/a", "type": "string"}"##,
            "draft2019-09/s.json": ##"{"$defs": {"a": {}}, "$ref": "#/$defs/a", "type": "string"}"##,
        ])
        let choices = InstanceSchema.Choices(remotes: [try #require(RemoteFolder("http://h=" + folder.path))])
        #expect(try lines(#"{"$ref": "http://h/draft7/s.json"}"#, "1", choices) == [])
        #expect(try lines(#"{"$ref": "http://h/draft2019-09/s.json"}"#, "1", choices).count == 1)
    }

    @Test("files beside the schema are found by relative references, files elsewhere are not")
    func neighbours() throws {
        let folder = try TemporaryFolder([
            "s/main.json": #"{"properties": {"a": {"$ref": "parts/a.json"}}}"#,
            "s/parts/a.json": #"{"items": {"$ref": "../b.yaml#/x"}}"#, "s/b.yaml": "x: {type: string}\n",
            "s/outside.json": #"{"$ref": "../o.json"}"#, "o.json": "{}",
        ])
        let schema = try #require(InstanceSchema.load(folder.file("s/main.json"), .init()).schema)
        #expect(schema.diagnostics(for: try JSONDocument(parsing: #"{"a": ["x"]}"#)).isEmpty)
        #expect(schema.diagnostics(for: try JSONDocument(parsing: #"{"a": [1]}"#)).count == 1)
        let outside = InstanceSchema.load(folder.file("s/outside.json"), .init())
        #expect(outside.schema == nil && outside.diagnostics.contains { $0.code == "unresolved-reference" })
    }

    @Test("a schema inside an OpenAPI document is named by its pointer and read in the document's language")
    func pointer() throws {
        let folder = try TemporaryFolder([
            "api.yaml": "openapi: 3.0.3\ncomponents: {schemas: {A: {type: string, nullable: true}}}\n"
        ])
        let schema = try #require(InstanceSchema.load(folder.file("api.yaml#/components/schemas/A"), .init()).schema)
        #expect(schema.diagnostics(for: try JSONDocument(parsing: "null")).isEmpty)
        #expect(schema.diagnostics(for: try JSONDocument(parsing: "1")).count == 1)
        #expect(InstanceSchema.load(folder.file("api.yaml#/components/schemas/B"), .init()).schema == nil)
    }

    @Test("a schema that is absent or broken is no schema, and it is said why", arguments: ["{", #"{"type": "text"}"#])
    func broken(text: String) throws {
        let folder = try TemporaryFolder(["s.json": text])
        let loaded = InstanceSchema.load(folder.file("s.json"), .init())
        #expect(loaded.schema == nil && loaded.diagnostics.contains { $0.severity == .error })
        #expect(InstanceSchema.load(folder.file("absent.json"), .init()).diagnostics.first?.code == "file-unreadable")
    }
}
