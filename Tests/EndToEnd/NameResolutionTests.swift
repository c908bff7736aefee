import TestSupport
import Testing

extension EndToEnd {
    /// Targets whose names a name server resolves, and which come and go.
    @Suite("Names of services")
    struct NameResolutionTests {
        private static func gateway(_ server: NameServer, target: String, more: String = "") throws -> RunningGateway {
            try RunningGateway(
                TemporaryFolder([
                    "routes/gateway.yaml": """
                    version: 1
                    gateway:
                      listeners: { public: { bind: "127.0.0.1:0" } }
                      admin: { bind: "127.0.0.1:0" }
                      workers: 1
                      resolver: "127.0.0.1:\(server.port)"
                      defaults: { validation: { requests: skip, responses: skip } }
                    upstreams: { service: { targets: ["\(target)"], resolveEvery: 20s\(more) } }
                    apis:
                      test: { spec: ../specs/empty.json, upstream: service, undeclared: pass }
                    """,
                    "specs/empty.json": #"{"openapi":"3.1.0","info":{"title":"empty","version":"1"},"paths":{}}"#,
                ]))
        }

        private static func backend(_ name: String) throws -> RecordingBackend {
            try RecordingBackend(
                answer: RecordingBackend.always("HTTP/1.1 200 OK\r\nContent-Length: \(name.utf8.count)\r\n\r\n\(name)"))
        }

        private static func answerers(_ gateway: RunningGateway, _ count: Int = 40) throws -> [String: Int] {
            var seen: [String: Int] = [:]
            for _ in 0..<count {
                seen[try HTTPClient.send("GET /x", to: gateway.port).text, default: 0] += 1
            }
            return seen
        }

        @Test("a name is asked for again when its time is over, and the calls go where it leads then")
        func timeToLive() throws {
            let one = try Self.backend("one")
            let server = try NameServer([.address("shop.test", [127, 0, 0, 1], seconds: 1)])
            let gateway = try Self.gateway(server, target: "http://shop.test:\(one.port)")
            #expect(try Self.answerers(gateway, 5) == ["one": 5])
            // Nobody listens there.
            server.use([.address("shop.test", [127, 0, 0, 2], seconds: 1)])
            #expect(
                Clock.poll(for: 6) { (try? HTTPClient.send("GET /x", to: gateway.port).status) == 502 },
                "\(server.questions)")
            server.use([.address("shop.test", [127, 0, 0, 1], seconds: 1)])
            #expect(Clock.poll(for: 6) { (try? HTTPClient.send("GET /x", to: gateway.port).status) == 200 })
            // A server that is away changes nothing.
            server.set(isSilent: true)
            #expect(Clock.poll(for: 10) { gateway.process.error.contains("shop.test cannot be looked up") })
            #expect(try Self.answerers(gateway, 5) == ["one": 5])
        }

        @Test("a long time holds: nobody asks before it is over")
        func holds() throws {
            let one = try Self.backend("one")
            let server = try NameServer([.address("shop.test", [127, 0, 0, 1], seconds: 3600)])
            let gateway = try Self.gateway(server, target: "http://shop.test:\(one.port)")
            _ = Clock.poll(for: 3) { false }
            #expect(server.questions.count <= 2, "\(server.questions)")
            #expect(try Self.answerers(gateway, 5) == ["one": 5])
        }

        @Test("instances of a service have their own ports and weights, those of the best priority are called")
        func instances() throws {
            let (one, two, other) = (try Self.backend("one"), try Self.backend("two"), try Self.backend("other"))
            func records(_ ports: [(Int, UInt8, UInt8)]) -> [NameServer.Record] {
                ports.map { port, priority, weight in
                    .service(
                        "_shop._tcp.test", "host.test", port: port, priority: priority, weight: weight, seconds: 1)
                } + [.address("host.test", [127, 0, 0, 1], seconds: 1)]
            }
            let server = try NameServer(records([(one.port, 1, 30), (two.port, 1, 10), (other.port, 2, 10)]))
            let gateway = try Self.gateway(server, target: "http://_shop._tcp.test", more: ", balance: round-robin")
            let seen = try Self.answerers(gateway)
            #expect(seen == ["one": 30, "two": 10])
            server.use(records([(other.port, 2, 10)]))
            #expect(Clock.poll(for: 6) { (try? HTTPClient.send("GET /x", to: gateway.port).text) == "other" })
            #expect(try Self.answerers(gateway, 5) == ["other": 5])
        }
    }
}
