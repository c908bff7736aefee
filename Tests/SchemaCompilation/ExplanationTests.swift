import SchemaCompilation
import SchemaEvaluation
import Testing

/// What violations say.
struct ExplanationTests {
    static let schema = """
        {"type":"object","required":["name","price"],"additionalProperties":false,"properties":{
          "name":{"type":"string","minLength":3},"price":{"type":"number","minimum":0},
          "tags":{"type":"array","items":{"enum":["new","old"]}},"a/b":{"type":"integer"},
          "size":{"anyOf":[{"type":"integer"},{"type":"object","required":["width"]}]}}}
        """

    @Test(
        "a violation names place, keyword and reason",
        arguments: [
            (#"{"name":"lamp"}"#, "", "required", "/required", #"the required property "price" is missing"#),
            (
                #"{"name":"ab","price":1}"#, "/name", "minLength", "/properties/name/minLength",
                "expected at least 3 characters, found 2"
            ),
            (
                #"{"name":"lamp","price":1,"tgas":[]}"#, "/tgas", "additionalProperties", "/additionalProperties",
                #"unknown property "tgas"; did you mean "tags"?"#
            ),
            (
                #"{"name":"lamp","price":-1}"#, "/price", "minimum", "/properties/price/minimum",
                "expected a number of at least 0"
            ),
            (
                #"{"name":"lamp","price":1,"tags":["new","secret"]}"#, "/tags/1", "enum", "/properties/tags/items/enum",
                #"expected one of "new", "old", found another text"#
            ),
            (
                #"{"name":"lamp","price":1,"a/b":1.5}"#, "/a~1b", "type", "/properties/a~1b/type",
                "expected an integer, found a number with a fraction"
            ),
            (#"[]"#, "", "type", "/type", "expected an object, found an array"),
        ] as [(String, String, String, String, String)])
    func single(_ instance: String, _ place: String, _ keyword: String, _ schemaPlace: String, _ message: String) throws
    {
        let fixture = try SchemaFixture(Self.schema)
        let violations = try fixture.violations(instance)
        #expect(
            violations == [
                SchemaViolation(
                    instancePointer: place, keyword: keyword, schemaPointer: schemaPlace,
                    schemaDocument: "https://lintel.test/schema.json", message: message)
            ])
    }

    @Test("all violations are found, up to the limit")
    func several() throws {
        let fixture = try SchemaFixture(Self.schema)
        let instance = #"{"name":1,"price":"x","tags":[1,2,3],"z":1}"#
        #expect(try fixture.violations(instance).count == 6)
        #expect(try fixture.violations(instance, limit: 2).count == 2)
    }

    @Test("of the branches, the nearest one is explained")
    func branches() throws {
        let fixture = try SchemaFixture(Self.schema)
        let violations = try fixture.violations(#"{"name":"lamp","price":1,"size":{"widht":1}}"#)
        #expect(violations.map(\.keyword) == ["anyOf", "required"])
        #expect(violations.last?.schemaPointer == "/properties/size/anyOf/1/required")
    }

    @Test("values are repeated only where that was asked for")
    func echo() throws {
        let fixture = try SchemaFixture(#"{"format":"date","enum":["x"]}"#)
        let silent = try fixture.violations("\"secret\"").map(\.message).joined()
        #expect(!silent.contains("secret"))
        let open = try fixture.violations("\"secret\"", echoesValues: true).map(\.message)
        #expect(open.allSatisfy { $0.contains("secret") })
    }

    @Test("a reference is reported by the place it leads to")
    func references() throws {
        let fixture = try SchemaFixture(##"{"properties":{"a":{"$ref":"#/$defs/x"}},"$defs":{"x":{"maximum":1}}}"##)
        #expect(try fixture.violations(#"{"a":2}"#).map(\.schemaPointer) == ["/$defs/x/maximum"])
    }
}
