import Glibc
import MessageContracts
import Testing

/// Faults of schema validation and of responses that comparable gateways and libraries have or had, each as a test of
/// ours. Numbers are those of the list in the design notes on contracts, section 9.
@Suite("Faults of comparable systems: schemas and responses")
struct PeerSchemaFaultTests {
    /// A POST operation that takes JSON of a schema, written as a YAML flow mapping, with components beside it.
    private static func json(
        _ schema: String, components: String = "{}", version: String = "3.1.0"
    ) throws -> ContractFixture {
        try ContractFixture(
            """
            openapi: \(version)
            info: {title: t, version: "1"}
            paths:
              /a:
                post:
                  requestBody: {required: true, content: {application/json: {schema: \(schema)}}}
                  responses: {default: {description: d}}
            components: {schemas: \(components)}

            """)
    }

    /// Whether JSON is taken.
    private static func accepts(_ fixture: ContractFixture, _ text: String) -> Bool {
        fixture.body(text, type: "application/json").verdict.isAccepted
    }

    @Test(
        "28: headers of replies without content are checked, whatever the status", arguments: [200, 204, 301, 304, 308])
    func everyResponse(status: Int) throws {
        let fixture = try ContractFixture(
            """
            openapi: 3.1.0
            info: {title: t, version: "1"}
            paths:
              /a:
                get:
                  responses:
                    default: {description: d, headers: {X-Count: {required: true, schema: {type: integer}}}}

            """)
        let response = try #require(fixture.contract.operations[0].response(for: status))
        var workspace = ContractWorkspace()
        for (lines, isGood) in [([("X-Count", "5")], true), ([("X-Count", "five")], false), ([], false)] {
            let bytes = lines.map { (name: Array($0.0.utf8), value: Array($0.1.utf8)) }
            Borrowed.withFields(bytes) { fields in
                #expect(response.checkFields(fields, using: &workspace) == isGood)
            }
        }
    }

    @Test("28: a status that the document does not name is a violation, not a pass")
    func undeclaredStatus() throws {
        let fixture = try ContractFixture(
            """
            openapi: 3.1.0
            info: {title: t, version: "1"}
            paths: {/a: {get: {responses: {'200': {description: d}}}}}

            """)
        #expect(fixture.contract.operations[0].response(for: 500) == nil)
        #expect(fixture.contract.operations[0].undeclaredStatus(500).code == "undeclared-status")
    }

    @Test(
        "30: a discriminator, mapped or not, never changes the verdict",
        arguments: [
            (#"{"kind":"cat","lives":9}"#, true), (#"{"kind":"feline","lives":9}"#, true),
            (#"{"kind":"nobody","lives":9}"#, true), (#"{"lives":9}"#, true),
            (#"{"kind":"cat","lives":"nine"}"#, false), (#"{"kind":"dog","lives":9}"#, true),
            (#"{"kind":"cat","tricks":["sit"],"lives":null}"#, false),
        ])
    func discriminator(content: String, isGood: Bool) throws {
        let fixture = try Self.json(
            """
            {anyOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}], discriminator: \
            {propertyName: kind, mapping: {feline: Cat, dog: '#/components/schemas/Dog'}}}
            """,
            components: """
                {Cat: {type: object, required: [lives], properties: {lives: {type: integer}}}, \
                Dog: {type: object, required: [tricks], properties: {tricks: {type: array}, lives: {type: integer}}}}
                """)
        #expect(Self.accepts(fixture, content) == isGood)
    }

    @Test(
        "31: members beside $ref count from 3.1 on and are ignored in 3.0",
        arguments: [("3.1.0", false), ("3.0.3", true)])
    func referenceSiblings(version: String, isAccepted: Bool) throws {
        let fixture = try Self.json(
            "{$ref: '#/components/schemas/Name', maxLength: 3}", components: "{Name: {type: string}}",
            version: version)
        #expect(Self.accepts(fixture, #""long""#) == isAccepted)
        #expect(!Self.accepts(fixture, "7"))
    }

    @Test("32: nothing is closed that the document leaves open, and allOf of open objects stays open")
    func openObjects() throws {
        let open = try Self.json("{type: object, properties: {a: {type: integer}}}")
        #expect(Self.accepts(open, #"{"a":1,"b":2}"#))
        let both = try Self.json(
            "{allOf: [{type: object, properties: {a: {type: integer}}}, {type: object, properties: {b: {type: integer}}}]}"
        )
        #expect(Self.accepts(both, #"{"a":1,"b":2}"#))
        let closed = try Self.json(
            "{allOf: [{properties: {a: {}}, additionalProperties: false}, {properties: {b: {}}}]}")
        #expect(!Self.accepts(closed, #"{"a":1,"b":2}"#), "a closed member of allOf stays closed, by the book")
    }

    @Test(
        "34: numbers are exact, whatever their size",
        arguments: [
            ("{multipleOf: 0.01}", "19.99", true), ("{multipleOf: 0.01}", "19.999", false),
            ("{multipleOf: 0.1}", "0.3", true), ("{multipleOf: 3}", "9007199254740993", true),
            ("{multipleOf: 3}", "9007199254740992", false), ("{maximum: 9007199254740992}", "9007199254740993", false),
            ("{const: 9007199254740993}", "9007199254740992", false), ("{maximum: 1.0e+400}", "1.1e400", false),
            ("{minimum: 18446744073709551616}", "18446744073709551615", false),
            ("{enum: [1.0]}", "1", true), ("{type: integer}", "1e2", true), ("{type: integer}", "1e-2", false),
        ])
    func exactNumbers(schema: String, content: String, isGood: Bool) throws {
        #expect(Self.accepts(try Self.json(schema), content) == isGood)
    }

    @Test(
        "35: lengths count code points: neither UTF-16 units nor what looks like one character",
        arguments: [
            (#""😀""#, 1), (#""e\u0301""#, 2), (#""é""#, 1), (#""👩‍👩‍👧""#, 5), (#""\ud83d\ude00""#, 1),
        ])
    func codePoints(content: String, count: Int) throws {
        #expect(Self.accepts(try Self.json("{type: string, minLength: \(count), maxLength: \(count)}"), content))
    }

    @Test(
        "36: equal means equal as JSON: numbers by value, objects without order, text by code points",
        arguments: [
            ("[1,1.0]", false), ("[1,true]", true), (#"[{"a":1,"b":2},{"b":2,"a":1.0}]"#, false),
            (#"["\u00e9","e\u0301"]"#, true), ("[[1],[1,1]]", true), (#"[0,false,"",null,[],{}]"#, true),
        ])
    func uniqueItems(content: String, isGood: Bool) throws {
        #expect(Self.accepts(try Self.json("{uniqueItems: true}"), content) == isGood)
    }

    @Test("39: XML is checked against the schema, by the names of the xml object")
    func xml() throws {
        let fixture = try ContractFixture(
            content: """
                {application/xml: {schema: {type: object, xml: {name: order}, required: [id], properties: \
                {id: {type: integer, xml: {attribute: true}}, note: {type: string, maxLength: 3}}}}}
                """)
        let texts = [
            (#"<order id="7"><note>abc</note></order>"#, true), (#"<order id="x"><note>abc</note></order>"#, false),
            (#"<order id="7"><note>abcd</note></order>"#, false), ("<order><note>abc</note></order>", false),
            (#"<!DOCTYPE order [<!ENTITY e "abc">]><order id="7"><note>&e;</note></order>"#, false),
            (#"<order id="7">"#, false),
        ]
        for (text, isGood) in texts {
            #expect(fixture.body(text, type: "application/xml").verdict.isAccepted == isGood, "\(text)")
        }
    }

    @Test(
        "40: a pattern that reaches its limit rejects, under `not` too",
        arguments: [
            "{pattern: '^(a+)+$'}", "{not: {pattern: '^(a+)+$'}}", "{pattern: '^(a+)+(?<!b)$'}",
            "{not: {pattern: '^(a+)+(?<!b)$'}}",
        ])
    func patternLimit(schema: String) throws {
        let fixture = try Self.json(schema)
        let hostile = "\"" + String(repeating: "a", count: 40) + "!\""
        let before = clock()
        let found = fixture.body(hostile, type: "application/json")
        let milliseconds = (clock() - before) * 1000 / CLOCKS_PER_SEC
        // An engine that decides in linear time may say what the schema says; one that gives up must not accept.
        #expect(found.verdict.isAccepted == (schema == "{not: {pattern: '^(a+)+$'}}"))
        #expect(milliseconds < 1000)
    }

    @Test(
        "40: YAML's words of old are strings: a country called no, a time, a version",
        arguments: ["no", "on", "12:30", "1_000", "0o17x"])
    func yamlWords(word: String) throws {
        let fixture = try Self.json("{enum: [\(word)]}")
        #expect(Self.accepts(fixture, "\"\(word)\""))
    }
}
