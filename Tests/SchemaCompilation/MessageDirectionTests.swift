import SchemaCompilation
import Testing

/// `readOnly` and `writeOnly` in both directions.
struct MessageDirectionTests {
    /// A pet whose id is read-only in one branch and required in another, by way of references.
    static let pets = """
        {"components":{"schemas":{
          "Identifier":{"type":"integer","readOnly":true},
          "Base":{"type":"object","properties":{"id":{"$ref":"#/components/schemas/Identifier"},
            "secret":{"type":"string","writeOnly":true}}},
          "Pet":{"allOf":[{"$ref":"#/components/schemas/Base"},{"required":["id","name","secret"],
            "properties":{"name":{"type":"string"}}}]},
          "Litter":{"type":"array","items":{"$ref":"#/components/schemas/Pet"}}}}}
        """

    @Test("required counts in the direction that the property travels (OpenAPI 3.0)")
    func version3_0() throws {
        let request = try SchemaFixture(Self.pets, at: "/components/schemas/Pet", dialect: .oas3_0, direction: .request)
        #expect(try request.accepts(#"{"name":"Rex","secret":"s"}"#) == true)
        #expect(try request.accepts(#"{"name":"Rex"}"#) == false)
        #expect(try request.accepts(#"{"name":"Rex","secret":"s","id":1}"#) == false)
        #expect(try request.violations(#"{"name":"Rex","secret":"s","id":1}"#).map(\.keyword) == ["readOnly"])
        let response = try SchemaFixture(
            Self.pets, at: "/components/schemas/Pet", dialect: .oas3_0, direction: .response)
        #expect(try response.accepts(#"{"name":"Rex","id":1}"#) == true)
        #expect(try response.accepts(#"{"name":"Rex"}"#) == false)
        #expect(try response.accepts(#"{"name":"Rex","id":1,"secret":"s"}"#) == false)
    }

    @Test("the rule holds through items")
    func items() throws {
        let request = try SchemaFixture(
            Self.pets, at: "/components/schemas/Litter", dialect: .oas3_0, direction: .request)
        #expect(try request.accepts(#"[{"name":"Rex","secret":"s"}]"#) == true)
        #expect(try request.accepts(#"[{"secret":"s"}]"#) == false)
    }

    @Test("a parent may require what a branch marks, and a shared schema is not spoiled by that")
    func parent() throws {
        let document = """
            {"x":{"allOf":[{"$ref":"#/r"},{"properties":{"id":{"readOnly":true}}}]},
             "y":{"$ref":"#/r"},"r":{"required":["id"]}}
            """
        let spoiled = try SchemaFixture(document, at: "/x", dialect: .oas3_0, direction: .request)
        #expect(try spoiled.accepts("{}") == true)
        let plain = try SchemaFixture(document, at: "/y", dialect: .oas3_0, direction: .request)
        #expect(try plain.accepts("{}") == false)
    }

    @Test("since 3.1 a read-only property may be sent, and required always counts")
    func version3_1() throws {
        let request = try SchemaFixture(Self.pets, at: "/components/schemas/Pet", dialect: .oas3_1, direction: .request)
        #expect(try request.accepts(#"{"name":"Rex","secret":"s","id":1}"#) == true)
        #expect(try request.accepts(#"{"name":"Rex","secret":"s"}"#) == false)
        let response = try SchemaFixture(
            Self.pets, at: "/components/schemas/Pet", dialect: .oas3_1, direction: .response)
        #expect(try response.accepts(#"{"name":"Rex","id":1,"secret":"s"}"#) == false)
        #expect(try response.accepts(#"{"name":"Rex","id":1}"#) == true)
    }

    @Test("without a direction both are annotations")
    func none() throws {
        let neither = try SchemaFixture(Self.pets, at: "/components/schemas/Pet", dialect: .oas3_0)
        #expect(try neither.accepts(#"{"name":"Rex","id":1,"secret":"s"}"#) == true)
    }

    @Test("a schema that refers to itself is marked without end")
    func recursion() throws {
        let document =
            ##"{"type":"object","required":["id"],"properties":{"id":{"readOnly":true},"next":{"$ref":"#"}}}"##
        let request = try SchemaFixture(document, dialect: .oas3_0, direction: .request)
        #expect(try request.accepts(#"{"next":{"next":{}}}"#) == true)
        #expect(try request.accepts(#"{"next":{"next":{"id":1}}}"#) == false)
    }
}
