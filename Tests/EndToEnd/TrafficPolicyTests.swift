import Glibc
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

        /// A service that has its own mind about origins.
        private static func talkative() throws -> RecordingBackend {
            try RecordingBackend(
                answer: RecordingBackend.always(
                    """
                    HTTP/1.1 200 OK\r\nContent-Length: 2\r\nAccess-Control-Allow-Origin: *\r\n\
                    access-control-expose-headers: x-secret\r\n\r\nok
                    """))
        }

        /// A gateway whose operations pages of `origins` may call.
        private static func pages(
            _ origins: String, more: String = "", use: String = "pages", backend: RecordingBackend
        ) throws -> RunningGateway {
            return try gateway(
                "  pages: { cors: { origins: [\(origins)], maxAge: 5m\(more) } }", use: use, backend: backend)
        }

        @Test("a preflight is answered from the contract, before credentials; the service hears nothing of it")
        func preflights() async throws {
            let backend = try Self.talkative()
            let gateway = try Self.pages(
                "https://shop.example.com", more: ", credentials: true, headers: [X-Trace]", use: "partner, pages",
                backend: backend)
            func ask(_ origin: String, _ method: String, path: String = "/a") throws -> HTTPClient.Reply {
                try HTTPClient.send(
                    "OPTIONS \(path)", to: gateway.port,
                    fields: ["Origin: \(origin)", "Access-Control-Request-Method: \(method)"])
            }
            let allowed = try ask("https://shop.example.com", "GET")
            #expect(allowed.status == 204)
            #expect(allowed.fields["Access-Control-Allow-Origin"] == "https://shop.example.com")
            #expect(allowed.fields["Access-Control-Allow-Credentials"] == "true")
            #expect(allowed.fields["Access-Control-Allow-Methods"] == "GET")
            #expect(
                allowed.fields["Access-Control-Allow-Headers"]
                    == "content-type, if-none-match, if-match, authorization, x-key, x-trace")
            #expect(allowed.fields["Access-Control-Max-Age"] == "300")
            #expect(allowed.fields["Vary"]?.contains("Origin") == true)
            // A method that is not declared is not among those allowed.
            let declared = try HTTPClient.send("OPTIONS /a", to: gateway.port, fields: []).fields["Allow"]
            let other = try ask("https://shop.example.com", "DELETE").fields["Access-Control-Allow-Methods"]
            #expect(other == declared && other?.contains("GET") == true && other?.contains("DELETE") == false)
            let refused = try ask("https://evil.example", "GET")
            #expect(refused.status == 403 && refused.fields["Access-Control-Allow-Origin"] == nil)
            // An origin is compared as a whole, and in the case in which browsers send it.
            for near in ["https://shop.example.com.evil.example", "http://shop.example.com", "null", ""] {
                #expect(try ask(near, "GET").fields["Access-Control-Allow-Origin"] == nil, "\(near)")
            }
            #expect(try ask("https://shop.example.com", "GET", path: "/nowhere").status == 404)
            // Without the question it is a request like any other.
            #expect(try HTTPClient.send("OPTIONS /a", to: gateway.port, fields: []).status == 405)
            #expect(backend.requests.isEmpty)
            gateway.stop()
        }

        @Test("a reply says which page may read it, an error too; the service's own word about it is left out")
        func pagesRead() async throws {
            let backend = try Self.talkative()
            let gateway = try Self.pages("https://shop.example.com", use: "partner, pages", backend: backend)
            func get(_ origin: String?, key: String = "key-of-ada") throws -> HTTPClient.Reply {
                try HTTPClient.send(
                    "GET /a", to: gateway.port, fields: ["X-Key: \(key)"] + (origin.map { ["Origin: \($0)"] } ?? []))
            }
            for (key, status) in [("key-of-ada", 200), ("wrong", 401)] {
                let reply = try get("https://shop.example.com", key: key)
                #expect(reply.status == status)
                #expect(reply.fields["Access-Control-Allow-Origin"] == "https://shop.example.com")
                #expect(reply.fields["Access-Control-Expose-Headers"]?.contains("X-Request-Id") == true)
                #expect(reply.fields["Access-Control-Expose-Headers"]?.contains("x-secret") == false)
                #expect(reply.fields["Vary"] == "Origin")
            }
            // Other clients are served; only pages of other origins may not read.
            for origin in ["https://evil.example", nil] {
                let reply = try get(origin)
                #expect(reply.status == 200 && reply.fields["Access-Control-Allow-Origin"] == nil)
                #expect(reply.fields["Vary"] == "Origin")
            }
            gateway.stop()
            let open = try Self.pages("\"*\"", backend: backend)
            let reply = try HTTPClient.send("GET /a", to: open.port, fields: ["Origin: https://anyone.example"])
            #expect(reply.fields["Access-Control-Allow-Origin"] == "*" && reply.fields["Vary"] == nil)
            #expect(reply.fields["Access-Control-Allow-Credentials"] == nil)
            open.stop()
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

        /// A few seconds in every run; `LINTEL_LOAD_SECONDS=60` for a minute.
        @Test("as many pass as the limit says, within one in a hundred, when ten times as many come")
        func exact() async throws {
            let seconds = getenv("LINTEL_LOAD_SECONDS").flatMap { Double(String(cString: $0)) } ?? 4
            let backend = try RecordingBackend()
            let gateway = try Self.gateway(
                "  fair: { rateLimit: { key: address, limit: 100/1s, burst: 20 } }", use: "fair", workers: 2,
                backend: backend)
            let start = Clock.now
            let counts = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        try await BackgroundThread.run {
                            var (passed, refused) = (0, 0)
                            let client = try HTTPClient(port: gateway.port)
                            var next = Clock.now
                            while Clock.now < start + seconds {
                                let reply = try client.exchange("GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n")
                                if reply.status == 200 { passed += 1 } else { refused += 1 }
                                // 250 a second each; who is late catches up.
                                next += 0.004
                                usleep(UInt32(max(0, next - Clock.now) * 1e6))
                            }
                            return (passed, refused)
                        }
                    }
                }
                return try await group.reduce(into: (0, 0)) {
                    $0.0 += $1.0
                    $0.1 += $1.1
                }
            }
            let allowed = 100 * (Clock.now - start) + 20
            #expect(abs(Double(counts.0) - allowed) <= max(2, allowed / 100), "\(counts), allowed \(allowed)")
            #expect(Double(counts.0 + counts.1) > allowed * 7, "\(counts): too few came to tell")
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
