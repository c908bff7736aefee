import SchemaCompilation
import SchemaEvaluation
import SourceDiagnostics
import Testing

/// What the compiler says to authors.
struct AuthorMistakeTests {
    @Test(
        "a mistake is reported with its place, and opens no gate",
        arguments: [
            (#"{"pattern":"a++"}"#, "bad-pattern", 15), (#"{"pattern":"\\Aa"}"#, "bad-pattern", 12),
            (#"{"patternProperties":{"(":{}}}"#, "bad-pattern", 24),
            (#"{"minLength":-1}"#, "bad-keyword-value", 14), (#"{"minLength":"1"}"#, "bad-keyword-value", 14),
            (#"{"maximum":"1"}"#, "bad-keyword-value", 12), (#"{"type":"strng"}"#, "bad-keyword-value", 9),
            (#"{"multipleOf":0}"#, "bad-keyword-value", 15), (#"{"allOf":[]}"#, "bad-keyword-value", 10),
            (#"{"required":[1]}"#, "bad-keyword-value", 14), (#"{"properties":[]}"#, "bad-keyword-value", 15),
            (#"{"items":1}"#, "bad-schema", 10), (##"{"$ref":"#/$defs/x"}"##, "unresolved-reference", 9),
            (#"{"$ref":"other.json"}"#, "unresolved-reference", 9),
            (##"{"$ref":"#nowhere"}"##, "unresolved-reference", 9),
            (#"{"$ref":1}"#, "bad-reference", 9), (##"{"allOf":[{"$ref":"#"}]}"##, "reference-loop", 1),
            (#"{"uniqueItems":1}"#, "bad-keyword-value", 16), (#"{"enum":1}"#, "bad-keyword-value", 9),
        ] as [(String, String, Int)])
    func mistakes(_ schema: String, _ code: String, _ column: Int) throws {
        let fixture = try SchemaFixture(schema)
        #expect(fixture.diagnostics.count == 1)
        let diagnostic = try #require(fixture.diagnostics.first)
        #expect(diagnostic.code == code)
        #expect(diagnostic.severity == .error)
        #expect(diagnostic.range?.start.column == column)
    }

    @Test(
        "what cannot be compiled refuses every value",
        arguments: [
            (#"{"pattern":"a++"}"#, "\"a\""), (##"{"$ref":"#/$defs/x"}"##, "1"), (#"{"items":1}"#, "[1]"),
            (#"{"patternProperties":{"(":{}}}"#, #"{"a":1}"#), (#"{"type":"strng"}"#, "\"a\""),
            (##"{"not":{"pattern":"a++"},"$ref":"#/x"}"##, "\"a\""),
        ] as [(String, String)])
    func closed(_ schema: String, _ instance: String) throws {
        #expect(try SchemaFixture(schema).accepts(instance) == false)
    }

    @Test("the nearest name is suggested")
    func nearest() throws {
        let fixture = try SchemaFixture(##"{"$ref":"#/$defs/Prodcut","$defs":{"Product":{},"Order":{}}}"##)
        #expect(fixture.diagnostics.first?.suggestion == "#/$defs/Product")
    }

    @Test("keywords that OpenAPI 3.0 lacks are pointed out")
    func ignored() throws {
        let fixture = try SchemaFixture(#"{"const":1}"#, dialect: .oas3_0)
        #expect(fixture.diagnostics.map(\.code) == ["ignored-keyword"])
        #expect(fixture.diagnostics.first?.severity == .warning)
    }

    @Test("a mistake in a shared schema is reported once")
    func once() throws {
        let document = """
            {"allOf":[{"$ref":"#/r"},{"properties":{"id":{"readOnly":true}}}],
            "anyOf":[{"$ref":"#/r"}],"r":{"pattern":"("}}
            """
        let fixture = try SchemaFixture(document, dialect: .oas3_0, direction: .request)
        #expect(fixture.diagnostics.map(\.code) == ["bad-pattern"])
    }
}
