import Glibc
import Synchronization
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Calls that are repeated, hedged, spread")
    struct UpstreamResilienceTests {
        private static func send(
            _ line: String, _ gateway: RunningGateway, fields: [String] = [], content: String? = nil
        ) throws -> HTTPClient.Reply {
            try HTTPClient.send(line, to: gateway.port, host: "gw.test", fields: fields, content: content)
        }

        @Test("with half of the replies failing, no more than a fifth of the calls is repeated")
        func storm() throws {
            let count = Mutex(0)
            let backend = try RecordingBackend { _, socket in
                let isBad = count.withLock { count in
                    count += 1
                    return count.isMultiple(of: 2)
                }
                try socket.send("HTTP/1.1 \(isBad ? "503 Busy" : "200 OK")\r\nContent-Length: 0\r\n\r\n")
            }
            let gateway = try RunningGateway(upstream: backend.port, upstreamSettings: "retry: { attempts: 3 }")
            for _ in 0..<500 { _ = try Self.send("GET /t/x", gateway) }
            #expect(backend.requests.count <= 600)
            #expect(backend.requests.count > 590, "the budget is there to be used")
        }

        @Test("an attempt that takes longer than it may is made again elsewhere")
        func attemptTimeout() throws {
            let slow = try RecordingBackend { _, socket in
                _ = socket.isReadable(within: 20)
                throw RecordingBackend.Hangup.close
            }
            let fast = try RecordingBackend()
            let gateway = try RunningGateway(
                upstream: slow.port, others: [fast.port],
                upstreamSettings: "balance: round-robin\nretry: { attempts: 1, attemptTimeout: 200ms }")
            for _ in 0..<6 {
                let start = Clock.now
                #expect(try Self.send("GET /t/x", gateway).status == 200)
                #expect(Clock.now - start < 2)
            }
            #expect(slow.requests.count == 3)
            #expect(try Self.send("POST /t/x", gateway, content: "a").status == (slow.requests.count == 4 ? 504 : 200))
        }

        @Test("retry.methods: safe repeats no PUT, and no POST either")
        func safeOnly() throws {
            let backend = try RecordingBackend { _, socket in
                try socket.send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
            }
            let gateway = try RunningGateway(
                upstream: backend.port, upstreamSettings: "retry: { attempts: 1, methods: safe }")
            for (method, attempts) in [("GET", 2), ("PUT", 1), ("POST", 1), ("DELETE", 1)] {
                let before = backend.requests.count
                let content = method == "PUT" || method == "POST" ? "a" : nil
                #expect(try Self.send("\(method) /t/x", gateway, content: content).status == 503)
                #expect(backend.requests.count - before == attempts, "\(method)")
            }
        }

        @Test("content that has gone by is not sent again")
        func notReplayable() throws {
            let backend = try RecordingBackend { _, socket in
                try socket.send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
            }
            let gateway = try RunningGateway(
                upstream: backend.port, defaults: "limits: { requestBody: 8MiB }",
                upstreamSettings: "retry: { attempts: 2 }")
            let content = String(repeating: "a", count: 4 << 20)
            #expect(try Self.send("PUT /t/x", gateway, content: content).status == 503)
            #expect(backend.requests.count == 1)
        }

        @Test("a safe request that takes its time is asked a second instance, and the first reply counts")
        func hedging() throws {
            let slow = try RecordingBackend { request, socket in
                usleep(1_500_000)
                try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow")
            }
            let fast = try RecordingBackend { _, socket in
                try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfast")
            }
            let gateway = try RunningGateway(
                upstream: slow.port, others: [fast.port],
                upstreamSettings: "balance: round-robin\nhedge: { after: 100ms }")
            for _ in 0..<6 {
                let start = Clock.now
                let reply = try Self.send("GET /t/x", gateway)
                #expect(reply.status == 200 && reply.text == "fast")
                #expect(Clock.now - start < 1.2)
            }
            #expect(slow.requests.count >= 2 && fast.requests.count == 6)
            // A POST is no safe method: it waits for the one it was sent to.
            let posts = try (0..<2).map { _ in try Self.send("POST /t/x", gateway, content: "a").text }
            #expect(Set(posts) == ["slow", "fast"])
            #expect(fast.requests.count == 7)
        }

        @Test("when the first attempt fails while a second is under way, the second's reply counts, large or small")
        func hedgeAfterFailure() throws {
            let failing = try RecordingBackend { _, _ in
                usleep(300_000)
                throw RecordingBackend.Hangup.reset
            }
            let large = String(repeating: "x", count: 300_000)
            let steady = try RecordingBackend { _, socket in
                usleep(600_000)
                try socket.send("HTTP/1.1 200 OK\r\nContent-Length: \(large.count)\r\n\r\n" + large)
            }
            let gateway = try RunningGateway(
                upstream: failing.port, others: [steady.port],
                upstreamSettings: "balance: round-robin\nretry: { attempts: 0 }\nhedge: { after: 50ms }")
            for _ in 0..<4 {
                let reply = try Self.send("GET /t/x", gateway)
                #expect(reply.status == 200 && reply.text == large)
            }
        }

        @Test("calls of a key go to one instance, of many keys to all", arguments: ["header:X-Tenant", "path"])
        func hash(source: String) throws {
            let backends = try (0..<3).map { _ in try RecordingBackend() }
            let gateway = try RunningGateway(
                upstream: backends[0].port, others: backends[1...].map(\.port),
                upstreamSettings: "balance: hash\nhashBy: \(source)", workers: 2)
            // With so many keys no instance is left without one, whatever the ports that the hash begins with.
            for key in 0..<60 {
                let before = backends.map(\.requests.count)
                for _ in 0..<3 {
                    let isHeader = source != "path"
                    #expect(
                        try Self.send(
                            "GET /t/\(isHeader ? "x" : "\(key)")", gateway,
                            fields: isHeader ? ["x-tenant: \(key)"] : []
                        ).status == 200)
                }
                let taken = zip(backends, before).map { $0.requests.count - $1 }
                #expect(taken.sorted() == [0, 0, 3])
            }
            #expect(backends.allSatisfy { !$0.requests.isEmpty })
        }

        @Test("weights divide the calls; a target of weight 0 takes none")
        func weights() throws {
            let backends = try (0..<3).map { _ in try RecordingBackend() }
            let targets = zip(backends, [3, 1, 0]).map {
                "{ url: \"http://127.0.0.1:\($0.port)\", weight: \($1) }"
            }.joined(separator: ", ")
            let gateway = try RunningGateway(
                TemporaryFolder([
                    "routes/gateway.yaml": """
                    version: 1
                    gateway:
                      listeners: { public: { bind: "127.0.0.1:0" } }
                      admin: { bind: "127.0.0.1:0" }
                      workers: 1
                      defaults: { validation: { requests: skip, responses: skip } }
                    upstreams: { service: { targets: [\(targets)], balance: round-robin } }
                    apis:
                      test:
                        { spec: ../specs/empty.json, mount: /t, upstreamPath: /t, upstream: service, undeclared: pass }
                    """,
                    "specs/empty.json": #"{"openapi":"3.1.0","info":{"title":"empty","version":"1"},"paths":{}}"#,
                ]))
            for _ in 0..<40 { #expect(try Self.send("GET /t/x", gateway).status == 200) }
            #expect(backends.map(\.requests.count) == [30, 10, 0])
        }

        @Test("a target by name is called at the address of the name")
        func names() throws {
            let backend = try RecordingBackend()
            let gateway = try RunningGateway(
                TemporaryFolder([
                    "routes/gateway.yaml": """
                    version: 1
                    gateway:
                      listeners: { public: { bind: "127.0.0.1:0" } }
                      admin: { bind: "127.0.0.1:0" }
                      workers: 1
                      defaults: { validation: { requests: skip, responses: skip } }
                    upstreams: { service: { targets: ["http://localhost:\(backend.port)"], resolveEvery: 100ms } }
                    apis:
                      test:
                        { spec: ../specs/empty.json, mount: /t, upstreamPath: /t, upstream: service, undeclared: pass }
                    """,
                    "specs/empty.json": #"{"openapi":"3.1.0","info":{"title":"empty","version":"1"},"paths":{}}"#,
                ]))
            for _ in 0..<3 {
                #expect(try Self.send("GET /t/x", gateway).status == 200)
                usleep(150_000)
            }
            let listing = try HTTPClient.send("GET /upstreams", to: gateway.adminPort, host: "a").text
            #expect(listing.contains("\"127.0.0.1:\(backend.port)\""), "\(listing)")
            #expect(backend.connectionCount == 1, "the same address is no news: its connection is kept")
        }
    }
}
