import JSONDocuments
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Claims of the caller's token in compositions")
    struct CompositionClaimTests {
        private static let key = IssuerKey("one")
        private static let stranger = IssuerKey("one")

        private static func gateway(_ backend: RecordingBackend) throws -> RunningGateway {
            try RunningGateway(
                TemporaryFolder([
                    "jwks.json": #"{"keys":[\#(key.jwk)]}"#,
                    "routes/gateway.yaml": """
                    version: 1
                    gateway:
                      listeners: { public: { bind: "127.0.0.1:0" } }
                      admin: { bind: "127.0.0.1:0" }
                      workers: 1
                      defaults: { validation: { responses: enforce } }
                    upstreams: { service: { targets: ["http://127.0.0.1:\(backend.port)"], retry: { attempts: 0 } } }
                    policies: { customer: { jwt: { issuer: https://id.test/, audiences: [shop], jwks: "${file:../jwks.json}" } } }
                    apis: { test: { spec: ../specs/test.yaml, upstream: service } }
                    compositions:
                      page:
                        get: /page
                        use: [customer]
                        claims: { tenant: string, level: { name: "https://id.test/level", type: integer } }
                        steps:
                          part: { call: test.getPart, with: { id: $claims.tenant, level: $claims.level? }, cache: { ttl: 60s } }
                          staff: { call: test.getPart, with: { id: staff }, when: $claims.role? == "staff" }
                        respond:
                          n: $steps.part.body#/n
                          tenant: $claims.tenant
                          level: $claims.level?
                          role: $claims.role?
                          staff: $steps.staff.body#/n
                    """,
                    "specs/test.yaml": """
                    openapi: 3.1.0
                    info: { title: test, version: "1" }
                    paths:
                      /parts/{id}:
                        get:
                          operationId: getPart
                          parameters:
                            - { name: id, in: path, required: true, schema: { type: string } }
                            - { name: level, in: query, schema: { type: integer } }
                          responses: { "200": { description: d, content: { application/json: { schema: { type: object, required: [n], properties: { n: { type: integer } } } } } } }
                    """,
                ]))
        }

        @Test("claims feed parameters, conditions and the reply, with their types")
        func used() throws {
            let backend = try RecordingBackend { _, socket in try socket.send(CompositionTests.json(#"{"n":1}"#)) }
            let gateway = try Self.gateway(backend)
            func get(_ more: String) throws -> HTTPClient.Reply {
                let token = try Self.key.token(more: more)
                return try HTTPClient.send("GET /page", to: gateway.port, fields: ["Authorization: Bearer \(token)"])
            }
            let whole = try get(#","tenant":"a/b","https://id.test/level":7,"role":"staff""#)
            #expect(whole.text == #"{"n":1,"tenant":"a/b","level":7,"role":"staff","staff":1}"#, "\(whole)")
            #expect(try get(#","tenant":"t\"\u00e9","role":true"#).text == #"{"n":1,"tenant":"t\"é","role":true}"#)
            #expect(try get(#","tenant":"t\"\u00e9","role":null"#).text == #"{"n":1,"tenant":"t\"é"}"#)
            #expect(
                backend.requests.map(\.target).sorted() == [
                    "/parts/a%2Fb?level=7", "/parts/staff", "/parts/t%22%C3%A9",
                ],
                "parts are stored by what the claims made of them")
        }

        @Test("what a token lacks, or says otherwise, is refused before any service is asked")
        func refused() throws {
            let backend = try RecordingBackend { _, socket in try socket.send(CompositionTests.json(#"{"n":1}"#)) }
            let gateway = try Self.gateway(backend)
            func status(_ fields: [String]) throws -> Int {
                try HTTPClient.send("GET /page", to: gateway.port, fields: fields).status
            }
            for more in [
                "", #","tenant":null"#, #","tenant":7"#, #","tenant":["a"]"#,
                #","tenant":"a","https://id.test/level":"7""#, #","tenant":"a","https://id.test/level":7.5"#,
                #","tenant":"a","role":{"is":"staff"}"#,
            ] {
                #expect(try status(["Authorization: Bearer \(Self.key.token(more: more))"]) == 403, "\(more)")
            }
            let forged = try Self.stranger.token(more: #","tenant":"a""#)
            #expect(try status(["Authorization: Bearer \(forged)"]) == 401)
            let twice = try Self.key.token(more: #","tenant":"a","tenant":"b""#)
            #expect(try status(["Authorization: Bearer \(twice)"]) == 401)
            #expect(try status([]) == 401)
            #expect(backend.requests.isEmpty)
            #expect(try status(["Authorization: Bearer \(Self.key.token(more: #","tenant":"a""#))"]) == 200)
        }
    }
}
