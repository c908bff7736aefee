import MessageContracts
import OpenAPIDocuments
import Testing

/// Faults that comparable gateways and libraries have or had, each as a test of ours. Numbers are those of the list in
/// the design notes on contracts, section 9; faults of routing, security and fetching are tested where those live.
@Suite("Faults of comparable systems")
struct PeerFaultTests {
    /// An object with one integer.
    static let object = "{schema: {type: object, required: [a], properties: {a: {type: integer}}}}"

    @Test(
        "1, 2, 3: whatever Content-Type says, content is checked or refused",
        arguments: [
            "application/json; charset=utf-8", "application/json;charset=UTF-8", "APPLICATION/JSON",
            "application/json ; a=b",
            "application/json\t", "application\t/json", "application/json\ta", "application/json, text/plain",
            "application/json;",
            "application/json; charset", " application/json", "text/plain", "", "json",
            "application/json; charset=\"utf-8",
        ])
    func contentTypes(type: String) throws {
        let fixture = try ContractFixture(content: "{application/json: \(Self.object)}")
        #expect(!fixture.body(#"{"a":"x"}"#, type: type).verdict.isAccepted)
    }

    @Test("1: leaving Content-Type out is no way round the schema")
    func missingContentType() throws {
        let fixture = try ContractFixture(content: "{application/json: \(Self.object)}")
        #expect(fixture.body(#"{"a":"x"}"#, type: nil).verdict == .rejected(.mediaType))
        #expect(
            fixture.body(#"{"a":1}"#, type: "application/json", more: [("Content-Type", "text/plain")]).verdict
                == .rejected(.mediaType))
    }

    @Test("3: the order of media type parameters has no meaning")
    func parameterOrder() throws {
        let fixture = try ContractFixture(content: "{'application/json; v=1; w=2': \(Self.object)}")
        #expect(fixture.body(#"{"a":1}"#, type: #"application/json;w="2" ; v=1"#).verdict.isAccepted)
        #expect(fixture.body(#"{"a":1}"#, type: "application/json;v=1").verdict == .rejected(.mediaType))
    }

    @Test(
        "4: every value of a repeated scalar is looked at",
        arguments: ["n=1&n=evil", "n=evil&n=1", "n=1&n=2", "n=1&n", "n=&n=1"])
    func repeatedScalar(query: String) throws {
        let fixture = try ContractFixture(parameters: ["{name: n, in: query, schema: {type: integer}}"])
        #expect(fixture.violations(query: query).map(\.code) == ["repeated-parameter"])
    }

    @Test("5: an encoded comma is data", arguments: [("c=a%2Cb", true), ("c=a,b", false), ("c=a%2cb", true)])
    func encodedComma(query: String, isOneItem: Bool) throws {
        let fixture = try ContractFixture(parameters: [
            "{name: c, in: query, explode: false, schema: {type: array, maxItems: 1, items: {type: string}}}"
        ])
        #expect(fixture.violations(query: query).isEmpty == isOneItem)
    }

    @Test(
        "6: allowReserved is about the text on the wire, raw or encoded", arguments: ["r=a/b?c:d", "r=a%2Fb%3Fc%3Ad"])
    func allowReserved(query: String) throws {
        let fixture = try ContractFixture(parameters: [
            "{name: r, in: query, allowReserved: true, schema: {type: string, enum: ['a/b?c:d']}}"
        ])
        #expect(fixture.violations(query: query).isEmpty)
    }

    @Test("7: spaceDelimited splits the text on the wire", arguments: ["c=a%20b%20d", "c=a+b+d", "c=a%20b+d"])
    func spaceDelimited(query: String) throws {
        let fixture = try ContractFixture(parameters: [
            "{name: c, in: query, style: spaceDelimited, explode: false, schema: {type: array, minItems: 3, "
                + "items: {type: string}}}"
        ])
        #expect(fixture.violations(query: query).isEmpty)
        #expect(!fixture.violations(query: "c=a%2520b").isEmpty)
    }

    @Test(
        "8: an exploded object is found by its properties",
        arguments: [("R=1&G=2", true), ("R=notint", false), ("", false), ("color=1", false)])
    func explodedObject(query: String, isGood: Bool) throws {
        let fixture = try ContractFixture(parameters: [
            "{name: color, in: query, required: true, schema: {type: object, properties: {R: {type: integer}, "
                + "G: {type: integer}}}}"
        ])
        #expect(fixture.violations(query: query).isEmpty == isGood)
    }

    @Test(
        "9: matrix and label need no RFC 6570 names in the template",
        arguments: [("matrix", ";v=5", true), ("label", ".5", true), ("matrix", "5", false), ("label", "5", false)])
    func pathStyles(style: String, value: String, isGood: Bool) throws {
        let fixture = try ContractFixture(
            parameters: ["{name: v, in: path, required: true, style: \(style), schema: {type: integer}}"],
            path: "'/a/{v}'")
        #expect(fixture.violations(path: [value]).isEmpty == isGood)
    }

    @Test("10: deepObject without explode, odd members of delimited objects")
    func deepObjectAndOddMembers() throws {
        let deep = try ContractFixture(parameters: [
            "{name: filter, in: query, style: deepObject, explode: false, schema: {type: object, "
                + "properties: {a: {type: integer}}}}"
        ])
        #expect(deep.violations(query: "filter[a]=1").isEmpty)
        #expect(!deep.violations(query: "filter[a]=x").isEmpty)
        #expect(deep.violations(query: "filter2[a]=x&xfilter[a]=x").isEmpty)
        let odd = try ContractFixture(parameters: [
            "{name: c, in: query, explode: false, schema: {type: object, properties: {R: {type: integer}}}}"
        ])
        #expect(odd.violations(query: "c=R,1,G").map(\.code) == ["style"])
    }

    @Test("11: two deep objects with the same property stay apart")
    func twoDeepObjects() throws {
        let fixture = try ContractFixture(parameters: [
            "{name: a, in: query, style: deepObject, schema: {type: object, properties: {x: {type: integer}}}}",
            "{name: b, in: query, style: deepObject, schema: {type: object, properties: {x: {type: boolean}}}}",
        ])
        #expect(fixture.violations(query: "a[x]=1&b[x]=true").isEmpty)
        #expect(fixture.violations(query: "a[x]=true&b[x]=1").map(\.name) == ["a", "b"])
    }

    @Test(
        "12: brackets of any shape neither crash nor allocate by index",
        arguments: [
            "a[b][c]=1", "a[999999999]=1", "a[]=1", "a[=1", "a]=1", "a[[=1", "a[b]c=1", "[a]=1", "[]=", "a[b]]=1",
        ])
    func strangeBrackets(query: String) throws {
        let fixture = try ContractFixture(parameters: [
            "{name: a, in: query, style: deepObject, schema: {type: object, properties: {b: {type: array, "
                + "items: {type: integer}}}}}",
            "{name: l, in: query, style: deepObject, schema: {type: array, items: {}}}",
            "{name: c, in: query, content: {application/json: {}}}",
        ])
        _ = fixture.violations(query: query)
        _ = fixture.violations(query: query.replacing("a", with: "l"))
        #expect(fixture.violations(query: "c=%7B").map(\.code) == ["json-syntax"])
    }

    @Test("13: undeclared members reach additionalProperties: false")
    func closedObjects() throws {
        let deep = try ContractFixture(parameters: [
            "{name: f, in: query, style: deepObject, schema: {type: object, properties: {a: {}}, "
                + "additionalProperties: false}}"
        ])
        #expect(deep.violations(query: "f[b]=1").map(\.code) == ["additionalProperties"])
        let form = try ContractFixture(parameters: [
            "{name: f, in: query, schema: {type: object, properties: {a: {}}, additionalProperties: false}}",
            "{name: page, in: query, schema: {}}",
        ])
        #expect(form.violations(query: "a=1&page=2").isEmpty)
        #expect(form.violations(query: "a=1&b=1").map(\.code) == ["additionalProperties"])
    }

    @Test(
        "14: space and pipe delimited objects",
        arguments: [("spaceDelimited", "%20"), ("pipeDelimited", "%7C"), ("pipeDelimited", "|")])
    func delimitedObjects(style: String, delimiter: String) throws {
        let fixture = try ContractFixture(parameters: [
            "{name: c, in: query, style: \(style), schema: {type: object, properties: {R: {type: integer}}}}"
        ])
        #expect(fixture.violations(query: "c=R\(delimiter)1").isEmpty)
        #expect(!fixture.violations(query: "c=R\(delimiter)x").isEmpty)
    }

    @Test("15: brackets may be part of a name")
    func literalBrackets() throws {
        let fixture = try ContractFixture(parameters: [
            "{name: 'match[]', in: query, required: true, schema: {type: array, items: {type: integer}}}"
        ])
        #expect(fixture.violations(query: "match[]=1&match%5B%5D=2").isEmpty)
        #expect(!fixture.violations(query: "match[]=x").isEmpty)
    }

    @Test("16: path values are decoded before they are checked, once")
    func decodedPath() throws {
        let fixture = try ContractFixture(
            parameters: ["{name: v, in: path, required: true, schema: {type: string, enum: ['a b', '%20', 'a+b']}}"],
            path: "'/a/{v}'")
        #expect(fixture.violations(path: ["a%20b"]).isEmpty)
        #expect(fixture.violations(path: ["%2520"]).isEmpty)
        #expect(fixture.violations(path: ["a+b"]).isEmpty)
        #expect(!fixture.violations(path: ["a%2520b"]).isEmpty)
    }

    @Test("21: readOnly is seen through $ref, allOf and items in 3.0")
    func readOnly() throws {
        let fixture = try ContractFixture(
            """
            openapi: 3.0.3
            info: {title: t, version: "1"}
            paths:
              /a:
                post:
                  requestBody:
                    content:
                      application/json:
                        schema: {type: array, items: {allOf: [{$ref: '#/components/schemas/A'}]}}
                  responses: {default: {description: d}}
            components:
              schemas:
                A:
                  type: object
                  required: [id, n]
                  properties: {id: {type: integer, readOnly: true}, n: {type: string}}

            """)
        #expect(fixture.body(#"[{"n":"x"}]"#, type: "application/json").verdict.isAccepted)
        #expect(fixture.body(#"[{"id":1,"n":"x"}]"#, type: "application/json").violations.map(\.code) == ["readOnly"])
        #expect(fixture.body(#"[{}]"#, type: "application/json").violations.map(\.code) == ["required"])
    }

    @Test("22, 23: null is neither added to enum nor read as 0")
    func nullability() throws {
        let fixture = try ContractFixture(
            content:
                "{application/json: {schema: {type: object, properties: {e: {type: string, nullable: true, "
                + "enum: [a]}, n: {type: integer}}}}}",
            version: "3.0.3")
        #expect(fixture.body(#"{"e":null}"#, type: "application/json").violations.map(\.code) == ["enum"])
        #expect(fixture.body(#"{"n":null}"#, type: "application/json").violations.map(\.code) == ["type"])
    }

    /// A multipart body of parts with a head and a content each.
    static func multipart(_ parts: [(head: String, content: String)]) -> String {
        parts.map { "--B\r\n\($0.head)\r\n\r\n\($0.content)\r\n" }.joined() + "--B--\r\n"
    }

    /// Content-Disposition of a field.
    static func disposition(_ name: String) -> String { "Content-Disposition: form-data; name=\"\(name)\"" }

    @Test("24, 25: parts are read by type, JSON parts are checked, repeated parts are all seen")
    func multipart() throws {
        let fixture = try ContractFixture(
            content:
                "{multipart/form-data: {schema: {type: object, properties: {n: {type: integer}, "
                + "b: {type: boolean}, m: {type: object, properties: {z: {type: integer}}}, l: {type: array, "
                + "items: {type: integer}}}}}}"
        )
        let type = "multipart/form-data; boundary=B"
        let json = "\r\nContent-Type: application/json"
        let good = Self.multipart([
            (Self.disposition("n"), "5"), (Self.disposition("b"), "true"), (Self.disposition("m") + json, #"{"z":1}"#),
            (Self.disposition("l"), "1"), (Self.disposition("l"), "2"),
        ])
        #expect(fixture.body(good, type: type).verdict.isAccepted)
        #expect(
            fixture.body(Self.multipart([(Self.disposition("n"), "x")]), type: type).violations.map(\.pointer) == ["/n"]
        )
        #expect(
            fixture.body(Self.multipart([(Self.disposition("m") + json, #"{"z":"1"}"#)]), type: type).violations.map(
                \.pointer) == ["/m/z"])
        let list = Self.multipart([(Self.disposition("l"), "1"), (Self.disposition("l"), "x")])
        #expect(fixture.body(list, type: type).violations.map(\.pointer) == ["/l/1"])
        let twice = Self.multipart([(Self.disposition("n"), "1"), (Self.disposition("n"), "x")])
        #expect(!fixture.body(twice, type: type).verdict.isAccepted)
    }

    @Test("26: an optional body may be empty, an empty form is an empty object")
    func emptyBodies() throws {
        let json = try ContractFixture(content: "{application/json: \(Self.object)}", required: false)
        #expect(json.body("", type: nil).verdict.isAccepted)
        #expect(json.body("", type: "application/json").verdict.isAccepted)
        let required = try ContractFixture(content: "{application/json: \(Self.object)}")
        #expect(required.body("", type: "application/json").violations.map(\.code) == ["required"])
        let form = try ContractFixture(
            content: "{application/x-www-form-urlencoded: {schema: {type: object}}}", required: false)
        #expect(form.body("", type: "application/x-www-form-urlencoded").verdict.isAccepted)
    }

    @Test("27: exact status, then range, then default")
    func statuses() throws {
        let fixture = try ContractFixture(
            """
            openapi: 3.1.0
            info: {title: t, version: "1"}
            paths:
              /a: {get: {responses: {'201': {description: d}, 2XX: {description: d}, default: {description: d}}}}
              /b: {get: {responses: {'200': {description: d}}}}

            """)
        let operation = fixture.contract.operations[0]
        #expect(operation.response(for: 201)?.key == .exact(201))
        #expect(operation.response(for: 202)?.key == .range(2))
        #expect(operation.response(for: 500)?.key == .default)
        #expect(fixture.contract.operations[1].response(for: 201) == nil)
    }

    @Test(
        "33: numbers and booleans have JSON's grammar",
        arguments: [
            ("n=1.0", true), ("n=1e2", true), ("n=17.02", false), ("n=+1", false), ("n=%2B1", false),
            ("n=1_000", false), ("n=%D9%A3", false), ("n=0x10", false), ("n=%201", false), ("n=NaN", false),
            ("n=", false), ("b=true", true), ("b=trUE", false), ("b=yes", false), ("b=1", false), ("x=nan", false),
            ("x=Infinity", false), ("x=.5", false), ("x=1.", false),
        ])
    func grammar(query: String, isGood: Bool) throws {
        let fixture = try ContractFixture(parameters: [
            "{name: n, in: query, schema: {type: integer}}", "{name: b, in: query, schema: {type: boolean}}",
            "{name: x, in: query, schema: {type: number, maximum: 10}}",
        ])
        #expect(fixture.violations(query: query).isEmpty == isGood)
    }

    @Test("37: bounds of 2.0 parameters hold, forms too")
    func version2() throws {
        let fixture = try ContractFixture(
            """
            swagger: "2.0"
            info: {title: t, version: "1"}
            consumes: [application/x-www-form-urlencoded]
            paths:
              /a:
                post:
                  parameters:
                    - {name: s, in: query, type: string, minLength: 3, required: true}
                    - {name: n, in: formData, type: integer, maximum: 9, required: true}
                  responses: {default: {description: d}}

            """)
        #expect(fixture.violations(query: "s=ab").map(\.code) == ["minLength"])
        #expect(fixture.violations(query: "").map(\.code) == ["required"])
        let type = "application/x-www-form-urlencoded"
        #expect(fixture.body("n=10", type: type).violations.map(\.pointer) == ["/n"])
        #expect(fixture.body("m=1", type: type).violations.map(\.code) == ["required"])
        #expect(fixture.body("n=9", type: type).verdict.isAccepted)
    }

    @Test("38: a name without value is an empty value", arguments: ["n", "n&", "&n", "n=", "=", "&&", "=x&n"])
    func nameAlone(query: String) throws {
        let fixture = try ContractFixture(parameters: ["{name: n, in: query, schema: {type: string, maxLength: 0}}"])
        #expect(fixture.violations(query: query).isEmpty)
    }

    @Test("41: a query parameter in JSON is parsed as JSON")
    func jsonParameter() throws {
        let fixture = try ContractFixture(parameters: [
            "{name: f, in: query, content: {application/json: {schema: {type: object, "
                + "properties: {a: {type: integer}}}}}}"
        ])
        #expect(fixture.violations(query: "f=%7B%22a%22:1%7D").isEmpty)
        let wrong = fixture.violations(query: "f=%7B%22a%22:%22x%22%7D")
        #expect(wrong.map(\.pointer) == ["/a"])
        #expect(wrong.map(\.name) == ["f"])
    }
}
