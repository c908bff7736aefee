import GatewaySettings
import SourceDiagnostics
import Testing

/// An operation and what has to hold for it.
struct PrecedenceCase: Sendable, CustomTestStringConvertible {
    /// What is asked: id, `METHOD /path`, tags.
    let id: String?
    let line: String
    let tags: [String]
    /// Leaf, value, line of the file (nil: built in).
    let expected: [(String, String, Int?)]

    var testDescription: String { id ?? line }
}

@Suite("Precedence of settings")
struct PrecedenceTests {
    /// Line numbers matter: they are what is expected.
    static let text = """
        version: 1
        gateway:
          defaults:
            timeout: 1s
            limits: { requestBody: 1KiB, responseBody: 1KiB, jsonDepth: 1 }
            use: [a]
            cache: { ttl: 1s, scope: public }
        upstreams: { u: { targets: [http://a] } }
        policies:
          a: { ip: { deny: [10.0.0.0/8] } }
          b: { ip: { deny: [10.0.0.0/8] } }
          c: { ip: { deny: [10.0.0.0/8] } }
          d: { ip: { deny: [10.0.0.0/8] } }
        apis:
          shop:
            spec: ../specs/users.yaml
            upstream: u
            timeout: 2s
            limits: { responseBody: 2KiB }
            use: [b]
            tags:
              write:
                timeout: 3s
                limits: { requestBody: 3KiB }
                use: [c]
              slow:
                timeout: 33s
              locked:
                useOnly: [d]
            operations:
              createProduct:
                timeout: 4s
                use: [d, a]
                cache: { ttl: 4s }
              getProduct:
                limits: { requestBody: 4KiB }
                useOnly: [c]
              "GET /products":
                errors: { max: 5 }
                useOnly: []
        """

    static let cases: [PrecedenceCase] = [
        PrecedenceCase(
            id: "other", line: "GET /other", tags: [],
            expected: [
                ("timeout", "2s", 18), ("limits.requestBody", "1KiB", 5), ("limits.responseBody", "2KiB", 19),
                ("limits.jsonDepth", "1", 5), ("limits.headerCount", "100", nil), ("use", "a", 6), ("use", "b", 20),
                ("cache.ttl", "\"1s\"", 7), ("cache.scope", "\"public\"", 7),
            ]),
        PrecedenceCase(
            id: "createProduct", line: "POST /products", tags: ["write"],
            expected: [
                ("timeout", "4s", 32), ("limits.requestBody", "3KiB", 24), ("limits.responseBody", "2KiB", 19),
                ("use", "a", 6), ("use", "b", 20), ("use", "c", 25), ("use", "d", 33), ("cache.ttl", "\"4s\"", 34),
                ("cache.scope", "\"public\"", 7),
            ]),
        PrecedenceCase(
            id: "getProduct", line: "GET /products/{id}", tags: ["unknown"],
            expected: [("timeout", "2s", 18), ("limits.requestBody", "4KiB", 36), ("use", "c", 37)]),
        PrecedenceCase(
            id: nil, line: "GET /products", tags: [],
            expected: [("timeout", "2s", 18), ("errors.max", "5", 39), ("errors.values", "hide", nil)]),
        PrecedenceCase(
            id: nil, line: "PATCH /x", tags: ["write", "slow"],
            expected: [
                ("timeout", "33s", 27), ("limits.requestBody", "3KiB", 24), ("use", "a", 6), ("use", "b", 20),
                ("use", "c", 25),
            ]),
        PrecedenceCase(
            id: nil, line: "PATCH /x", tags: ["slow", "write"],
            expected: [("timeout", "3s", 23)]),
        PrecedenceCase(
            id: nil, line: "PATCH /x", tags: ["locked"],
            expected: [("use", "d", 29)]),
    ]

    @Test("the nearest level wins, key by key, and every leaf names its line", arguments: cases)
    func precedence(row: PrecedenceCase) throws {
        let fixture = SettingsFixture(Self.text)
        let settings = try #require(fixture.load().settings, "\(fixture.everythingSaid())")
        let parts = row.line.split(separator: " ").map(String.init)
        let resolved = settings.resolve(
            api: "shop", operationID: row.id, method: parts[0], path: parts[1], tags: row.tags)
        let leaves = resolved.leaves
        for (path, text, line) in row.expected {
            #expect(
                leaves.contains { $0.path == path && $0.text == text && $0.origin?.start.line == line },
                "\(path) is \(leaves.filter { $0.path == path }.map { "\($0.text)@\($0.origin?.start.line ?? 0)" })")
        }
        let uses = row.expected.filter { $0.0 == "use" }
        if !uses.isEmpty { #expect(resolved.policies.map(\.value) == uses.map { $0.1 }) }
    }

    @Test("useOnly with nothing takes every policy away")
    func nothing() throws {
        let settings = try #require(SettingsFixture(Self.text).load().settings)
        #expect(settings.resolve(api: "shop", method: "GET", path: "/products").policies.isEmpty)
    }

    @Test("keys that name no operation, no tag, or an operation twice are reported with their places")
    func unknownOperations() throws {
        let settings = try #require(SettingsFixture(Self.text).load().settings)
        let api = try #require(settings.api("shop"))
        let operations = [
            OperationName(operationID: "createProducts", method: "POST", path: "/products", tags: ["write"]),
            OperationName(operationID: "getProduct", method: "GET", path: "/products", tags: ["slow"]),
        ]
        let diagnostics = Diagnostic.sorted(api.diagnostics(against: operations))
        #expect(
            diagnostics.map { "\($0.range?.start.description ?? ""): \($0.code)" } == [
                "28:7: unknown-tag", "31:7: unknown-operation", "38:7: duplicate-name",
            ])
        #expect(diagnostics[1].suggestion?.contains("createProducts") == true)
        #expect(diagnostics[2].notes.first?.range?.start.description == "35:7")
    }
}
