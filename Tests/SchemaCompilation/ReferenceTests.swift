import SchemaCompilation
import Testing

/// References between documents and into OpenAPI documents.
struct ReferenceTests {
    @Test("references are relative to their own document")
    func relative() throws {
        let others = [
            "parts/pet.json":
                ##"{"type":"object","properties":{"owner":{"$ref":"../people.json#/definitions/Person"}}}"##,
            "people.json": #"{"definitions":{"Person":{"type":"string","minLength":1}}}"#,
        ]
        let fixture = try SchemaFixture(#"{"$ref":"parts/pet.json"}"#, dialect: .oas3_0, others: others)
        #expect(fixture.diagnostics.isEmpty)
        #expect(try fixture.accepts(#"{"owner":"Ann"}"#) == true)
        #expect(try fixture.accepts(#"{"owner":""}"#) == false)
    }

    @Test(
        "identifiers are resolved as RFC 3986 says",
        arguments: [
            ("https://a.test/b/c", "d", "https://a.test/b/d"), ("https://a.test/b/c", "../d", "https://a.test/d"),
            ("https://a.test/b/c", "/d", "https://a.test/d"), ("https://a.test", "d", "https://a.test/d"),
            ("https://a.test/b/c", "?q", "https://a.test/b/c?q"), ("https://a.test/b/", "./d/", "https://a.test/b/d/"),
            ("specs/api.yaml", "common.yaml", "/specs/common.yaml"), ("specs/api.yaml", "../x.yaml", "/x.yaml"),
            ("urn:x:y", "urn:x:z", "urn:x:z"), ("https://a.test/b", "//c.test/d", "https://c.test/d"),
            ("file:///a/b.json", "c.json", "file:///a/c.json"), ("https://a.test/b/c/..", "d", "https://a.test/b/d"),
        ] as [(String, String, String)])
    func resolution(_ base: String, _ reference: String, _ expected: String) throws {
        let document =
            "{\"$id\":\"\(base)\",\"$ref\":\"\(reference)\","
            + "\"$defs\":{\"x\":{\"$id\":\"\(expected)\",\"type\":\"string\"}}}"
        let fixture = try SchemaFixture(document)
        #expect(fixture.diagnostics.isEmpty)
        #expect(try fixture.accepts("1") == false)
    }

    @Test("a schema is compiled once, whoever refers to it")
    func sharing() throws {
        let references = Array(repeating: ##"{"$ref":"#/$defs/x"}"##, count: 100).joined(separator: ",")
        let fixture = try SchemaFixture("{\"prefixItems\":[\(references)],\"$defs\":{\"x\":{\"type\":\"string\"}}}")
        #expect(fixture.program.schemaCount == 102)
    }

    @Test(
        "the metaschemas judge schemas",
        arguments: [
            ("http://json-schema.org/draft-04/schema#", Dialect.draft4),
            ("http://json-schema.org/draft-06/schema#", .draft6),
            ("http://json-schema.org/draft-07/schema#", .draft7),
            ("https://json-schema.org/draft/2019-09/schema", .draft2019_09),
            ("https://json-schema.org/draft/2020-12/schema", .draft2020_12),
        ] as [(String, Dialect)])
    func metaschemas(_ uri: String, _ dialect: Dialect) throws {
        let fixture = try SchemaFixture("{\"$ref\":\"\(uri)\"}", dialect: dialect)
        #expect(fixture.diagnostics.isEmpty)
        #expect(try fixture.accepts(#"{"properties":{"a":{"type":"string","items":{"minimum":1}}}}"#) == true)
        #expect(try fixture.accepts(#"{"properties":{"a":{"type":"strng"}}}"#) == false)
        #expect(try fixture.accepts(#"{"properties":{"a":{"allOf":[{"minLength":-1}]}}}"#) == false)
        #expect(try fixture.accepts(#"{"required":"a"}"#) == false)
    }
}
