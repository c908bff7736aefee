import GatewayTelemetry
import SourceDiagnostics
import TestSupport
import Testing

@testable import GatewayPipeline

/// Policies and compositions, dashes, and what is found when they are built over a document with operations that ask for
/// credentials: `routes:LINE:COLUMN CODE MESSAGE`, with the place in the document behind an arrow.
struct BuiltFixture: Sendable, CustomTestStringConvertible {
    /// The whole fixture.
    let text: String

    var testDescription: String { expected.first ?? text }

    private var lines: [String] { text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }

    /// What stands below the dashes.
    var expected: [String] { lines.drop { $0 != "---" }.dropFirst().filter { !$0.isEmpty } }

    /// What is found.
    func findings() throws -> [String] {
        let folder = try TemporaryFolder([
            "keys": "partner-key-that-is-long acme\n", "users": "ada:secret\n",
            "jwks.json": "{\"keys\":[\(IssuerKey("k").jwk)]}",
            "routes/fixed.yaml": """
            version: 1
            gateway: { defaults: { validation: { responses: report } } }
            upstreams: { service: { targets: ["http://127.0.0.1:1"] } }
            """,
            "routes/routes.yaml": "version: 1\n" + lines.prefix { $0 != "---" }.joined(separator: "\n") + "\n",
            "specs/spec.yaml": Self.document,
        ])
        let outcome = SnapshotBuilder.load(routes: folder.file("routes"), metrics: MetricsRegistry(workers: 1))
        return Diagnostic.sorted(outcome.diagnostics).map { diagnostic in
            func place(_ range: SourceRange) -> String {
                let name = range.file.path.split(separator: "/").last.map(String.init) ?? ""
                return "\(name.split(separator: ".")[0]):\(range.start.line):\(range.start.column)"
            }
            var line = "\(diagnostic.range.map(place) ?? "-") \(diagnostic.code) \(diagnostic.message)"
            if let suggestion = diagnostic.suggestion { line += " (\(suggestion))" }
            if let range = diagnostic.notes.first?.range { line += " -> \(place(range))" }
            return line
        }
    }

    private static let document = """
        openapi: 3.1.0
        info: { title: shop, version: "1" }
        paths:
          /open: { get: { operationId: getOpen, responses: &replies { "200": { description: ok, content: { application/json: { schema: {} } } } } } }
          /keyed: { get: { operationId: getKeyed, security: [{ key: [] }], responses: *replies } }
          /token: { get: { operationId: getToken, security: [{ token: [] }], responses: *replies } }
          /either: { get: { operationId: getEither, security: [{ key: [] }, { token: [] }], responses: *replies } }
          /cookie: { get: { operationId: getCookie, parameters: [{ name: c, in: cookie, schema: { type: string } }], responses: *replies } }
          /change: { put: { operationId: change, responses: *replies } }
        components:
          securitySchemes:
            key: { type: apiKey, in: header, name: X-Key }
            token: { type: http, scheme: bearer }
        """
}

/// What is wrong with compositions as far as the gateway's policies and the store come in.
@Suite("Compositions over policies and the store: mistakes in the settings")
struct BuiltFixtureTests {
    @Test("each mistake is told with its place in routes and in the document", arguments: BuiltFixture.all)
    func mistakes(fixture: BuiltFixture) throws {
        let found = try fixture.findings()
        #expect(found == fixture.expected, "\(found.joined(separator: "\n"))")
    }
}

extension BuiltFixture {
    /// The API with every scheme bound to a policy, but where a fixture says otherwise.
    private static func api(
        _ security: String = "{ key: partner, token: upstream }", _ operations: String = "{}"
    ) -> String {
        """
        policies: { partner: { apiKey: { header: X-Key, keys: "${file:../keys}" } } }
        apis: { shop: { spec: ../specs/spec.yaml, upstream: service, security: \(security), operations: \(operations) } }
        """
    }

    /// All fixtures.
    static let all: [BuiltFixture] = [
        // What callers have to show.
        api() + """

            compositions:
              page:
                get: /page
                security: []
                steps: { one: { call: shop.getKeyed } }
                respond: { a: $steps.one.body? }
            ---
            routes:8:14 unmet-security `security` asks nobody for anything, and the step `one` needs credentials -> spec:5:56
            """,
        api() + """

            compositions:
              page:
                get: /page
                steps:
            \((1...5).map { "          e\($0): { call: shop.getEither }" }.joined(separator: "\n"))
                respond: { a: [\((1...5).map { "$steps.e\($0).body?" }.joined(separator: ", "))] }
            ---
            routes:5:3 unmet-security the called operations ask for credentials in more than 16 ways
            """,
        """
        policies:
          customer: { jwt: { issuer: i, jwks: "${file:../jwks.json}" } }
          staff: { basic: { users: "${file:../users}" } }
        apis: { shop: { spec: ../specs/spec.yaml, upstream: service, security: { key: upstream, token: customer } } }
        compositions:
          page:
            get: /page
            security: [staff]
            steps: { one: { call: shop.getToken } }
            respond: { a: $steps.one.body? }
        ---
        routes:7:3 unmet-security the called operations ask for credentials that no request can show at once
        """,
        """
        policies: { customer: { jwt: { issuer: i, jwks: "${file:../jwks.json}" } } }
        apis: { shop: { spec: ../specs/spec.yaml, upstream: service, security: { key: upstream, token: customer } } }
        compositions:
          open:
            get: /page/open
            steps: { one: { call: shop.getOpen } }
            respond: { a: $steps.one.body?, tenant: $claims.tenant }
          either:
            get: /page/either
            steps: { one: { call: shop.getEither } }
            respond: { a: $steps.one.body?, tenant: $claims.tenant }
          stored:
            get: /page/stored
            use: [customer]
            steps: { one: { call: shop.getOpen } }
            respond: { a: $steps.one.body?, tenant: $claims.tenant }
            cache: { ttl: 5s }
        ---
        routes:5:3 unmet-security `$claims` of open needs one token that the gateway checks, and callers may come without it (say `use: [NAME]` with a policy of the kind jwt)
        routes:9:3 unmet-security `$claims` of either needs one token that the gateway checks, and callers may come without it (say `use: [NAME]` with a policy of the kind jwt)
        routes:13:3 cache-claims stored is cached, but its reply depends on claims of the caller's token (remove cache; its parts can be cached)
        """,
        // What is stored.
        api() + """

            compositions:
              page:
                put: /page
                steps: { one: { call: shop.change, cache: { ttl: 5s } } }
                respond: { a: $steps.one.body? }
                cache: {}
            ---
            routes:5:3 cache-method page cannot be cached: its step `one` changes something (remove cache)
            routes:7:14 cache-method replies to PUT are not stored: the step `one` calls shop.change (remove cache) -> spec:9:14
            """,
        api() + """

            compositions:
              page:
                get: /page
                steps: { one: { call: shop.getToken, cache: { ttl: 5s } } }
                respond: { a: $steps.one.body? }
                cache: { ttl: auto }
            ---
            routes:5:3 cache-without-principal page is cached, but credentials for its step `one` are checked by the service, so that nobody knows whose reply is stored (bind its security schemes to policies, or remove cache)
            routes:7:14 cache-without-principal the part `one` is cached, but the credentials of shop.getToken are checked by the service, so that nobody knows whose part is stored (bind its security schemes to policies, or remove cache) -> spec:6:13
            """,
        api() + """

            compositions:
              page:
                get: /page
                steps: { one: { call: shop.getEither, cache: {} } }
                respond: { a: $steps.one.body? }
            ---
            routes:7:14 cache-without-principal the part `one` is cached, but the credentials of shop.getEither are checked by the service, so that nobody knows whose part is stored (bind its security schemes to policies, or remove cache) -> spec:7:14
            """,
        api("{ key: partner, token: upstream }", "{ getEither: { cache: {} } }") + """

            ---
            routes:3:9 cache-without-principal getEither is cached, but its credentials are checked by the service, so that nobody knows whose reply is stored (bind its security schemes to policies, or remove cache)
            """,
        api() + """

            compositions:
              page:
                get: /page
                inputs: { c: { in: cookie, schema: { type: string } } }
                steps: { one: { call: shop.getCookie, with: { c: $inputs.c? }, cache: {} } }
                respond: { a: $steps.one.body? }
                cache: {}
            ---
            routes:5:3 cache-cookies page is cached, but has cookies as inputs (remove cache)
            routes:8:14 cache-cookies the part `one` is cached, but shop.getCookie declares cookies as parameters (remove cache) -> spec:8:14
            """,
        api() + """

            compositions:
              page:
                get: /page
                steps: { one: { call: shop.getOpen, validate: skip, cache: {} } }
                respond: { a: $steps.one.body? }
            ---
            routes:7:14 cache-unchecked the part `one` is cached, but the replies of shop.getOpen are not checked (say `validate: report` or `validate: enforce`) -> spec:4:12
            """,
        api() + """

            compositions:
              page:
                get: /page
                steps: { one: { call: shop.getOpen, cache: { tll: 5s } }, two: { call: shop.getOpen, cache: always } }
                respond: { a: $steps.one.body?, b: $steps.two.body? }
                cache: { ttl: 5 }
            ---
            routes:7:50 unknown-key compositions.page.steps.one.cache has no key "tll" (did you mean "ttl"?)
            routes:7:97 wrong-type compositions.page.steps.two.cache must be a map, but is text
            routes:9:19 bad-duration compositions.page.cache.ttl must be auto or a duration such as 250ms, 5s, 1m or 1h, not "5": the unit is missing (write 5s or 5ms)
            """,
    ].map { BuiltFixture(text: $0) }
}
