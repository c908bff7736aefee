import MessageContracts
import OpenAPIDocuments
import SourceDiagnostics
import Testing

/// Content of other kinds than JSON, and what is decided by the head alone.
@Suite("Content")
struct ContentTests {
    /// A box with an attribute, a list and a nested object.
    static let box =
        "{schema: {type: object, xml: {name: box}, required: [n], additionalProperties: false, "
        + "properties: {n: {type: integer}, "
        + "id: {type: integer, xml: {attribute: true}}, tag: {type: array, items: {type: string}}, "
        + "lines: {type: array, xml: {wrapped: true}, items: {type: integer, xml: {name: line}}}}}}"

    @Test(
        "XML is read by the XML Object",
        arguments: [
            ("<box><n>5</n></box>", []),
            ("<?xml version='1.0'?>\n<!-- c --><box id='7'><n>&#53;</n><tag>a</tag><tag>b</tag></box>\n", []),
            ("<b:box xmlns:b='urn:b'><b:n>5</b:n><lines><line>1</line><line>2</line></lines></b:box>", []),
            ("<box><n><![CDATA[5]]></n></box>", []),
            ("<box id='x'><n>5</n></box>", ["type"]), ("<box><n>x</n></box>", ["type"]), ("<box/>", ["required"]),
            ("<box><n>5</n><z/></box>", ["additionalProperties"]),
            ("<box><n>5</n>text</box>", ["additionalProperties"]),
            ("<box><n>5</n><n>6</n></box>", ["repeated-parameter"]), ("<cup><n>5</n></cup>", ["xml-root"]),
            ("<box><n>5</n><lines><line>x</line></lines></box>", ["type"]),
            ("<box><n>5</box>", ["xml-syntax"]), ("<box><n>&e;</n></box>", ["xml-syntax"]), ("<box", ["xml-syntax"]),
            ("text", ["xml-syntax"]), ("<box><n>5</n></box><box/>", ["xml-syntax"]), ("<box a=1/>", ["xml-syntax"]),
            ("<box a='1' a='2'/>", ["xml-syntax"]), ("<!DOCTYPE box><box><n>5</n></box>", ["xml-doctype"]),
        ])
    func xml(body: String, codes: [String]) throws {
        let fixture = try ContractFixture(content: "{application/xml: \(Self.box)}")
        #expect(fixture.body(body, type: "application/xml").violations.map(\.code) == codes)
    }

    @Test("elements nested a thousand deep are refused")
    func deepXML() throws {
        let body = String(repeating: "<a>", count: 1000) + String(repeating: "</a>", count: 1000)
        let closed = try ContractFixture(content: "{application/xml: \(Self.box)}")
        #expect(closed.body(body, type: "application/xml").violations.map(\.code) == ["xml-size"])
    }

    @Test(
        "a part header that the contract demands is found in any case",
        arguments: [
            ("X-Digest: 5", true), ("x-digest: 5", true), ("X-Digest: y", false), ("X-Other: 5", false),
        ])
    func partHeaders(line: String, isGood: Bool) throws {
        let fixture = try ContractFixture(
            content: "{multipart/form-data: {schema: {type: object, properties: {f: {type: string}}}, "
                + "encoding: {f: {headers: {X-Digest: {required: true, schema: {type: integer}}}}}}}")
        let body = PeerFaultTests.multipart([(PeerFaultTests.disposition("f") + "\r\n" + line, "x")])
        #expect(fixture.body(body, type: "multipart/form-data; boundary=B").verdict.isAccepted == isGood)
    }

    @Test(
        "what is to be done with content is known from the head",
        arguments: [
            ("application/json", BodyPolicy.Action.checked), ("application/octet-stream", .opaque),
            ("image/png", .opaque),
            ("text/plain", .checked), ("text/plain; charset=latin1", .refused(.uncheckableType)),
            ("text/csv", .refused(.undeclaredType)), ("multipart/form-data", .refused(.malformedType)),
            ("multipart/form-data; boundary=x", .checked), ("application/pdf", .refused(.uncheckableType)),
            ("nonsense", .refused(.malformedType)),
        ])
    func policies(type: String, action: BodyPolicy.Action) throws {
        let fixture = try ContractFixture(
            content:
                "{application/json: {}, application/octet-stream: {}, 'image/*': {schema: {type: string, "
                + "format: binary}}, "
                + "text/plain: {schema: {type: integer}}, multipart/form-data: {schema: {type: object}}, "
                + "application/pdf: {schema: {type: object, required: [a]}}}")
        let lines = [(name: Array("content-type".utf8), value: Array(type.utf8))]
        let policy = Borrowed.withFields(lines) { fixture.contract.operations[0].bodyPolicy($0) }
        #expect(policy.action == action)
        #expect(policy.isRequired)
    }

    @Test("a schema that cannot be applied to its media type is a warning at load")
    func warnings() throws {
        let fixture = try ContractFixture(
            content:
                "{application/pdf: {schema: {type: object, required: [a]}}, image/png: {schema: {type: string, "
                + "format: binary}}}"
        )
        #expect(fixture.diagnostics.map(\.code) == ["unchecked-media-type"])
        #expect(fixture.diagnostics.first?.severity == .warning)
    }

    @Test("a broken body says where", arguments: [("[1", 2), ("{\"a\":}", 5), ("nul", 0), ("[1,]", 3)])
    func offsets(body: String, offset: Int) throws {
        let fixture = try ContractFixture(content: "{application/json: {}}")
        let violation = fixture.body(body, type: "application/json").violations.first
        #expect(violation?.code == "json-syntax")
        #expect(violation?.detail.contains("at byte \(offset)") == true, "\(violation?.detail ?? "")")
    }

    @Test("the depth of JSON is limited, by the operation if it says so")
    func depth() throws {
        let fixture = try ContractFixture(content: "{application/json: {}}")
        let operation = fixture.contract.operations[0]
        var workspace = ContractWorkspace()
        let lines = [(name: Array("content-type".utf8), value: Array("application/json".utf8))]
        let body = Array("[[[1]]]".utf8)
        Borrowed.withFields(lines) { fields in
            body.withUnsafeBytes { body in
                let policy = operation.bodyPolicy(fields)
                #expect(operation.checkBody(policy, body, using: &workspace).isAccepted)
                #expect(!operation.checkBody(policy, body, jsonDepth: 2, using: &workspace).isAccepted)
                let codes = operation.explainBody(policy, body, jsonDepth: 2, using: &workspace).map(\.code)
                #expect(codes == ["json-depth"])
            }
        }
    }
}
