import MessageContracts
import Testing

/// `validation.undeclaredFields`: only what no applicable schema describes.
@Suite("Undeclared fields of responses")
struct UndeclaredFieldTests {
    /// What a response's content has beyond its schema.
    private static func undeclared(
        _ content: String, _ schema: String, type: String = "application/json", coding: String? = nil
    ) throws -> UndeclaredContent {
        let fixture = try ContractFixture(
            """
            openapi: 3.1.0
            info: {title: t, version: "1"}
            paths:
              /a:
                get:
                  responses: {"200": {description: d, content: {\(type): {schema: \(schema)}}}}
            components:
              schemas:
                Tree:
                  properties: {name: {type: string}, children: {type: array, items: {$ref: '#/components/schemas/Tree'}}}
                Cat: {required: [kind, lives], properties: {kind: {const: cat}, lives: {type: integer}}}
                Dog: {required: [kind, tricks], properties: {kind: {const: dog}, tricks: {type: array}}}

            """)
        let response = try #require(fixture.contract.operations[0].response(for: 200))
        var workspace = ContractWorkspace()
        let fields = [("Content-Type", type)] + (coding.map { [("Content-Encoding", $0)] } ?? [])
        return Borrowed.withFields(fields.map { (Array($0.0.utf8), Array($0.1.utf8)) }) { fields in
            Array(content.utf8).withUnsafeBytes {
                response.undeclared(response.bodyPolicy(fields), $0, using: &workspace)
            }
        }
    }

    @Test(
        "what no schema describes goes, the rest stays byte for byte",
        arguments: [
            ("{properties: {a: {}}}", #"{"a": 1, "b": 2}"#, #"{"a": 1}"#),
            ("{properties: {a: {}}}", #"{"b": 2, "a": 1}"#, #"{"a": 1}"#),
            ("{properties: {a: {}}}", #"{ "b": {"a": 2} }"#, #"{  }"#),
            ("{properties: {a: {}}}", #"{"x":1, "a": [ 1 ] , "y":2,"z":3}"#, #"{"a": [ 1 ]}"#),
            (
                "{properties: {a: {}, b: {}}}", #"{"x":1,"y":2,"a":1,"z":3 ,"b":[{"q":1}],"w":0}"#,
                #"{"a":1 ,"b":[{"q":1}]}"#
            ),
            ("{properties: {a: {properties: {b: {}}}}}", #"{"a":{"b":1,"c":2},"d":3}"#, #"{"a":{"b":1}}"#),
            ("{items: {properties: {a: {}}}}", #"[{"a":1,"b":1},{"b":1},{"a":2}]"#, #"[{"a":1},{},{"a":2}]"#),
            ("{allOf: [{properties: {a: {}}}, {properties: {b: {}}}]}", #"{"a":1,"b":2,"c":3}"#, #"{"a":1,"b":2}"#),
            ("{patternProperties: {'^x-': {}}}", #"{"x-a":1,"y":2}"#, #"{"x-a":1}"#),
            (
                "{$ref: '#/components/schemas/Tree'}",
                #"{"name":"r","id":1,"children":[{"name":"c","id":2,"children":[{"id":3}]}]}"#,
                #"{"name":"r","children":[{"name":"c","children":[{}]}]}"#
            ),
            (
                "{oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]}",
                #"{"kind":"dog","lives":9,"tricks":[]}"#, #"{"kind":"dog","tricks":[]}"#
            ),
            (
                "{anyOf: [{required: [a], properties: {a: {}}}, {required: [b], properties: {b: {}}}]}",
                #"{"a":1,"b":2,"c":3}"#, #"{"a":1,"b":2}"#
            ),
            (
                "{if: {required: [a]}, then: {properties: {a: {}, b: {}}}, else: {properties: {c: {}}}}",
                #"{"a":1,"b":2,"c":3}"#, #"{"a":1,"b":2}"#
            ),
        ])
    func stripped(schema: String, content: String, rest: String) throws {
        guard case .members(_, let bytes) = try Self.undeclared(content, schema) else {
            Issue.record("nothing was found")
            return
        }
        #expect(String(decoding: bytes, as: UTF8.self) == rest)
    }

    @Test(
        "what is described, and what nothing is said about, stays",
        arguments: [
            ("{properties: {a: {}}}", #"{"a": 1}"#), ("{}", #"{"a": {"b": 1}}"#), ("{type: object}", #"{"a": 1}"#),
            ("{properties: {a: {type: object}}}", #"{"a": {"b": 1}}"#), ("true", #"{"a": 1}"#),
            ("{additionalProperties: {type: integer}}", #"{"a": 1}"#),
            ("{properties: {a: {}}, additionalProperties: true}", #"{"a": 1, "b": 2}"#),
            ("{properties: {a: {}}, unevaluatedProperties: {}}", #"{"a": 1, "b": 2}"#), ("{items: {}}", #"[{"a":1}]"#),
        ])
    func kept(schema: String, content: String) throws {
        #expect(try Self.undeclared(content, schema) == .none)
    }

    @Test("of content that breaks its schema, is no JSON, or is coded, nobody can say")
    func unknown() throws {
        let schema = "{properties: {a: {type: integer}}}"
        #expect(try Self.undeclared(#"{"a": "x", "b": 1}"#, schema) == .unknown)
        #expect(try Self.undeclared(#"{"a": 1, "b"}"#, schema) == .unknown)
        #expect(try Self.undeclared(#"{"a": 1, "b": 2}"#, schema, coding: "gzip") == .coded)
        #expect(try Self.undeclared("<a/>", schema, type: "text/plain") == .none)
    }

    @Test("members are counted by themselves, not with what stands below them")
    func count() throws {
        let found = try Self.undeclared(#"{"a":1,"b":{"c":{"d":1}},"e":2}"#, "{properties: {a: {}}}")
        #expect(found == .members(count: 2, rest: Array(#"{"a":1}"#.utf8)))
    }
}
