import SchemaCompilation
import SchemaEvaluation
import Testing

/// What the dialects of OpenAPI do differently.
struct DialectTests {
    /// One question to a schema.
    struct Case: Sendable, CustomTestStringConvertible {
        /// The dialect of the schema.
        let dialect: Dialect
        /// The schema.
        let schema: String
        /// The value.
        let instance: String
        /// Whether the value keeps the schema.
        let isValid: Bool

        /// The name of the case in a report.
        var testDescription: String { "\(dialect) \(schema) on \(instance)" }

        /// Writes a case in one line.
        init(_ dialect: Dialect, _ schema: String, _ instance: String, _ isValid: Bool) {
            self.dialect = dialect
            self.schema = schema
            self.instance = instance
            self.isValid = isValid
        }
    }

    /// All cases.
    static let cases: [Case] = [
        // OpenAPI 3.0: nullable counts beside type only, and widens nothing else.
        Case(.oas3_0, #"{"type":"string","nullable":true}"#, "null", true),
        Case(.oas3_0, #"{"type":"string"}"#, "null", false),
        Case(.oas3_0, #"{"nullable":true,"allOf":[{"type":"string"}]}"#, "null", false),
        Case(.oas3_0, #"{"type":"string","nullable":true,"enum":["a"]}"#, "null", false),
        Case(.oas3_0, #"{"type":"string","nullable":true,"enum":["a",null]}"#, "null", true),
        Case(.oas3_0, #"{"minLength":2}"#, "null", true),
        Case(.oas2_0, #"{"type":"string","x-nullable":true}"#, "null", true),
        Case(.oas3_1, #"{"type":"string","nullable":true}"#, "null", false),
        Case(.oas3_1, #"{"type":["string","null"]}"#, "null", true),
        // Boolean bounds.
        Case(.oas3_0, #"{"maximum":10,"exclusiveMaximum":true}"#, "10", false),
        Case(.oas3_0, #"{"maximum":10,"exclusiveMaximum":false}"#, "10", true),
        Case(.oas2_0, #"{"minimum":1,"exclusiveMinimum":true}"#, "1.0", false),
        Case(.oas3_1, #"{"exclusiveMaximum":10}"#, "10.0", false),
        // Keywords that the subset lacks are ignored.
        Case(.oas3_0, #"{"const":1}"#, "2", true), Case(.oas2_0, #"{"anyOf":[{"type":"string"}]}"#, "2", true),
        Case(.oas3_1, #"{"const":1}"#, "2", false),
        // Beside a reference.
        Case(.oas3_0, ##"{"$ref":"#/x","type":"string","x":{"type":"integer"}}"##, "1", true),
        Case(.oas3_1, ##"{"$ref":"#/x","type":"string","x":{"type":"integer"}}"##, "1", false),
        Case(
            .draft7, ##"{"$ref":"#/definitions/x","type":"string","definitions":{"x":{"type":"integer"}}}"##,
            "1", true),
        // Integers.
        Case(.oas3_0, #"{"type":"integer"}"#, "1.0", true), Case(.oas2_0, #"{"type":"integer"}"#, "1e2", true),
        Case(.draft4, #"{"type":"integer"}"#, "1.0", false), Case(.draft6, #"{"type":"integer"}"#, "1.0", true),
        Case(.oas3_1, #"{"type":"integer"}"#, "1.00000000000000000000001", false),
        // Formats of OpenAPI.
        Case(.oas3_0, #"{"type":"integer","format":"int32"}"#, "2147483648", false),
        Case(.oas3_0, #"{"type":"integer","format":"int32"}"#, "2147483647.0", true),
        Case(.oas3_1, #"{"type":"integer","format":"int64"}"#, "9223372036854775807", true),
        Case(.oas3_1, #"{"type":"integer","format":"int64"}"#, "9223372036854775808", false),
        Case(.oas3_1, #"{"type":"number","format":"float"}"#, "3.5e38", false),
        Case(.oas3_1, #"{"type":"number","format":"float"}"#, "-3.4e38", true),
        Case(.oas3_1, #"{"type":"number","format":"double"}"#, "1e309", false),
        Case(.oas3_1, #"{"type":"number","format":"double"}"#, "1e308", true),
        Case(.oas3_0, #"{"type":"string","format":"byte"}"#, "\"aGVsbG8=\"", true),
        Case(.oas3_0, #"{"type":"string","format":"byte"}"#, "\"aGVsbG8\"", false),
        Case(.oas3_0, #"{"type":"string","format":"byte"}"#, "\"aGVsbG9=\"", false),
        Case(.oas3_1, #"{"type":"string","format":"base64url"}"#, "\"_-8\"", true),
        Case(.oas3_0, #"{"type":"string","format":"password"}"#, "\"\"", true),
        Case(.oas3_0, #"{"type":"string","format":"binary"}"#, "\"\\u0000\"", true),
        Case(.draft7, #"{"format":"int32"}"#, "2147483648", true),
        // Exact numbers.
        Case(.oas3_1, #"{"maximum":18446744073709551616}"#, "18446744073709551617", false),
        Case(.oas3_1, #"{"multipleOf":0.01}"#, "19.99", true), Case(.oas3_1, #"{"multipleOf":0.01}"#, "19.999", false),
        Case(.oas3_1, #"{"multipleOf":3}"#, "9007199254740993", true),
        Case(.oas3_1, #"{"multipleOf":1e-8}"#, "12391239123", true),
        Case(.oas3_1, #"{"const":1}"#, "10e-1", true), Case(.oas3_1, #"{"enum":[0]}"#, "-0.0", true),
        Case(.oas3_1, #"{"minimum":1e400}"#, "1e399", false),
        // Text.
        Case(.oas3_1, #"{"maxLength":1}"#, "\"🐲\"", true), Case(.oas3_1, #"{"maxLength":1}"#, "\"e\u{301}\"", false),
        Case(.oas3_1, #"{"const":"é"}"#, "\"e\u{301}\"", false),
        Case(.oas3_1, #"{"enum":["a\u0000b"]}"#, #""a\u0000b""#, true),
        Case(.oas3_1, #"{"properties":{"é":false}}"#, "{\"e\u{301}\":1}", true),
        // Unique.
        Case(.oas3_1, #"{"uniqueItems":true}"#, "[1,1.0]", false),
        Case(.oas3_1, #"{"uniqueItems":true}"#, "[1,true]", true),
        Case(.oas3_1, #"{"uniqueItems":true}"#, #"[{"a":1,"b":2},{"b":2,"a":1}]"#, false),
        Case(.oas3_1, #"{"uniqueItems":true}"#, #"[0,1,2,3,4,5,6,7,8,9,{"a":[1.0]},{"a":[10e-1]}]"#, false),
        Case(.oas3_1, #"{"uniqueItems":true}"#, #"[0,1,2,3,4,5,6,7,8,9,"1",{"a":[1.0]},{"a":[1.5]}]"#, true),
    ]

    @Test("dialects mean what their texts say", arguments: cases)
    func meaning(_ example: Case) throws {
        let fixture = try SchemaFixture(example.schema, dialect: example.dialect)
        #expect(try fixture.accepts(example.instance) == example.isValid)
    }

    @Test("formats are switched one by one")
    func formats() throws {
        let schema = #"{"properties":{"a":{"format":"date"},"b":{"format":"ipv4"}}}"#
        let some = CompilerOptions(formats: FormatAssertions(disabled: ["date"]))
        #expect(try SchemaFixture(schema, options: some).accepts(#"{"a":"x"}"#) == true)
        #expect(try SchemaFixture(schema, options: some).accepts(#"{"b":"x"}"#) == false)
        let none = CompilerOptions(formats: .none)
        #expect(try SchemaFixture(schema, options: none).accepts(#"{"a":"x","b":"x"}"#) == true)
    }

    @Test("a draft-07 resource within OpenAPI 3.2 is read as draft-07")
    func embedded() throws {
        let document = """
            {"components":{"schemas":{
              "Outer":{"type":"object","properties":{"inner":{"$ref":"#/components/schemas/Inner"}}},
              "Inner":{"$id":"https://lintel.test/inner","$schema":"http://json-schema.org/draft-07/schema#",
                "properties":{"n":{"$ref":"#/definitions/n","maximum":1}},"definitions":{"n":{"type":"integer"}}}}}}
            """
        let fixture = try SchemaFixture(document, at: "/components/schemas/Outer", dialect: .oas3_2)
        #expect(fixture.diagnostics.isEmpty)
        #expect(try fixture.accepts(#"{"inner":{"n":5}}"#) == true)
        #expect(try fixture.accepts(#"{"inner":{"n":"5"}}"#) == false)
    }
}
