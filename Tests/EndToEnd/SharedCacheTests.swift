import Glibc
import Synchronization
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Replies shared through Redis")
    struct SharedCacheTests {
        private static let present = RedisServer.program != nil

        private static func gateway(
            _ service: RecordingBackend, redis: Int, workers: Int = 1, url: String? = nil, more: String = "",
            ttl: String = "60s"
        ) throws -> RunningGateway {
            try RunningGateway(
                TemporaryFolder([
                    "routes/gateway.yaml": """
                    version: 1
                    gateway:
                      listeners: { public: { bind: "127.0.0.1:0" } }
                      admin: { bind: "127.0.0.1:0" }
                      workers: \(workers)
                      cache: { redis: "${env:REDIS}"\(more) }
                    upstreams:
                      service: { targets: ["http://127.0.0.1:\(service.port)"], retry: { attempts: 0 } }
                    apis:
                      test:
                        spec: ../specs/test.yaml
                        upstream: service
                        operations:
                          listThings: { cache: { ttl: \(ttl) } }
                          getThing: { cache: { ttl: \(ttl) } }
                    """,
                    "ca.pem": TestCertificates.authority,
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
                ]), environment: ["REDIS": url ?? "redis://:se%3Acret@127.0.0.1:\(redis)"])
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

        /// Whether a gateway has said that it uses Redis.
        private static func hasMet(_ gateway: RunningGateway) -> Bool {
            (gateway.process.error + gateway.process.output).contains("the shared cache is there")
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
            "what the documentation says of an operation's stored replies holds for two nodes and Redis",
            .enabled(if: present, "redis-server is not installed: apt-get install redis-server"))
        func documented() throws {
            let redis = try RedisServer()
            let service = try Self.service()
            let (one, two) = (
                try Self.gateway(service, redis: redis.port, ttl: "4s"),
                try Self.gateway(service, redis: redis.port, ttl: "4s")
            )
            #expect(Self.isConnected(one) && Self.isConnected(two))
            let page = try HTTPClient.send("GET /docs/test/operations/getThing", to: two.port).text
            #expect(page.contains("<li>stored for 4 s</li>"))
            let held = redis.keyCount
            let start = Clock.now
            let content = try Self.get("/things/1", one).content
            #expect(redis.grows(beyond: held))
            #expect(try Self.get("/things/1", two).content == content)
            // A lifetime of the settings is spread by 5 % (both ways).
            _ = Clock.poll(for: 10) { Clock.now > start + 4.4 }
            #expect(try Self.get("/things/1", two).content != content)
            #expect(try Self.get("/things/1", one).content != content)
        }

        @Test(
            "selections by Vary stand beside each other in Redis (RFC 9111 §4.1)",
            .enabled(if: present, "redis-server is not installed: apt-get install redis-server"))
        func selections() throws {
            let redis = try RedisServer()
            let service = try Self.service("Vary: Accept-Language, Foo\r\n")
            let (one, two) = (
                try Self.gateway(service, redis: redis.port), try Self.gateway(service, redis: redis.port)
            )
            #expect(Self.isConnected(one) && Self.isConnected(two))
            func get(_ language: String, _ foo: String, _ gateway: RunningGateway) throws -> HTTPClient.Reply {
                try HTTPClient.send(
                    "GET /things/1", to: gateway.port, host: "shop.test",
                    fields: ["Accept-Language: \(language)", "Foo: \(foo)"])
            }
            let wanted = ["en", "de", "fr"].flatMap { language in ["1", "2", "3"].map { (language, $0) } }
            var contents: [[UInt8]] = []
            for (language, foo) in wanted {
                let held = redis.keyCount
                contents.append(try get(language, foo, one).content)
                #expect(redis.grows(beyond: held))
            }
            #expect(Set(contents).count == wanted.count && service.requests.count == wanted.count)
            for ((language, foo), content) in zip(wanted, contents) {
                let reply = try get(language, foo, two)
                #expect(
                    reply.content == content && reply.fields["Cache-Status"]?.contains("shared") == true, "\(reply)")
            }
            #expect(service.requests.count == wanted.count)
            // Another selection is not there; after a purge none is.
            #expect(try !contents.contains(get("es", "1", two).content))
            try Self.purge(#"{"operation": "test.getThing"}"#, one)
            usleep(100_000)
            for (language, foo) in wanted { #expect(try !contents.contains(get(language, foo, two).content)) }
        }

        @Test(
            "rediss:// with a user of an access list that may do no more than the README says",
            .enabled(if: present, "redis-server is not installed: apt-get install redis-server"))
        func secured() throws {
            let redis = try RedisServer(isSecure: true)
            let service = try Self.service()
            let url = "rediss://lintel:p%40ss@localhost:\(redis.port)"
            let authority = ", redisCA: ../ca.pem"
            let (one, two) = (
                try Self.gateway(service, redis: redis.port, url: url, more: authority),
                try Self.gateway(service, redis: redis.port, url: url, more: authority)
            )
            #expect(Self.isConnected(one) && Self.isConnected(two))
            #expect(Self.hasMet(one))
            let first = try Self.get("/things/1", one)
            #expect(
                Clock.poll(for: 5) {
                    (try? HTTPClient.send("GET /cache", to: one.adminPort).text.contains(#""stored":1"#)) == true
                })
            usleep(150_000)
            let second = try Self.get("/things/1", two)
            #expect(second.content == first.content && service.requests.count == 1, "\(second)")
            try Self.purge(#"{"operation": "test.getThing"}"#, one)
            usleep(100_000)
            #expect(try Self.get("/things/1", two).content != first.content)
            // Neither a certificate that nobody vouches for, nor a wrong password, nor a user without the channel: the node
            // goes on alone.
            for (url, more) in [
                (url, ""), ("rediss://lintel:wrong@localhost:\(redis.port)", authority),
                ("rediss://deaf:p%40ss@localhost:\(redis.port)", authority),
                ("rediss://lintel:p%40ss@localhost:\(redis.port)/1", authority),
            ] {
                let alone = try Self.gateway(service, redis: redis.port, url: url, more: more)
                usleep(300_000)
                let count = service.requests.count
                for _ in 0..<3 { #expect(try Self.get("/things/alone", alone).status == 200) }
                #expect(service.requests.count == count + 1)
                #expect(!Self.hasMet(alone), "\(url)")
                #expect(
                    try HTTPClient.send("GET /cache", to: alone.adminPort).text.contains(#""connections":0"#), "\(url)")
                alone.stop()
            }
            #expect(throws: RunningGateway.Failure.self) {
                try Self.gateway(service, redis: redis.port, more: authority)
            }
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
