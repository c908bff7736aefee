import TestSupport
import Testing

extension EndToEnd {
    /// Rate limits and rules for addresses, over real sockets.
    @Suite("Traffic policies")
    struct TrafficPolicyTests {
        /// A gateway whose API uses some policies.
        private static func gateway(
            _ policies: String, use: String, workers: Int = 2, backend: RecordingBackend
        ) throws -> RunningGateway {
            try RunningGateway(
                TemporaryFolder([
                    "routes/gateway.yaml": """
                    version: 1
                    gateway:
                      listeners: { public: { bind: "127.0.0.1:0" } }
                      admin: { bind: "127.0.0.1:0" }
                      workers: \(workers)
                    upstreams: { service: { targets: ["http://127.0.0.1:\(backend.port)"] } }
                    policies:
                      partner: { apiKey: { header: X-Key, keys: "${file:keys}" } }
                    \(policies)
                    apis: { test: { spec: ../specs/test.yaml, upstream: service, use: [\(use)] } }
                    """,
                    "routes/keys": "key-of-ada ada\nkey-of-bob bob\n",
                    "specs/test.yaml": """
                    openapi: 3.1.0
                    info: { title: test, version: "1" }
                    paths:
                      /a: { get: { operationId: getA, responses: { "200": { description: fine } } } }
                      /b: { get: { operationId: getB, responses: { "200": { description: fine } } } }
                    """,
                ]))
        }

        private static func get(
            _ gateway: RunningGateway, _ path: String, key: String? = nil
        ) throws -> HTTPClient.Reply {
            // A connection each: the event loops share the callers.
            try HTTPClient.send("GET \(path)", to: gateway.port, fields: key.map { ["X-Key: \($0)"] } ?? [])
        }

        @Test("a caller who comes too often gets 429 with the time to wait; others pass") func consumers() async throws
        {
            let backend = try RecordingBackend()
            let gateway = try Self.gateway(
                "  fair: { rateLimit: { key: consumer, limit: 6/1m, burst: 3 } }", use: "partner, fair",
                backend: backend)
            for remaining in [2, 1, 0] {
                let reply = try Self.get(gateway, "/a", key: "key-of-ada")
                #expect(reply.status == 200)
                #expect(reply.fields["RateLimit"]?.hasPrefix("\"fair\";r=\(remaining);t=") == true)
                #expect(reply.fields["RateLimit-Policy"] == "\"fair\";q=6;w=60")
            }
            // The limit is one over all operations.
            let refused = try Self.get(gateway, "/b", key: "key-of-ada")
            #expect(refused.status == 429)
            #expect(refused.fields["Content-Type"] == "application/problem+json")
            let wait = Int(refused.fields["Retry-After"] ?? "") ?? 0
            #expect((9...10).contains(wait), "\(wait)")
            #expect(refused.fields["RateLimit"]?.hasPrefix("\"fair\";r=0;t=") == true)
            #expect(try Self.get(gateway, "/a", key: "key-of-bob").status == 200)
            // Who is not known is not counted as somebody.
            #expect(try Self.get(gateway, "/a", key: "wrong").status == 401)
            #expect(backend.requests.count == 4)
            let contract = try Self.get(gateway, "/docs/test/openapi.json").json()
            let replies = contract["paths"]?["/a"]?["get"]?["responses"]
            #expect(replies?["429"]?["$ref"]?.string == "#/components/responses/GatewayTooManyRequests")
            gateway.stop()
        }

        @Test("an operation's limit holds for it alone; an address's for guesses of credentials too")
        func subjects() async throws {
            let backend = try RecordingBackend()
            let each = try Self.gateway(
                "  slow: { rateLimit: { key: operation, limit: 2/1m } }", use: "slow", backend: backend)
            #expect(try ["/a", "/a", "/a", "/b"].map { try Self.get(each, $0).status } == [200, 200, 429, 200])
            each.stop()
            let guessed = try Self.gateway(
                "  slow: { rateLimit: { key: address, limit: 2/1m } }", use: "partner, slow", backend: backend)
            #expect(
                try ["x", "y", "key-of-ada"].map { try Self.get(guessed, "/a", key: $0).status } == [401, 401, 429])
            guessed.stop()
        }

        @Test("two event loops let through what one limit allows") func loops() async throws {
            let backend = try RecordingBackend()
            let gateway = try Self.gateway(
                "  fair: { rateLimit: { key: address, limit: 50/1h } }", use: "fair", workers: 2, backend: backend)
            let statuses = try (0..<120).map { _ in try Self.get(gateway, "/a").status }
            #expect(statuses.filter { $0 == 200 }.count == 50)
            #expect(statuses.filter { $0 == 429 }.count == 70)
            gateway.stop()
        }

        @Test("addresses that are refused, or not allowed, get 403 before anything else") func addresses() async throws
        {
            let backend = try RecordingBackend()
            let refused = try Self.gateway(
                "  inside: { ip: { deny: [127.0.0.0/8] } }", use: "partner, inside", backend: backend)
            #expect(try Self.get(refused, "/a").status == 403)
            refused.stop()
            let allowed = try Self.gateway(
                "  inside: { ip: { allow: [\"127.0.0.1\"] } }", use: "inside", backend: backend)
            #expect(try Self.get(allowed, "/a").status == 200)
            allowed.stop()
            #expect(backend.requests.count == 1)
        }
    }
}
