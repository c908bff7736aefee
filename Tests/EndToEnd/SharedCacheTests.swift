import Glibc
import Synchronization
import TestSupport
import Testing

extension EndToEnd {
    /// A Redis server of the system, in a process of its own.
    private final class RedisServer {
        /// The server does not come up.
        struct Silent: Error {}

        static let program: String? = {
            let places: [String] = ["/usr/bin/redis-server", "/usr/local/bin/redis-server"]
            return places.first { access($0, X_OK) == 0 }
        }()
        let port: Int
        private var process: ChildProcess

        init(port: Int? = nil) throws {
            self.port = try port ?? LoopbackSocket.freePort()
            process = try ChildProcess([
                Self.program ?? "", "--port", "\(self.port)", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
                "--requirepass", "se:cret",
            ])
            let number = self.port
            guard Clock.poll(for: 10, until: { (try? LoopbackSocket(connectingTo: number)) != nil }) else {
                throw Silent()
            }
        }

        /// Number of keys that it holds; nil when it does not answer.
        var keyCount: Int? {
            guard let socket = try? LoopbackSocket(connectingTo: port) else { return nil }
            guard (try? socket.send("AUTH se:cret\r\nDBSIZE\r\nQUIT\r\n")) != nil else { return nil }
            var text = ""
            while let bytes = try? socket.receive(within: 2), !bytes.isEmpty {
                text += String(decoding: bytes, as: UTF8.self)
            }
            return text.split(separator: "\r\n").first { $0.hasPrefix(":") }.flatMap { Int($0.dropFirst()) }
        }

        /// Whether it gets more keys than `count`; nodes write behind their replies.
        func grows(beyond count: Int?) -> Bool {
            Clock.poll(for: 5) { keyCount.map { $0 > count ?? .max } ?? false }
        }

        func kill() {
            process.send(SIGKILL)
            _ = process.wait(within: 5)
        }

        deinit { process.send(SIGKILL) }
    }

    @Suite("Replies shared through Redis")
    struct SharedCacheTests {
        private static let present = RedisServer.program != nil

        private static func gateway(_ service: RecordingBackend, redis: Int, workers: Int = 1) throws -> RunningGateway
        {
            try RunningGateway(
                TemporaryFolder([
                    "routes/gateway.yaml": """
                    version: 1
                    gateway:
                      listeners: { public: { bind: "127.0.0.1:0" } }
                      admin: { bind: "127.0.0.1:0" }
                      workers: \(workers)
                      cache: { redis: "${env:REDIS}" }
                    upstreams:
                      service: { targets: ["http://127.0.0.1:\(service.port)"], retry: { attempts: 0 } }
                    apis:
                      test:
                        spec: ../specs/test.yaml
                        upstream: service
                        operations:
                          listThings: { cache: { ttl: 60s } }
                          getThing: { cache: { ttl: 60s } }
                    """,
                    "specs/test.yaml": """
                    openapi: 3.1.0
                    info: { title: test, version: "1" }
                    paths:
                      /things:
                        get: { operationId: listThings, responses: { "200": { description: d } } }
                      /things/{id}:
                        parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
                        get: { operationId: getThing, responses: { "200": { description: d } } }
                        put: { responses: { default: { description: d } } }
                    """,
                ]), environment: ["REDIS": "redis://:se%3Acret@127.0.0.1:\(redis)"])
        }

        /// A service that numbers its replies.
        private static func service(_ fields: String = "") throws -> RecordingBackend {
            let counter = Counter()
            return try RecordingBackend { request, socket in
                let content = "\(counter.value.add(1, ordering: .relaxed).newValue)"
                try socket.send(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\(fields)Content-Length: \(content.utf8.count)\r\n\r\n"
                        + content)
            }
        }

        private final class Counter: Sendable {
            let value = Atomic<Int>(0)
        }

        private static func isConnected(_ gateway: RunningGateway) -> Bool {
            Clock.poll(for: 10) {
                (try? HTTPClient.send("GET /cache", to: gateway.adminPort).text.contains(#""connections":0"#)) == false
            }
        }

        private static func get(_ path: String, _ gateway: RunningGateway) throws -> HTTPClient.Reply {
            try HTTPClient.send("GET \(path)", to: gateway.port, host: "shop.test")
        }

        private static func purge(_ content: String, _ gateway: RunningGateway) throws {
            let reply = try HTTPClient.send("POST /cache/purge", to: gateway.adminPort, content: content)
            #expect(reply.status == 200, "\(reply)")
        }

        @Test(
            "what one node stores is a hit in the other; a purge and a change reach both within 100 ms",
            .enabled(if: present, "redis-server is not installed: apt-get install redis-server"))
        func fleet() throws {
            let redis = try RedisServer()
            let service = try Self.service("Cache-Groups: \"all\"\r\n")
            let (one, two) = (
                try Self.gateway(service, redis: redis.port), try Self.gateway(service, redis: redis.port)
            )
            #expect(Self.isConnected(one) && Self.isConnected(two))
            var held = redis.keyCount
            let first = try Self.get("/things/1", one)
            #expect(redis.grows(beyond: held))
            let second = try Self.get("/things/1", two)
            #expect(second.content == first.content && service.requests.count == 1)
            #expect(second.fields["ETag"] == first.fields["ETag"] || first.fields["ETag"] == nil)
            held = redis.keyCount
            let other = try Self.get("/things/2", one).content
            #expect(redis.grows(beyond: held))
            #expect(try Self.get("/things/2", two).content == other)
            // A purge of one node: neither memory nor Redis has it any more.
            let purges = [#"{"operation": "test.getThing", "params": {"id": "1"}}"#, #"{"groups": ["all"]}"#]
            for purge in purges {
                let before = try Self.get("/things/1", two).content
                try Self.purge(purge, one)
                usleep(100_000)
                let after = try Self.get("/things/1", two)
                #expect(after.content != before, "\(purge): \(after)")
                // The node writes to Redis behind its reply.
                usleep(150_000)
                #expect(try Self.get("/things/1", one).content == after.content)
            }
            // A successful change at the other node.
            let before = try Self.get("/things/1", one).content
            _ = try HTTPClient.send("PUT /things/1", to: two.port, host: "shop.test")
            usleep(100_000)
            let after = try Self.get("/things/1", one)
            #expect(after.content != before)
            usleep(150_000)
            #expect(try Self.get("/things/1", two).content == after.content)
            let figures = try HTTPClient.send("GET /metrics", to: one.adminPort).text
            #expect(figures.contains("lintel_cache_shared_connections 1\n"))
        }

        @Test(
            "Redis killed under load fails no request and slows none for long; back, it is used again",
            .enabled(if: present, "redis-server is not installed: apt-get install redis-server"))
        func killed() async throws {
            var redis = try RedisServer()
            let service = try Self.service()
            let (one, two) = (
                try Self.gateway(service, redis: redis.port), try Self.gateway(service, redis: redis.port)
            )
            #expect(Self.isConnected(one) && Self.isConnected(two))
            let killedAt = Clock.now + 1
            let end = killedAt + 3
            let port = one.port
            async let load = BackgroundThread.run { () throws -> (failed: Int, slow: Int, count: Int) in
                let client = try HTTPClient(port: port)
                var (failed, slow, count) = (0, 0, 0)
                while Clock.now < end {
                    let start = Clock.now
                    let reply = try client.exchange("GET /things/x\(count) HTTP/1.1\r\nHost: shop.test\r\n\r\n")
                    if reply.status != 200 { failed += 1 }
                    if start > killedAt + 1, Clock.now - start > 0.25 { slow += 1 }
                    count += 1
                }
                return (failed, slow, count)
            }
            _ = Clock.poll(for: 5) { Clock.now >= killedAt }
            redis.kill()
            let outcome = try await load
            #expect(outcome.failed == 0 && outcome.slow == 0 && outcome.count > 50, "\(outcome)")
            #expect(try HTTPClient.send("GET /cache", to: one.adminPort).text.contains(#""connections":0"#))
            // What was changed while Redis was away is not served by the other node once it is back.
            _ = try Self.get("/things/1", one)
            let old = try Self.get("/things/1", two).content
            try Self.purge(#"{"operation": "test.getThing"}"#, one)
            redis = try RedisServer(port: redis.port)
            #expect(Self.isConnected(one) && Self.isConnected(two))
            #expect(Clock.poll(for: 5) { (try? Self.get("/things/1", two).content) != old })
            _ = try Self.get("/things/new", one)
            usleep(150_000)
            #expect(try Self.get("/things/new", two).fields["Cache-Status"]?.contains("shared") == true)
        }

        @Test(
            "what stands damaged in Redis is no reply",
            .enabled(if: present, "redis-server is not installed: apt-get install redis-server"))
        func damaged() throws {
            let redis = try RedisServer()
            let service = try Self.service()
            let (one, two) = (
                try Self.gateway(service, redis: redis.port), try Self.gateway(service, redis: redis.port)
            )
            #expect(Self.isConnected(one) && Self.isConnected(two))
            let count = 60
            var contents: [[UInt8]] = []
            for number in 0..<count { contents.append(try Self.get("/things/\(number)", one).content) }
            usleep(300_000)
            let script = """
                math.randomseed(7) for _, key in ipairs(redis.call('KEYS', 'lintel:1:reply:*')) do
                local at = math.random(0, redis.call('STRLEN', key) - 1)
                local old = string.byte(redis.call('GETRANGE', key, at, at))
                redis.call('SETRANGE', key, at, string.char((old + math.random(1, 255)) % 256)) end
                """.split(separator: "\n").joined(separator: " ")
            let raw = try LoopbackSocket(connectingTo: redis.port)
            try raw.send("AUTH se:cret\r\n*3\r\n$4\r\nEVAL\r\n$\(script.utf8.count)\r\n\(script)\r\n$1\r\n0\r\n")
            usleep(100_000)
            for number in 0..<count {
                let reply = try Self.get("/things/\(number)", two)
                #expect(reply.status == 200 && reply.content != contents[number], "\(reply)")
            }
            #expect(service.requests.count == 2 * count)
        }

        @Test("a server that is silent, sends garbage or hangs up delays nobody for long and fails nobody")
        func hostile() throws {
            let replies = [
                "", "%0\r\n", "HTTP/1.1 400 Bad\r\n\r\n", "*1000000\r\n", "$99999999999\r\n",
                "%0\r\n+OK\r\n+OK\r\n-no\r\n$5\r\nhello\r\n",
            ]
            for reply in replies {
                let fake = try LoopbackSocket()
                let port = fake.port
                let isDone = Flag()
                BackgroundThread.start {
                    var kept: [LoopbackSocket] = []
                    while !isDone.value.load(ordering: .acquiring) {
                        guard let socket = fake.accept(within: 0.1) else { continue }
                        if !reply.isEmpty { try? socket.send(reply) }
                        kept.append(socket)
                    }
                }
                defer { isDone.value.store(true, ordering: .releasing) }
                let service = try Self.service()
                let gateway = try Self.gateway(service, redis: port)
                let client = try HTTPClient(port: gateway.port)
                let start = Clock.now
                for number in 0..<200 {
                    let answer = try client.exchange("GET /things/\(number) HTTP/1.1\r\nHost: shop.test\r\n\r\n")
                    #expect(answer.status == 200)
                }
                #expect(Clock.now - start < 5, "\(reply): 200 requests took \(Clock.now - start) s")
                gateway.stop()
            }
        }

        private final class Flag: Sendable {
            let value = Atomic<Bool>(false)
        }
    }
}
