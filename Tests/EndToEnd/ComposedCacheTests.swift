import Glibc
import JSONDocuments
import Synchronization
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Stored parts and stored wholes of compositions")
    struct ComposedCacheTests {
        /// A service whose replies are `{"n": NUMBER, "target": …, "host": …, "who": …}`, with fields by target.
        final class Service: Sendable {
            let backend: RecordingBackend
            /// Whether requests are answered at once.
            let isOpen = Flag(true)
            /// Whether requests are answered with 503.
            let fails = Flag(false)

            final class Flag: Sendable {
                private let value: Atomic<Bool>
                init(_ value: Bool) { self.value = Atomic(value) }
                var isSet: Bool { value.load(ordering: .acquiring) }
                func set(_ new: Bool) { value.store(new, ordering: .releasing) }
            }

            /// - Parameter fields: the field lines of a reply, each with its line break; or a whole reply.
            init(_ fields: @escaping @Sendable (RecordingBackend.Request) -> String) throws {
                let count = Mutex(0)
                let (isOpen, fails) = (isOpen, fails)
                backend = try RecordingBackend { request, socket in
                    let number = count.withLock { count in
                        count += 1
                        return count
                    }
                    while !isOpen.isSet { usleep(1000) }
                    if fails.isSet { return try socket.send(CompositionTests.json("{}", status: "503 No")) }
                    let own = fields(request)
                    if own.hasPrefix("HTTP/") { return try socket.send(own) }
                    let content =
                        #"{"n":\#(number),"target":"\#(request.target)","host":"\#(request.fields["Host"] ?? "")","#
                        + #""who":"\#(request.fields["X-Key"] ?? "")"}"#
                    try socket.send(
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\(own)Content-Length: \(content.utf8.count)\r\n\r\n"
                            + content)
                }
            }

            /// All requests for a target, in order.
            func requests(_ target: String) -> [RecordingBackend.Request] {
                backend.requests.filter { $0.target == target }
            }
        }

        /// A gateway over `/things/{id}`, the secured `/mine`, and compositions.
        static func gateway(
            _ service: Service, operations: String = "{}", gateway: String = "", _ compositions: String
        ) throws -> RunningGateway {
            try RunningGateway(
                TemporaryFolder([
                    "keys": "alpha-key-that-is-long alice\nbeta-key-that-is-long bob\n",
                    "routes/gateway.yaml": """
                    version: 1
                    gateway:
                      listeners: { public: { bind: "127.0.0.1:0" } }
                      admin: { bind: "127.0.0.1:0" }
                      workers: 1
                      telemetry: { serverTiming: true }
                      defaults: { timeout: 20s, validation: { responses: report } }
                    \(gateway)
                    upstreams: { service: { targets: ["http://127.0.0.1:\(service.backend.port)"], retry: { attempts: 0 } } }
                    policies: { partner: { apiKey: { header: X-Key, keys: "${file:../keys}" } } }
                    apis: { test: { spec: ../specs/test.yaml, upstream: service, security: { key: partner }, operations: \(operations) } }
                    compositions:
                    \(compositions.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
                    """,
                    "specs/test.yaml": """
                    openapi: 3.1.0
                    info: { title: test, version: "1" }
                    components: { securitySchemes: { key: { type: apiKey, in: header, name: X-Key } } }
                    paths:
                      /things/{id}:
                        parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
                        get:
                          operationId: getThing
                          parameters:
                            - { name: b, in: query, schema: { type: string } }
                            - { name: a, in: query, schema: { type: string } }
                          responses: &replies
                            "200": { description: d, content: { application/json: { schema: { type: object, required: [n], properties: { n: { type: integer }, target: {}, host: {}, who: {} } } } } }
                        put: { operationId: putThing, responses: { default: { description: d } } }
                      /mine: { get: { operationId: getMine, security: [{ key: [] }], responses: *replies } }
                    """,
                ]))
        }

        static func status(_ reply: HTTPClient.Reply) -> String { reply.fields["Cache-Status"] ?? "" }

        /// The page of one thing.
        static func page(_ more: String = "", cache: String = "") -> String {
            """
            page:
              get: /pages/{id}
              steps: { thing: { call: test.getThing, with: { id: $inputs.id }\(cache.isEmpty ? "" : ", cache: \(cache)") } }
              respond: { n: $steps.thing.body#/n, host: $steps.thing.body#/host? }
            \(more.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
            """
        }

        // MARK: Parts

        @Test("a plain route serves a composition, and a composition a plain route: one key for both")
        func oneKey() throws {
            let service = try Service { _ in "Cache-Control: max-age=60\r\n" }
            let gateway = try Self.gateway(service, operations: "{ getThing: { cache: {} } }", Self.page())
            let plain = try HTTPClient.send("GET /things/1", to: gateway.port, host: "shop.test").json()
            let page = try HTTPClient.send("GET /pages/1", to: gateway.port, host: "shop.test")
            #expect(try page.json()["n"]?.int == plain["n"]?.int)
            #expect(page.fields["Server-Timing"]?.contains(#"desc="stored""#) == true, "\(page)")
            #expect(service.requests("/things/1").count == 1)
            let second = try HTTPClient.send("GET /pages/a%20b", to: gateway.port, host: "shop.test")
            let other = try HTTPClient.send("GET /things/a%20b", to: gateway.port, host: "shop.test")
            #expect(Self.status(other).contains("hit"), "\(other)")
            #expect(try other.json()["n"]?.int == second.json()["n"]?.int)
            #expect(service.requests("/things/a%20b").count == 1)
        }

        @Test("the client's Host is part of the key, and services see it as on plain routes")
        func host() throws {
            let service = try Service { _ in "Cache-Control: max-age=60\r\n" }
            let gateway = try Self.gateway(service, operations: "{ getThing: { cache: {} } }", Self.page())
            for _ in 0..<2 {
                for host in ["one.test", "two.test:8080"] {
                    let page = try HTTPClient.send("GET /pages/1", to: gateway.port, host: host)
                    #expect(try page.json()["host"]?.string == host)
                }
            }
            #expect(
                service.requests("/things/1").map { $0.fields["X-Forwarded-Host"] } == ["one.test", "two.test:8080"])
            #expect(service.requests("/things/1").allSatisfy { $0.fields["X-Forwarded-For"] == "127.0.0.1" })
        }

        @Test("parameters of a part are in the same form as those of a plain route")
        func parameters() throws {
            let service = try Service { _ in "Cache-Control: max-age=60\r\n" }
            let gateway = try Self.gateway(
                service, operations: "{ getThing: { cache: {} } }",
                """
                page:
                  get: /page
                  steps: { thing: { call: test.getThing, with: { id: x, b: "2 3", a: "1" } } }
                  respond: { n: $steps.thing.body#/n }
                """)
            _ = try HTTPClient.send("GET /page", to: gateway.port)
            let plain = try HTTPClient.send("GET /things/x?b=2%203&%61=1", to: gateway.port)
            #expect(Self.status(plain).contains("hit"), "\(plain)")
            #expect(service.backend.requests.map(\.target) == ["/things/x?a=1&b=2%203"])
        }

        @Test("a step's own rules have keys of their own; the operation's rules in other words do not")
        func ownRules() throws {
            let service = try Service { _ in "" }
            func numbers(_ cache: String, operation: String) throws -> [Int?] {
                let gateway = try Self.gateway(
                    service, operations: operation.isEmpty ? "{}" : "{ getThing: { cache: \(operation) } }",
                    Self.page(cache: cache))
                defer { gateway.stop() }
                return try ["/pages/1", "/pages/1", "/things/1", "/things/1"].map {
                    try HTTPClient.send("GET \($0)", to: gateway.port).json()["n"]?.int
                }
            }
            /// Which of the four are the same reply.
            func pattern(_ numbers: [Int?]) -> [Int] { numbers.map { numbers.firstIndex(of: $0) ?? -1 } }
            #expect(try pattern(numbers("{ ttl: 60s }", operation: "{ ttl: 60s, staleIfError: 1m }")) == [0, 0, 0, 0])
            #expect(try pattern(numbers("{ ttl: 30s }", operation: "{ ttl: 60s }")) == [0, 0, 2, 2])
            #expect(try pattern(numbers("{ ttl: 60s }", operation: "")) == [0, 0, 2, 3])
            #expect(try pattern(numbers("none", operation: "{ ttl: 60s }")) == [0, 1, 2, 2])
            #expect(try pattern(numbers("", operation: "{ ttl: 60s }")) == [0, 0, 0, 0])
        }

        @Test("two callers never see each other's parts or wholes, and nobody sees them without credentials")
        func callers() throws {
            let service = try Service { _ in "" }
            let gateway = try Self.gateway(
                service, operations: "{ getMine: { cache: { ttl: 60s } } }",
                """
                parts:
                  get: /parts
                  steps: { mine: { call: test.getMine } }
                  respond: { who: $steps.mine.body#/who?, n: $steps.mine.body#/n }
                whole:
                  get: /whole
                  steps: { mine: { call: test.getMine } }
                  respond: { who: $steps.mine.body#/who?, n: $steps.mine.body#/n }
                  cache: { ttl: auto }
                """)
            let keys = ["alpha-key-that-is-long", "beta-key-that-is-long"]
            for path in ["/parts", "/whole", "/mine", "/whole", "/parts"] {
                for key in keys {
                    let reply = try HTTPClient.send("GET \(path)", to: gateway.port, fields: ["X-Key: \(key)"])
                    #expect(try reply.json()["who"]?.string == key, "\(path)")
                }
                #expect(try HTTPClient.send("GET \(path)", to: gateway.port).status == 401)
            }
            #expect(
                service.requests("/mine").count == 2, "plain routes and compositions share what is each caller's own")
        }

        @Test("many compositions that need the same part at once make one request")
        func collapse() throws {
            let service = try Service { _ in "Cache-Control: max-age=60\r\n" }
            service.isOpen.set(false)
            let gateway = try Self.gateway(service, operations: "{ getThing: { cache: {} } }", Self.page())
            let clients = try (0..<100).map { _ in try HTTPClient(port: gateway.port, patience: 20) }
            for client in clients { try client.send("GET /pages/1 HTTP/1.1\r\nHost: localhost\r\n\r\n") }
            #expect(Clock.poll(for: 5) { service.requests("/things/1").count == 1 })
            // One more waits on the plain route.
            let plain = try HTTPClient(port: gateway.port, patience: 20)
            try plain.send("GET /things/1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            usleep(100_000)
            service.isOpen.set(true)
            for client in clients { #expect(try client.reply().json()["n"]?.int == 1) }
            // Collapsed; or a hit, where it was read after the reply had come.
            #expect(try plain.reply().json()["n"]?.int == 1)
            #expect(service.requests("/things/1").count == 1)
        }

        @Test("when the one that asks goes away, another asks in its place")
        func leaderGone() throws {
            let service = try Service { _ in "Cache-Control: max-age=60\r\n" }
            service.isOpen.set(false)
            let gateway = try Self.gateway(service, operations: "{ getThing: { cache: {} } }", Self.page())
            let leader = try HTTPClient(port: gateway.port)
            try leader.send("GET /pages/1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(Clock.poll(for: 5) { service.requests("/things/1").count == 1 })
            let follower = try HTTPClient(port: gateway.port, patience: 20)
            try follower.send("GET /pages/1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            leader.socket.reset()
            #expect(Clock.poll(for: 4) { service.requests("/things/1").count == 2 })
            service.isOpen.set(true)
            #expect(try follower.reply().status == 200)
        }

        @Test("a stale part is revalidated, and a 304 brings it up to date (RFC 9111 §4.3.4)")
        func revalidation() throws {
            let service = try Service { request in
                request.fields["If-None-Match"] == "\"v1\""
                    ? "HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\nCache-Control: max-age=90\r\n\r\n"
                    : "Cache-Control: max-age=60\r\nAge: 61\r\nETag: \"v1\"\r\n"
            }
            let gateway = try Self.gateway(service, operations: "{ getThing: { cache: {} } }", Self.page())
            for _ in 0..<4 { #expect(try HTTPClient.send("GET /pages/1", to: gateway.port).json()["n"]?.int == 1) }
            let asked = service.requests("/things/1").map { $0.fields["If-None-Match"] }
            #expect(asked == [nil, "\"v1\""], "the third and the fourth page found a fresh part")
        }

        @Test("a stale part is used while another call brings it up to date (RFC 5861 §3)")
        func staleWhileRevalidating() throws {
            let service = try Service { _ in "Cache-Control: max-age=60, stale-while-revalidate=600\r\nAge: 61\r\n" }
            let gateway = try Self.gateway(service, operations: "{ getThing: { cache: {} } }", Self.page())
            #expect(try HTTPClient.send("GET /pages/1", to: gateway.port).json()["n"]?.int == 1)
            service.isOpen.set(false)
            for _ in 0..<5 { #expect(try HTTPClient.send("GET /pages/1", to: gateway.port).json()["n"]?.int == 1) }
            service.isOpen.set(true)
            #expect(
                Clock.poll(for: 5) {
                    let number = try? HTTPClient.send("GET /pages/1", to: gateway.port).json()["n"]?.int
                    return (number ?? 1) > 1
                })
        }

        @Test("a stale part stands in for a service that fails or is gone (RFC 5861 §4)")
        func staleIfError() throws {
            let service = try Service { _ in "Cache-Control: max-age=60\r\nAge: 61\r\n" }
            let gateway = try Self.gateway(
                service, operations: "{ getThing: { cache: { staleIfError: 1h } } }", Self.page())
            #expect(try HTTPClient.send("GET /pages/1", to: gateway.port).status == 200)
            service.fails.set(true)
            let failing = try HTTPClient.send("GET /pages/1", to: gateway.port)
            #expect(failing.status == 200 && failing.fields["Lintel-Partial"] == nil, "\(failing)")
            service.backend.stop()
            #expect(try HTTPClient.send("GET /pages/1", to: gateway.port).status == 200)
            #expect(try HTTPClient.send("GET /pages/2", to: gateway.port).status >= 500)
        }

        @Test("a part that breaks its contract is not stored, and a client that wants no stored reply gets none")
        func notStored() throws {
            let service = try Service { request in
                request.target == "/things/bad"
                    ? "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: max-age=60\r\nContent-Length: 9\r\n\r\n{\"n\":\"x\"}"
                    : "Cache-Control: max-age=60\r\n"
            }
            let gateway = try Self.gateway(service, operations: "{ getThing: { cache: {} } }", Self.page())
            for _ in 0..<2 { _ = try HTTPClient.send("GET /pages/bad", to: gateway.port) }
            #expect(service.requests("/things/bad").count == 2)
            _ = try HTTPClient.send("GET /pages/1", to: gateway.port)
            let fresh = try HTTPClient.send("GET /pages/1", to: gateway.port, fields: ["Cache-Control: no-cache"])
            #expect(try fresh.json()["n"]?.int != nil && service.requests("/things/1").count == 2)
            #expect(try HTTPClient.send("GET /pages/1", to: gateway.port).text == fresh.text)
        }
    }
}
