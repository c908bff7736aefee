import MessageContracts
import OpenAPIDocuments
import Testing

/// Messages that mean harm: no crash, no disagreement between the fast and the explaining path, bounded work.
@Suite("Hostile messages")
struct HostileMessageTests {
    /// A small generator with a seed, so that a failure can be repeated.
    struct Generator: RandomNumberGenerator {
        /// The state.
        var state: UInt64
        /// SplitMix64.
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    /// Parameters of every style.
    static let parameters = [
        "{name: n, in: query, schema: {type: integer, minimum: 1}}",
        "{name: u, in: query, schema: {type: [integer, boolean, string], maxLength: 5}}",
        "{name: a, in: query, schema: {type: array, items: {type: integer}}}",
        "{name: s, in: query, style: spaceDelimited, schema: {type: array, items: {type: [integer, string]}}}",
        "{name: p, in: query, style: pipeDelimited, schema: {type: object, additionalProperties: {type: integer}}}",
        "{name: d, in: query, style: deepObject, schema: {type: object, properties: {x: {type: array, "
            + "items: {type: integer}}}}}",
        "{name: any, in: query, style: deepObject, schema: {anyOf: [{type: integer}, {type: object}]}}",
        "{name: o, in: query, schema: {type: object, properties: {r: {type: integer}}, "
            + "additionalProperties: {type: integer}}}",
        "{name: j, in: query, content: {application/json: {schema: {type: object}}}}",
        "{name: e, in: query, allowEmptyValue: true, schema: {type: integer}}",
        "{name: v, in: path, required: true, style: matrix, explode: true, schema: {type: object, "
            + "additionalProperties: {type: integer}}}",
        "{name: w, in: path, required: true, style: label, schema: {type: array, items: {type: integer}}}",
        "{name: h, in: header, schema: {type: array, items: {type: integer}}}",
        "{name: c, in: cookie, schema: {type: object, properties: {k: {type: integer}}}}",
        "{name: ci, in: cookie, schema: {type: integer}}",
    ]

    /// Pieces that random texts are made of.
    static let pieces = [
        "n", "u", "a", "s", "p", "d", "any", "o", "j", "e", "v", "w", "k", "ci", "=", "&", "&", "=", ",", "|", "%20",
        "%7C", "+",
        "[x]", "[", "]", "[]", "%5B", "%5D", ";", ".", "1", "-1", "true", "x", "%", "%zz", "%ff", "%C3%A9", "\u{E9}",
        "{", "}", "\"",
        ":", "1e400", "99999999999999999999999", "%00", " ", "\t",
    ]

    @Test("random parameters: both paths agree", arguments: 0..<20)
    func randomParameters(seed: Int) throws {
        let fixture = try ContractFixture(parameters: Self.parameters, path: "'/a/{v}/{w}'")
        var generator = Generator(state: UInt64(seed))
        for _ in 0..<100 {
            let texts = (0..<5).map { _ in
                (0..<Int.random(in: 0..<12, using: &generator)).map { _ in
                    Self.pieces.randomElement(using: &generator) ?? ""
                }
                .joined()
            }
            // The fixture checks that the two paths agree.
            _ = fixture.violations(
                query: texts[0], path: [texts[1], texts[2]],
                fields: [("h", texts[3]), ("Cookie", texts[4]), ("cookie", texts[0])],
                refusesUndeclared: seed % 2 == 0)
        }
    }

    @Test("random bodies of every kind: both paths agree", arguments: 0..<20)
    func randomBodies(seed: Int) throws {
        let schema =
            "{schema: {type: object, properties: {n: {type: integer}, a: {type: array, items: {type: object}}, "
            + "d: {type: object}}}}"
        let fixture = try ContractFixture(
            content:
                "{application/json: \(schema), application/x-www-form-urlencoded: \(schema), "
                + "multipart/form-data: \(schema), text/plain: {schema: {type: integer}}, application/xml: \(schema)}"
        )
        var generator = Generator(state: UInt64(seed))
        let types = [
            "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=B", "text/plain",
            "multipart/form-data; boundary=\"B\\\"", "application/json;", "application/xml", "application/xml",
        ]
        let pieces =
            Self.pieces + [
                "--B", "\r\n", "\r\n", "--B--", "Content-Disposition: form-data; name=\"n\"",
                "Content-Type: application/json",
                "\r\n--B\r\n", "\r\n\r\n", "<n>", "</n>", "<n", "/>", "<a>", "</a>", "<!--", "-->", "&lt;", "&#x",
                "<![CDATA[", "]]>",
            ]
        for _ in 0..<100 {
            let text = (0..<Int.random(in: 0..<20, using: &generator)).map { _ in
                pieces.randomElement(using: &generator) ?? ""
            }
            .joined()
            _ = fixture.body(text, type: types.randomElement(using: &generator))
        }
    }

    @Test("a megabyte of brackets, a number of ten megabytes, 100,000 equal keys")
    func largeBodies() throws {
        let fixture = try ContractFixture(content: "{application/json: {schema: {type: integer, maximum: 5}}}")
        #expect(
            fixture.body([UInt8](repeating: UInt8(ascii: "["), count: 1 << 20), type: "application/json").violations
                .map(\.code)
                == ["json-depth"])
        #expect(
            fixture.body([UInt8](repeating: UInt8(ascii: "9"), count: 10 << 20), type: "application/json").violations
                .map(\.code)
                == ["maximum"])
        let keys = "{" + String(repeating: "\"a\":1,", count: 100_000) + "\"b\":1}"
        #expect(fixture.body(keys, type: "application/json").violations.map(\.code) == ["duplicate-key"])
    }

    @Test("ten thousand pairs are read or refused")
    func manyPairs() throws {
        let fixture = try ContractFixture(parameters: Self.parameters.filter { !$0.contains("in: path") })
        let names = (0..<10_000).map { "x\($0)=1" }.joined(separator: "&")
        #expect(fixture.violations(query: names).map(\.code) == ["too-many-members"])
        let items = String(repeating: "a=1&", count: 10_000)
        #expect(fixture.violations(query: items).map(\.code) == ["too-many-members"])
        let commas = "p=" + String(repeating: "|", count: 10_000)
        #expect(!fixture.violations(query: commas).isEmpty)
    }

    @Test("multipart delimiters without end are looked at once")
    func manyDelimiters() throws {
        let fixture = try ContractFixture(content: "{multipart/form-data: {schema: {type: object}}}")
        let body = String(repeating: "\r\n--B", count: 100_000)
        #expect(fixture.body(body, type: "multipart/form-data; boundary=B").violations.map(\.code) == ["multipart"])
    }

    @Test("details do not repeat what came unless asked for")
    func silence() throws {
        let fixture = try ContractFixture(parameters: [
            "{name: n, in: query, schema: {type: string, maxLength: 3, pattern: '^a', enum: [b]}}"
        ])
        let violations = fixture.violations(query: "n=topsecret")
        #expect(!violations.isEmpty)
        for violation in violations { #expect(!violation.detail.contains("topsecret"), "\(violation.detail)") }
    }
}
