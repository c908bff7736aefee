import Glibc
import Synchronization
import TestSupport
import Testing

extension EndToEnd {
    /// More than the gateway can do or is to do: what is turned away, and that everything else goes on.
    @Suite("Overload")
    struct OverloadTests {
        /// A gateway with operations of each priority at /low, /normal and /high.
        private static func gateway(
            _ backend: RecordingBackend, overload: String, policies: String = "", use: String = ""
        ) throws -> RunningGateway {
            try RunningGateway(
                TemporaryFolder([
                    "routes/gateway.yaml": """
                    version: 1
                    gateway:
                      listeners: { public: { bind: "127.0.0.1:0" } }
                      admin: { bind: "127.0.0.1:0" }
                      workers: 1
                      telemetry: { accessLog: none }
                      \(overload)
                    upstreams: { service: { targets: ["http://127.0.0.1:\(backend.port)"] } }
                    policies:
                      nobody: { ip: { deny: [192.0.2.0/24] } }
                    \(policies)
                    apis:
                      test:
                        spec: ../specs/test.yaml
                        upstream: service
                        use: [nobody\(use)]
                        operations:
                          getLow: { priority: low }
                          getHigh: { priority: high }
                    """,
                    "specs/test.yaml": """
                    openapi: 3.1.0
                    info: { title: test, version: "1" }
                    paths:
                      /low: { get: { operationId: getLow, responses: { "200": { description: a } } } }
                      /normal: { get: { operationId: getNormal, responses: { "200": { description: a } } } }
                      /high:
                        get: { operationId: getHigh, responses: { "200": { description: a } } }
                        post:
                          operationId: postHigh
                          requestBody: { content: { application/octet-stream: {} } }
                          responses: { "200": { description: a } }
                    """,
                ]))
        }

        @Test("a limit of requests at the same time: one too many is 503 with Retry-After, and places are given back")
        func concurrency() throws {
            let gate = Mutex(false)
            let backend = try RecordingBackend { request, socket in
                _ = Clock.poll(for: 20) { gate.withLock { $0 } }
                try RecordingBackend.ok(request, socket)
            }
            defer { gate.withLock { $0 = true } }
            let gateway = try Self.gateway(
                backend, overload: "", policies: "  few: { concurrency: { limit: 3, key: operation } }", use: ", few")
            let request = "GET /low HTTP/1.1\r\nHost: a\r\n\r\n"
            let clients = try (0..<3).map { _ in try HTTPClient(port: gateway.port) }
            for client in clients { try client.send(request) }
            #expect(Clock.poll(for: 5) { backend.requests.count == 3 })
            let refused = try HTTPClient.send("GET /low", to: gateway.port)
            #expect(refused.status == 503 && refused.fields["Retry-After"] == "1")
            #expect(refused.text.contains("few"))
            // A client that leaves gives its place back; another operation has places of its own.
            let other = try HTTPClient(port: gateway.port)
            try other.send("GET /normal HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(Clock.poll(for: 5) { backend.requests.count == 4 })
            clients[0].socket.close()
            let next = try HTTPClient(port: gateway.port)
            #expect(
                Clock.poll(for: 5) {
                    try? next.send(request)
                    return !next.socket.isReadable(within: 0.2) || (try? next.reply().status) != 503
                })
            gate.withLock { $0 = true }
            #expect(try next.reply().status == 200)
            for client in clients.dropFirst() { #expect(try client.reply().status == 200) }
            for _ in 0..<10 { #expect(try HTTPClient.send("GET /low", to: gateway.port).status == 200) }
            let metrics = try HTTPClient.send("GET /metrics", to: gateway.adminPort).text
            #expect(metrics.contains("lintel_shed_requests_total{reason=\"concurrency\"}"))
        }

        @Test("above its memory budget the gateway refuses instead of growing, and the admin listener answers")
        func memory() throws {
            let backend = try RecordingBackend()
            let gateway = try Self.gateway(backend, overload: "overload: { memory: 16MiB }")
            // No process of this size has less than 16 MiB resident.
            try #require(gateway.process.residentKiB ?? 0 > 16 * 1024)
            #expect(
                Clock.poll(for: 5) { (try? HTTPClient.send("GET /normal", to: gateway.port).status) == 503 })
            let refused = try HTTPClient.send("GET /low", to: gateway.port)
            #expect(refused.status == 503 && refused.fields["Retry-After"] == "1")
            #expect(try HTTPClient.send("GET /high", to: gateway.port).status == 200)
            let content = try HTTPClient.send(
                "POST /high", to: gateway.port, fields: ["Content-Type: application/octet-stream"],
                content: String(repeating: "a", count: 1_000))
            #expect(content.status == 503)
            #expect(try HTTPClient.send("GET /healthz", to: gateway.adminPort).status == 200)
            let metrics = try HTTPClient.send("GET /metrics", to: gateway.adminPort).text
            #expect(metrics.contains("lintel_shed_requests_total{reason=\"memory\"} "))
            #expect(!metrics.contains("lintel_resident_memory_bytes 0\n"))
            // What is taken out of the settings holds no longer.
            let text = FileContent.text(gateway.folder.file("routes/gateway.yaml"))
            try gateway.folder.write(
                text.replacing("overload: { memory: 16MiB }", with: ""), to: "routes/gateway.yaml")
            gateway.process.send(SIGHUP)
            #expect(Clock.poll(for: 10) { (try? HTTPClient.send("GET /normal", to: gateway.port).status) == 200 })
        }

        @Test("when every request waits too long, low priority is turned away at once and high priority never")
        func latency() throws {
            let backend = try RecordingBackend()
            let gateway = try Self.gateway(backend, overload: "overload: { targetLatency: 1ms }")
            // What asks for an operation that does not exist is answered by the gateway alone, and keeps its loop busy. All
            // replies have one length, so nobody has to read them.
            let request = "GET /none HTTP/1.1\r\nHost: a\r\n\r\n"
            let probe = try LoopbackSocket(connectingTo: gateway.port)
            try probe.send(request)
            usleep(200_000)
            let length = try probe.receive().count
            let burst = Array(repeatElement(request.octets, count: 10).joined())
            let isDone = Mutex(false)
            let loads = try (0..<40).map { _ in try LoopbackSocket(connectingTo: gateway.port) }
            for socket in loads {
                BackgroundThread.start {
                    while !isDone.withLock({ $0 }), (try? socket.send(burst)) != nil {
                        var missing = 10 * length
                        while missing > 0 {
                            guard let bytes = try? socket.receive(), !bytes.isEmpty else { return }
                            missing -= bytes.count
                        }
                    }
                }
            }
            defer { isDone.withLock { $0 = true } }
            let low = try HTTPClient(port: gateway.port), high = try HTTPClient(port: gateway.port)
            var statuses: [Int: Int] = [:]
            var retry: String?
            let isShed = Clock.poll(for: 15) {
                guard let reply = try? low.exchange("GET /low HTTP/1.1\r\nHost: a\r\n\r\n") else { return true }
                statuses[reply.status, default: 0] += 1
                if reply.status == 503 { retry = reply.fields["Retry-After"] }
                return statuses[503, default: 0] > 5
            }
            #expect(isShed, "\(statuses)")
            #expect(retry == "1")
            for _ in 0..<5 { #expect(try high.exchange("GET /high HTTP/1.1\r\nHost: a\r\n\r\n").status == 200) }
            #expect(try HTTPClient.send("GET /healthz", to: gateway.adminPort).status == 200)
            isDone.withLock { $0 = true }
            for socket in loads { socket.interrupt() }
            // And when it is over, everybody is served again.
            #expect(
                Clock.poll(for: 10) {
                    (try? (0..<20).allSatisfy { _ in
                        try HTTPClient.send("GET /low", to: gateway.port).status == 200
                    }) == true
                })
        }

        @Test("with too few descriptors those who are connected are served, nothing spins, and all is well behind it")
        func descriptors() throws {
            let backend = try RecordingBackend()
            let gateway = try Self.gateway(backend, overload: "")
            let request = "GET /normal HTTP/1.1\r\nHost: a\r\n\r\n"
            let early = try HTTPClient(port: gateway.port)
            #expect(try early.exchange(request).status == 200)
            // Below what the gateway has reckoned with when it started: accept(2) itself fails.
            let open = try #require(try? Self.descriptors(of: gateway.process.id))
            let limited = try ChildProcess.run(
                ["prlimit", "--pid", "\(gateway.process.id)", "--nofile=\(open + 20)"], within: 5)
            try #require(limited.code == 0, "\(limited)")
            var crowd = try (0..<100).map { _ in try LoopbackSocket(connectingTo: gateway.port) }
            usleep(300_000)
            let before = gateway.process.processorSeconds
            let end = Clock.now + 2
            while Clock.now < end {
                #expect(try early.exchange(request).status == 200)
                usleep(50_000)
            }
            #expect(gateway.process.processorSeconds - before < 1, "accepting is not tried again and again")
            for socket in crowd { socket.close() }
            crowd = []
            #expect(Clock.poll(for: 5) { (try? HTTPClient.send("GET /normal", to: gateway.port).status) == 200 })
            for _ in 0..<30 { #expect(try HTTPClient.send("GET /normal", to: gateway.port).status == 200) }
            #expect(try early.exchange(request).status == 200)
        }

        /// Descriptors that a process has open.
        private static func descriptors(of process: pid_t) throws -> Int {
            try ChildProcess.run(["ls", "/proc/\(process)/fd"], within: 5).output.split(separator: "\n").count
        }
    }
}
