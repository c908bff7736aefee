import MessageContracts
import Testing

/// Sequential media types (OpenAPI 3.2 §4.14.4).
@Suite("Sequences")
struct SequenceTests {
    /// An item with an integer `a`.
    private static let item = "{type: object, required: [a], properties: {a: {type: integer}}}"

    /// Pointers and codes of what is wrong with content.
    private static func violations(
        _ content: String, type: String, _ members: String, version: String = "3.2.0"
    ) throws -> [String] {
        let fixture = try ContractFixture(content: "{\(type): {\(members)}}", version: version)
        return fixture.body(content, type: type).violations.map { "\($0.pointer) \($0.code)" }
    }

    @Test(
        "each line of JSON Lines and NDJSON is an item",
        arguments: [
            ("{\"a\":1}\n{\"a\":2}\n", []), ("{\"a\":1}\r\n\r\n{\"a\":2}", []), ("\n \n", []),
            ("{\"a\":1}\n{\"a\":\"x\"}\n{}\n", ["/1/a type", "/2 required"]),
            ("{\"a\":1}\n{\"a\":\n2}", ["/1 ", "/2 "]),
            ("{\"a\":1} {\"a\":2}\n", ["/0 "]), ("\u{1E}{\"a\":1}\n", ["/0 "]), ("{\"a\":1}\n{\"a\"", ["/1 "]),
        ] as [(String, [String])],
        ["application/jsonl", "application/x-ndjson", "application/x-jsonlines"])
    func lines(content: (String, [String]), type: String) throws {
        let expected = content.1.map { $0.hasSuffix(" ") ? " json-syntax" : $0 }
        #expect(try Self.violations(content.0, type: type, "itemSchema: \(Self.item)") == expected)
    }

    @Test(
        "records of JSON text sequences stand behind separators and may have several lines (RFC 7464)",
        arguments: [
            ("\u{1E}{\n \"a\": 1\n}\n\u{1E}{\"a\":2}\n", []), ("\u{1E}\u{1E}{\"a\":1}\n\n \u{1E}\n", []),
            ("\u{1E}{\"a\":1}\u{1E}{\"a\":2}", []), ("\u{1E}{\"a\":\"\\\"\\n{\"}\n\u{1E}{\"a\":2}\n", ["/0/a type"]),
            ("{\"a\":1}\n", ["/0 sequence"]), ("\u{1E}{\"a\":1}\n{\"a\":2}\n", ["/1 sequence"]),
            ("\u{1E}12", ["/0 sequence"]), ("\u{1E}12\n", ["/0 type"]), ("\u{1E}{\"a\":1\n", [" json-syntax"]),
            ("\u{1E}{\"a\":\u{1E}{\"a\":1}\n", ["/0 sequence"]), ("\u{1E}]\n\u{1E}{\"a\":1}\n", [" json-syntax"]),
        ] as [(String, [String])],
        ["application/json-seq", "application/geo+json-seq"])
    func records(content: (String, [String]), type: String) throws {
        #expect(try Self.violations(content.0, type: type, "itemSchema: \(Self.item)") == content.1)
    }

    /// The schema of OpenAPI 3.2 §4.14.4.3, closed.
    private static let event =
        "{type: object, additionalProperties: false, required: [data], properties: {data: {type: string, "
        + "maxLength: 9}, event: {enum: [a, b]}, id: {type: string}, retry: {type: integer, maximum: 99}}}"

    @Test(
        "an event is an object of its fields (HTML §9.2.6)",
        arguments: [
            ("data: x\n\n", []), ("data\n\n", []), ("data:x\r\rdata: y\r\n\r\n", []), ("\u{FEFF}data: x\n\n", []),
            ("event: a\ndata: 1234\ndata: 6789\nid: 7\nretry: 10\n\n", []),
            ("data: 123456789\ndata:\n\n", ["/0/data maxLength"]),
            (": a comment\n\nretry: 1000\n\nid: 4\n\n", []), ("unknown: field\ndata: x\n\n", []),
            ("event: c\ndata: x\n\n", ["/0/event enum"]), ("data: x\nevent:\n\n", []), ("event: a\n\n", []),
            ("data: x\n\ndata: y\nretry: 0100\n\n", ["/1/retry maximum"]), ("data: x\nretry: 1e9\n\n", []),
            ("data: x\nretry: -1\nid: a\u{0}b\n\n", []), ("data: xxxxxxxxxx", ["/0/data maxLength"]),
            ("event: a\ndata: x\nevent: c\n\n", ["/0/event enum"]), ("data:  123456789\n\n", ["/0/data maxLength"]),
            ("Data: xxxxxxxxxx\n\n", []), ("data: \"\\\u{1}\n\n", []),
        ] as [(String, [String])])
    func events(content: String, expected: [String]) throws {
        #expect(try Self.violations(content, type: "text/event-stream", "itemSchema: \(Self.event)") == expected)
    }

    @Test("an event that is not UTF-8 is refused")
    func encoding() throws {
        let fixture = try ContractFixture(
            content: "{text/event-stream: {itemSchema: {type: object}}}", version: "3.2.0")
        let found = fixture.body(Array("data: ".utf8) + [0xFF, 0x0A, 0x0A], type: "text/event-stream").violations
        #expect(found.map(\.code) == ["sequence"])
    }

    @Test("OpenAPI 3.2's own example of an event stream holds, and so does its schema")
    func specificationExample() throws {
        let schema =
            "{type: object, required: [data, event], properties: {data: {type: string}, event: {type: string}, "
            + "id: {type: string}, retry: {type: integer, minimum: 0}}, oneOf: [{properties: {event: {const: "
            + "addString}}}, {properties: {event: {const: addInt64}, data: {format: int64}}}, {properties: {event: "
            + "{const: addJSON}, data: {contentMediaType: application/json}}}]}"
        let content =
            "event: addString\ndata: This data is formatted\ndata: across two lines\nretry: 5\n\nevent: addInt64\n"
            + "data: 1234.5678\nunknownField: this is ignored\n\n: This is a comment\nevent: addJSON\n"
            + "data: {\"foo\": 42}\n"
        #expect(try Self.violations(content, type: "text/event-stream", "itemSchema: \(schema)") == [])
    }

    @Test("`schema` describes all items as one array, beside `itemSchema` too")
    func arrays() throws {
        let members = "schema: {type: array, maxItems: 2, items: {type: object}}"
        for (type, text) in [
            ("application/jsonl", ["{}\n", "{}\n", "{}\n"]),
            ("application/json-seq", ["\u{1E}{}\n", "\u{1E}{\n}\n", "\u{1E}{}"]),
            ("text/event-stream", ["data: x\n\n", "data: y\n\n", "data: z\n\n"]),
        ] {
            #expect(try Self.violations(text.prefix(2).joined(), type: type, members) == [])
            #expect(try Self.violations(text.joined(), type: type, members) == [" maxItems"])
            #expect(
                try Self.violations(text.joined(), type: type, "\(members), itemSchema: {required: [z]}").count == 3)
        }
        #expect(try Self.violations("1\n{}\n", type: "application/jsonl", members) == ["/0 type"])
        // Two values on a line are not two items of the array.
        #expect(try Self.violations("{},{}\n", type: "application/jsonl", members) == [" json-syntax"])
    }

    @Test("before OpenAPI 3.2 a schema that cannot mean an array is not taken for one")
    func earlierVersions() throws {
        let object = "schema: {type: object}"
        #expect(try Self.violations("{}\n", type: "application/x-ndjson", object, version: "3.1.0") == [" media-type"])
        #expect(try Self.violations("{}\n", type: "application/x-ndjson", object) == [" type"])
        let array = "schema: {type: array, maxItems: 1}"
        #expect(try Self.violations("1\n2\n", type: "application/x-ndjson", array, version: "3.1.0") == [" maxItems"])
    }

    @Test("cut anywhere, a stream has the same items, and never more bytes pass than items have ended")
    func pieces() throws {
        let contents = [
            ("application/jsonl", "{\"a\":1}\n{\"a\":\"x\"}\r\n\n{\"a\":3}\n"),
            ("application/json-seq", "\u{1E}{\"a\":\n1}\n\u{1E}\"{\\\"\"\n\u{1E}{\"a\":3}\n"),
            ("text/event-stream", "\u{FEFF}: hi\r\n\r\ndata: 1\rid: 2\r\rdata: 1234567890\r\n\r\ndata: é\n\n"),
        ]
        for (type, text) in contents {
            let schema = type == "text/event-stream" ? Self.event : Self.item
            let fixture = try ContractFixture(
                """
                openapi: 3.2.0
                info: {title: t, version: "1"}
                paths: {/a: {get: {responses: {"200": {description: d, content: {\(type): {itemSchema: \(schema)}}}}}}}
                """)
            let content = Array(text.utf8)
            for size in [1, 2, 3, 7, content.count] {
                let found = try Self.stream(content, type: type, size: size, fixture)
                #expect(found.violations.map(\.pointer).count == 1, "\(type) \(size)")
                #expect(found.violations.first?.pointer.hasPrefix("/1") == true, "\(type) \(size)")
                #expect(found.passed == content.count)
            }
        }
    }

    /// Feeds content in pieces; returns what is wrong, and how many bytes had been let through at its end.
    private static func stream(
        _ content: [UInt8], type: String, size: Int, _ fixture: ContractFixture
    ) throws -> (violations: [ContractViolation], passed: Int) {
        var workspace = ContractWorkspace()
        let response = try #require(fixture.contract.operations[0].response(for: 200))
        let lines = [(name: Array("content-type".utf8), value: Array(type.utf8))]
        let policy = Borrowed.withFields(lines) { response.bodyPolicy($0) }
        var items = try #require(response.itemStream(policy))
        var found: [ContractViolation] = []
        var passed = 0
        for start in stride(from: 0, to: content.count, by: size) {
            let piece = content[start..<min(start + size, content.count)]
            found += piece.withUnsafeBytes {
                response.explainItems(of: $0, isLast: false, &items, using: &workspace)
            }
            if items.boundary > 0 { passed = start + items.boundary }
        }
        found += response.explainItems(
            of: UnsafeRawBufferPointer(start: nil, count: 0), isLast: true, &items, using: &workspace)
        return (found, passed)
    }
}
