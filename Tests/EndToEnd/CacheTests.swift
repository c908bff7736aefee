import Glibc
import JSONDocuments
import Synchronization
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Stored replies over real sockets")
    struct CacheTests {
        /// A backend that says how often it was asked, with fields that a test chooses.
        private final class Service: Sendable {
            let backend: RecordingBackend
            let isOpen: Flag
            let status: Mutex<String>

            final class Flag: Sendable {
                let value = Atomic<Bool>(true)
            }

            /// Replies `{"n": COUNT, "q": TARGET, "who": CREDENTIAL}` with `fields`; waits while it is not open.
            init(_ fields: String, onRequest: (@Sendable (RecordingBackend.Request) -> String?)? = nil) throws {
                let count = Counter()
                let flag = Flag()
                isOpen = flag
                status = Mutex("200 OK")
                backend = try RecordingBackend { request, socket in
                    let number = count.value.add(1, ordering: .relaxed).newValue
                    while !flag.value.load(ordering: .acquiring) { usleep(1000) }
                    if let special = onRequest?(request) { return try socket.send(special) }
                    let content =
                        #"{"n":\#(number),"target":"\#(request.target)","who":"\#(request.fields["X-Key"] ?? "")"}"#
                    try socket.send(
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\(fields)"
                            + "Content-Length: \(content.utf8.count)\r\n\r\n" + content)
                }
            }

            private final class Counter: Sendable {
                let value = Atomic<Int>(0)
            }

            var count: Int { backend.requests.count }
        }

        /// A gateway with `/things`, `/things/{id}` and the secured `/mine`, all cached with `cache`.
        private static func gateway(
            _ service: Service, cache: String = "{}", more: String = "", workers: Int = 1
        ) throws -> RunningGateway {
            try RunningGateway(
                TemporaryFolder([
                    "keys": "alpha alice\nbeta bob\n",
                    "routes/gateway.yaml": """
                    version: 1
                    gateway:
                      listeners: { public: { bind: "127.0.0.1:0" } }
                      admin: { bind: "127.0.0.1:0" }
                      workers: \(workers)
                      defaults: { timeout: 30s, validation: { responses: report, undeclaredQuery: pass } }
                    upstreams:
                      service: { targets: ["http://127.0.0.1:\(service.backend.port)"], retry: { attempts: 0 } }
                    policies: { partner: { apiKey: { header: X-Key, keys: "${file:../keys}" } } }
                    apis:
                      test:
                        spec: ../specs/test.yaml
                        upstream: service
                        security: { key: partner }
                        operations:
                          listThings: { cache: \(cache) }
                          getThing: { cache: \(cache) }
                          getMine: { cache: \(cache) }
                    \(more)
                    """,
                    "specs/test.yaml": """
                    openapi: 3.1.0
                    info: { title: test, version: "1" }
                    components: { securitySchemes: { key: { type: apiKey, in: header, name: X-Key } } }
                    paths:
                      /things:
                        get: &list
                          operationId: listThings
                          parameters: [{ name: a, in: query, schema: { type: string } }, { name: b, in: query, schema: { type: string } }]
                          responses: &replies
                            "200": { description: d, content: { application/json: { schema: { type: object, properties: { n: { type: integer } } } } } }
                            "404": { description: d }
                        post: { operationId: makeThing, responses: { default: { description: d } } }
                      /things/{id}:
                        parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
                        get: { operationId: getThing, responses: *replies }
                        head: { operationId: headThing, responses: *replies }
                        put: { operationId: putThing, responses: { default: { description: d } } }
                      /mine:
                        get: { operationId: getMine, security: [{ key: [] }], responses: *replies }
                    """,
                ]))
        }

        private static func status(_ reply: HTTPClient.Reply) -> String { reply.fields["Cache-Status"] ?? "" }

        @Test("a miss, then hits with Age; the order and the encoding of the query do not matter")
        func hit() throws {
            let service = try Service("Cache-Control: max-age=60\r\n")
            let gateway = try Self.gateway(service)
            let miss = try HTTPClient.send("GET /things?b=2&a=1", to: gateway.port)
            #expect(miss.status == 200 && Self.status(miss) == "lintel; fwd=uri-miss; stored", "\(miss)")
            let hit = try HTTPClient.send("GET /things?%61=1&b=2", to: gateway.port)
            #expect(Self.status(hit).hasPrefix("lintel; hit; ttl="), "\(hit)")
            #expect(hit.content == miss.content && hit.fields["Age"] != nil)
            #expect(hit.fields["ETag"]?.hasPrefix("\"lintel-") == true)
            #expect(service.backend.requests.map(\.target) == ["/things?a=1&b=2"])
            let other = try HTTPClient.send("GET /things?a=1&b=2&c=3", to: gateway.port)
            #expect(
                Self.status(other).contains("uri-miss"), "an undeclared parameter that is forwarded is part of the key")
            #expect(service.count == 2)
        }

        @Test("what a step of a composition changes is not served from the store; what it fails to change is")
        func changedByComposition() throws {
            let backend = try RecordingBackend { request, socket in
                let isRefused = request.method == "PUT" && request.target == "/things/2"
                try socket.send(CompositionTests.json("{}", status: isRefused ? "409 Conflict" : "200 OK"))
            }
            let gateway = try RunningGateway(
                TemporaryFolder([
                    "routes/gateway.yaml": """
                    version: 1
                    gateway: { listeners: { public: { bind: "127.0.0.1:0" } }, admin: { bind: "127.0.0.1:0" }, workers: 1 }
                    upstreams: { service: { targets: ["http://127.0.0.1:\(backend.port)"], retry: { attempts: 0 } } }
                    apis:
                      test:
                        spec: ../specs/test.yaml
                        mount: /shop
                        upstream: service
                        operations: { listThings: { cache: { ttl: 60s } }, getThing: { cache: { ttl: 60s } } }
                    compositions:
                      change:
                        put: /changes/{id}
                        steps: { thing: { call: test.putThing, with: { id: "$inputs.id" } } }
                        respond: { thing: $steps.thing.body }
                    """,
                    "specs/test.yaml": """
                    openapi: 3.1.0
                    info: { title: test, version: "1" }
                    paths:
                      /things: { get: { operationId: listThings, responses: &replies { "200": { description: d, content: &any { application/json: { schema: {} } } } } } }
                      /things/{id}:
                        parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
                        get: { operationId: getThing, responses: *replies }
                        put: { operationId: putThing, responses: { "200": { description: d, content: *any }, "409": { description: d } } }
                    """,
                ]))
            func isHit(_ path: String) throws -> Bool {
                Self.status(try HTTPClient.send("GET /shop\(path)", to: gateway.port)).contains("hit")
            }
            for path in ["/things", "/things/1", "/things/2", "/things/a%20b"] {
                #expect(try !isHit(path) && isHit(path), "\(path)")
            }
            #expect(try HTTPClient.send("PUT /changes/2", to: gateway.port).status == 502)
            #expect(try isHit("/things/2") && isHit("/things"), "what a step is refused stays as it was")
            for id in ["1", "a%20b"] {
                #expect(try HTTPClient.send("PUT /changes/\(id)", to: gateway.port).status == 200)
                #expect(try !isHit("/things/\(id)") && !isHit("/things"), "\(id)")
                #expect(try isHit("/things/2"))
            }
            gateway.stop()
        }

        @Test("304, parts and HEAD come from the store")
        func parts() throws {
            let service = try Service("Cache-Control: max-age=60\r\nETag: \"v1\"\r\n")
            let gateway = try Self.gateway(service)
            let whole = try HTTPClient.send("GET /things/1", to: gateway.port, fields: ["Range: bytes=0-3"])
            #expect(whole.status == 200 && service.backend.requests[0].fields["Range"] == nil)
            let part = try HTTPClient.send("GET /things/1", to: gateway.port, fields: ["Range: bytes=1-4"])
            #expect(part.status == 206 && part.content == Array(whole.content[1...4]))
            #expect(part.fields["Content-Range"] == "bytes 1-4/\(whole.content.count)")
            let outside = try HTTPClient.send("GET /things/1", to: gateway.port, fields: ["Range: bytes=999-"])
            #expect(outside.status == 416 && outside.fields["Content-Range"] == "bytes */\(whole.content.count)")
            let unmodified = try HTTPClient.send("GET /things/1", to: gateway.port, fields: ["If-None-Match: W/\"v1\""])
            #expect(unmodified.status == 304 && unmodified.content.isEmpty && unmodified.fields["ETag"] == "\"v1\"")
            #expect(unmodified.fields["Content-Type"] == nil)
            let client = try HTTPClient(port: gateway.port)
            try client.send("HEAD /things/1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            let head = try client.reply(toHEAD: true)
            #expect(head.status == 200 && head.fields["Content-Length"] == "\(whole.content.count)")
            #expect(Self.status(head).contains("hit"))
            #expect(service.count == 1)
        }

        @Test("a stale reply is revalidated, and a 304 brings it up to date (RFC 9111 §4.3.4)")
        func revalidation() throws {
            let service = try Service("Cache-Control: max-age=60\r\nAge: 61\r\nETag: \"v1\"\r\n") { request in
                request.fields["If-None-Match"] == "\"v1\""
                    ? "HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\nCache-Control: max-age=90\r\nX-New: 1\r\n\r\n" : nil
            }
            let gateway = try Self.gateway(service)
            let first = try HTTPClient.send("GET /things/1", to: gateway.port)
            let second = try HTTPClient.send("GET /things/1", to: gateway.port)
            #expect(Self.status(second).contains("fwd=stale; fwd-status=304; stored"), "\(second)")
            #expect(second.status == 200 && second.content == first.content && second.fields["X-New"] == "1")
            let third = try HTTPClient.send("GET /things/1", to: gateway.port)
            #expect(Self.status(third).contains("hit"), "\(third)")
            #expect(service.count == 2)
        }

        @Test("a stale reply is served while one request brings it up to date (RFC 5861 §3)")
        func staleWhileRevalidating() throws {
            let service = try Service("Cache-Control: max-age=60, stale-while-revalidate=600\r\nAge: 61\r\n")
            let gateway = try Self.gateway(service)
            let first = try HTTPClient.send("GET /things/1", to: gateway.port)
            service.isOpen.value.store(false, ordering: .releasing)
            for _ in 0..<20 {
                let stale = try HTTPClient.send("GET /things/1", to: gateway.port)
                #expect(stale.content == first.content && Self.status(stale).contains("hit; ttl=-"), "\(stale)")
            }
            service.isOpen.value.store(true, ordering: .releasing)
            #expect(Clock.poll(for: 5) { service.count == 2 })
            #expect(
                Clock.poll(for: 5) {
                    let reply = try? HTTPClient.send("GET /things/1", to: gateway.port)
                    return reply.map { $0.content != first.content } ?? false
                })
        }

        @Test("a stale reply stands in for a service that fails or is gone (RFC 5861 §4)")
        func staleIfError() throws {
            let fails = Service.Flag()
            fails.value.store(false, ordering: .releasing)
            let service = try Service("Cache-Control: max-age=60\r\nAge: 61\r\nETag: \"v1\"\r\n") { _ in
                fails.value.load(ordering: .acquiring) ? "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n" : nil
            }
            let gateway = try Self.gateway(service, cache: "{ staleIfError: 1h }")
            let first = try HTTPClient.send("GET /things/1", to: gateway.port)
            fails.value.store(true, ordering: .releasing)
            let stale = try HTTPClient.send("GET /things/1", to: gateway.port)
            #expect(stale.status == 200 && stale.content == first.content)
            #expect(Self.status(stale).contains("detail=stale-on-error"), "\(stale)")
            service.backend.stop()
            let gone = try HTTPClient.send("GET /things/1", to: gateway.port)
            #expect(gone.status == 200 && gone.content == first.content, "\(gone)")
            #expect(try HTTPClient.send("GET /things/2", to: gateway.port).status >= 500)
        }

        @Test("(f) 10,000 requests for a cold key at once, on two loops: one request to the service")
        func collapse() throws {
            let service = try Service("Cache-Control: max-age=60\r\n")
            service.isOpen.value.store(false, ordering: .releasing)
            let gateway = try Self.gateway(service, workers: 2)
            // Each side of 10,000 connections has a process of its own.
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            limit.rlim_cur = limit.rlim_max
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            let number = min(10_000, Int(min(limit.rlim_cur, 100_000)) - 500)
            if number < 10_000 { print("open files are limited: \(number) requests instead of 10,000") }
            let clients = try (0..<number).map { _ in try HTTPClient(port: gateway.port, patience: 30) }
            for client in clients { try client.send("GET /things/cold HTTP/1.1\r\nHost: localhost\r\n\r\n") }
            #expect(Clock.poll(for: 5) { service.count == 1 })
            service.isOpen.value.store(true, ordering: .releasing)
            var contents: Set<[UInt8]> = []
            for client in clients {
                let reply = try client.reply()
                #expect(reply.status == 200)
                contents.insert(reply.content)
                client.socket.close()
            }
            #expect(contents.count == 1)
            #expect(service.count == 1)
        }

        @Test("a lifetime that ends under load makes no request slow (RFC 5861 §3)")
        func expiryUnderLoad() async throws {
            let service = try Service("Cache-Control: max-age=1, stale-while-revalidate=60\r\n") { _ in
                usleep(700_000)
                return nil
            }
            let gateway = try Self.gateway(service, workers: 2)
            _ = try HTTPClient.send("GET /things/1", to: gateway.port)
            let end = Clock.now + 4
            let port = gateway.port
            let slowest = try await withThrowingTaskGroup(of: Double.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        try await BackgroundThread.run {
                            let client = try HTTPClient(port: port)
                            var slowest = 0.0
                            while Clock.now < end {
                                let start = Clock.now
                                _ = try client.exchange("GET /things/1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
                                slowest = max(slowest, Clock.now - start)
                            }
                            return slowest
                        }
                    }
                }
                return try await group.reduce(0, max)
            }
            // Who waits for the service waits for 0.7 s.
            #expect(slowest < 0.6, "the slowest request took \(slowest) s")
            #expect(service.count >= 3, "the lifetime did not end")
        }

        @Test("a leader whose client leaves is followed by another one")
        func leaderGone() throws {
            let service = try Service("Cache-Control: max-age=60\r\n")
            service.isOpen.value.store(false, ordering: .releasing)
            let gateway = try Self.gateway(service)
            let leader = try HTTPClient(port: gateway.port)
            try leader.send("GET /things/1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(Clock.poll(for: 5) { service.count == 1 })
            let follower = try HTTPClient(port: gateway.port)
            try follower.send("GET /things/1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            leader.socket.reset()
            #expect(Clock.poll(for: 10) { service.count == 2 })
            service.isOpen.value.store(true, ordering: .releasing)
            #expect(try follower.reply().status == 200)
        }

        @Test("what cannot be shared is fetched by everybody, side by side")
        func unshared() throws {
            let service = try Service("Cache-Control: no-store\r\n")
            service.isOpen.value.store(false, ordering: .releasing)
            let gateway = try Self.gateway(service)
            let clients = try (0..<20).map { _ in try HTTPClient(port: gateway.port) }
            for client in clients { try client.send("GET /things/1 HTTP/1.1\r\nHost: localhost\r\n\r\n") }
            #expect(Clock.poll(for: 5) { service.count == 1 })
            service.isOpen.value.store(true, ordering: .releasing)
            var contents: Set<[UInt8]> = []
            for client in clients { contents.insert(try client.reply().content) }
            #expect(contents.count == 20, "nobody gets what is not to be stored")
        }

        @Test("(c, d) a caller's reply reaches that caller only, and nobody without credentials")
        func principals() throws {
            let service = try Service("Cache-Control: max-age=60\r\n")
            let gateway = try Self.gateway(service)
            let client = try HTTPClient(port: gateway.port)
            func ask(_ key: String?) throws -> HTTPClient.Reply {
                let field = key.map { "X-Key: \($0)\r\n" } ?? ""
                return try client.exchange("GET /mine HTTP/1.1\r\nHost: localhost\r\n\(field)\r\n")
            }
            for _ in 0..<1000 {
                for key in ["alpha", "beta"].shuffled() {
                    let reply = try ask(key)
                    #expect(try reply.json()["who"]?.string == key)
                }
                #expect(try ask(nil).status == 401)
                #expect(try ask("gamma").status == 401)
            }
            #expect(service.count == 2)
        }

        @Test("(c) random replies of random paths: no byte of one principal's reply reaches another")
        func randomPrincipals() throws {
            let words = [
                "max-age=60", "private, max-age=60", "private", "no-cache", "max-age=0", "max-age=60, proxy-revalidate",
                "no-store", "max-age=1", "max-age=60, immutable", "max-age=60, stale-while-revalidate=60", "",
            ]
            let service = try Service("") { request in
                let who = request.fields["X-Key"] ?? ""
                let content = #"{"who":"\#(who)"}"#
                let tag = Bool.random() ? "ETag: \"same\"\r\n" : ""
                let vary = ["", "Vary: Accept\r\n", "Vary: X-Key\r\n"].randomElement() ?? ""
                return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: "
                    + "\(words.randomElement() ?? "")\r\n\(tag)\(vary)Content-Length: \(content.utf8.count)\r\n\r\n"
                    + content
            }
            let gateway = try Self.gateway(service)
            let client = try HTTPClient(port: gateway.port)
            for _ in 0..<4000 {
                let key = ["alpha", "beta"].randomElement() ?? ""
                let control =
                    ["", "Cache-Control: max-age=0\r\n", "Cache-Control: max-stale\r\n"].randomElement() ?? ""
                let reply = try client.exchange(
                    "GET /mine?x=\(Int.random(in: 0..<50)) HTTP/1.1\r\nHost: localhost\r\nX-Key: \(key)\r\n\(control)\r\n"
                )
                #expect(try reply.json()["who"]?.string == key)
            }
            #expect(service.count < 4000, "nothing was stored, so nothing was tested")
        }

        @Test("what the service calls public is shared by callers with good credentials (RFC 9111 §3.5)")
        func shared() throws {
            let service = try Service("Cache-Control: public, max-age=60\r\n")
            let gateway = try Self.gateway(service)
            let first = try HTTPClient.send("GET /mine", to: gateway.port, fields: ["X-Key: alpha"])
            let second = try HTTPClient.send("GET /mine", to: gateway.port, fields: ["X-Key: beta"])
            #expect(first.content == second.content && service.count == 1)
            #expect(try HTTPClient.send("GET /mine", to: gateway.port).status == 401)
        }

        @Test("(a) another host is another key")
        func hosts() throws {
            let service = try Service("Cache-Control: max-age=60\r\n")
            let gateway = try Self.gateway(service)
            let client = try HTTPClient(port: gateway.port)
            var contents: [String: [UInt8]] = [:]
            for _ in 0..<3000 {
                let host = "h\(Int.random(in: 0..<200)).test"
                let written = String(host.map { Bool.random() ? Character($0.uppercased()) : $0 })
                let reply = try client.exchange("GET /things HTTP/1.1\r\nHost: \(written)\r\n\r\n")
                #expect(contents[host] == nil || contents[host] == reply.content)
                contents[host] = reply.content
            }
            #expect(Set(contents.values).count == contents.count && service.count == contents.count)
        }

        @Test("(e) random undeclared parameters and fields never change what is stored under a key")
        func undeclared() throws {
            let service = try Service("Cache-Control: max-age=60\r\n")
            let gateway = try Self.gateway(service)
            let clean = try HTTPClient.send("GET /things?a=1", to: gateway.port)
            let client = try HTTPClient(port: gateway.port)
            func ask(_ query: String, _ field: String) throws -> HTTPClient.Reply {
                try client.exchange("GET /things?\(query) HTTP/1.1\r\nHost: localhost\r\n\(field)\r\n\r\n")
            }
            for number in 0..<2000 {
                let query = ["x\(number)=1", "utm=\(number)", "_=\(number)"].randomElement() ?? ""
                let field = ["X-Forwarded-Host: evil", "X-Original-URL: /evil", "X-\(number): 1"].randomElement() ?? ""
                let reply = try ask("a=1&\(query)", field)
                #expect(try reply.json()["target"]?.string?.contains(query) == true)
                #expect(try ask("a=1", field).content == clean.content)
            }
        }

        @Test("a successful change makes its item and its collection invalid; a failed one does not (RFC 9111 §4.4)")
        func invalidation() throws {
            let service = try Service("Cache-Control: max-age=60\r\n") { request in
                guard request.method != "GET" else { return nil }
                let status = request.fields["X-Fail"] == nil ? "204 No Content" : "500 No"
                let length = request.fields["X-Fail"] == nil ? "" : "Content-Length: 0\r\n"
                return "HTTP/1.1 \(status)\r\n\(length)Location: /things/9\r\n\r\n"
            }
            let gateway = try Self.gateway(service)
            let lines = ["GET /things/7", "GET /things?a=1", "GET /things/8", "GET /things/9"]
            let before = try lines.map { try HTTPClient.send($0, to: gateway.port).content }
            _ = try HTTPClient.send("PUT /things/7", to: gateway.port, fields: ["X-Fail: 1"])
            #expect(try lines.map { try HTTPClient.send($0, to: gateway.port).content } == before)
            _ = try HTTPClient.send("PUT /things/7", to: gateway.port)
            let after = try lines.map { try HTTPClient.send($0, to: gateway.port).content }
            #expect(zip(before, after).map { $0 == $1 } == [false, false, true, false])
        }

        @Test("purging by operation, parameters and groups; figures and metrics tell of it")
        func purge() throws {
            let service = try Service("Cache-Control: max-age=60\r\nSurrogate-Key: red blue\r\n")
            let gateway = try Self.gateway(service)
            func fill() throws {
                for line in ["GET /things/7", "GET /things/8", "GET /things?a=1"] {
                    _ = try HTTPClient.send(line, to: gateway.port)
                }
            }
            func purge(_ content: String) throws -> HTTPClient.Reply {
                try HTTPClient.send("POST /cache/purge", to: gateway.adminPort, content: content)
            }
            try fill()
            #expect(try purge(#"{"operation":"test.getThing","params":{"id":"7"}}"#).text == #"{"matched":1}"#)
            #expect(try purge(#"{"operation":"test.getThing","params":{"id":7}}"#).text == #"{"matched":0}"#)
            try fill()
            #expect(service.count == 4)
            #expect(try purge(#"{"operation":"test.listThings","params":{"a":"1"}}"#).text == #"{"matched":1}"#)
            #expect(try purge(#"{"groups":["blue"]}"#).text == #"{"matched":2}"#)
            try fill()
            #expect(service.count == 7)
            #expect(try purge(#"{"groups":["red"],"soft":true}"#).text == #"{"matched":3}"#)
            let stale = try HTTPClient.send("GET /things/7", to: gateway.port)
            #expect(Self.status(stale).contains("fwd=stale"), "\(stale)")
            for bad in [#"{"operation":"test.nothing"}"#, "{}", "[", #"{"operation":"test.getThing","parms":{}}"#] {
                #expect(try purge(bad).status == 400)
            }
            let figures = try HTTPClient.send("GET /cache", to: gateway.adminPort).json()
            #expect(figures["entries"]?.int == 3 && (figures["bytes"]?.int ?? 0) > 3000)
            #expect(
                Clock.poll(for: 5) {
                    (try? HTTPClient.send("GET /metrics", to: gateway.adminPort).text
                        .contains("lintel_cache_requests_total{decision=\"miss\"} 7")) ?? false
                })
        }

        @Test("a reply that breaks its contract is not stored, nor one that says so or sets a cookie")
        func notStored() throws {
            for (fields, content, reason) in [
                ("Cache-Control: max-age=60\r\n", #"{"n":"text"}"#, "contract"),
                ("Cache-Control: max-age=60\r\nSet-Cookie: a=b\r\n", #"{"n":1}"#, "set-cookie"),
                ("Cache-Control: max-age=60, PRIVATE\r\n", #"{"n":1}"#, "private"),
                ("Cache-Control: max-age=60\r\nCache-Control: no-store\r\n", #"{"n":1}"#, "no-store"),
            ] {
                let service = try Service("") { _ in
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\(fields)Content-Length: \(content.utf8.count)\r\n\r\n"
                        + content
                }
                let gateway = try Self.gateway(service)
                for _ in 0..<2 {
                    let reply = try HTTPClient.send("GET /things/1", to: gateway.port)
                    #expect(Self.status(reply).contains("detail=\(reason)"), "\(reply)")
                }
                #expect(service.count == 2)
            }
        }

        @Test("no-cache asks the service and stores anew; only-if-cached never asks")
        func requestDirectives() throws {
            let service = try Service("Cache-Control: max-age=60\r\n")
            let gateway = try Self.gateway(service)
            let none = try HTTPClient.send("GET /things/1", to: gateway.port, fields: ["Cache-Control: only-if-cached"])
            #expect(none.status == 504 && service.count == 0)
            let first = try HTTPClient.send("GET /things/1", to: gateway.port)
            let second = try HTTPClient.send("GET /things/1", to: gateway.port, fields: ["Cache-Control: no-cache"])
            #expect(Self.status(second).contains("fwd=request"), "\(second)")
            #expect(first.content != second.content)
            #expect(try HTTPClient.send("GET /things/1", to: gateway.port).content == second.content)
        }

        @Test("statuses with a lifetime of their own; the first uses are not stored")
        func negativeAndMinUses() throws {
            let service = try Service("") { request in
                request.target == "/things/none" ? "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n" : nil
            }
            let gateway = try Self.gateway(service, cache: "{ ttl: 1m, negative: { 404: 1m }, minUses: 3 }")
            for line in ["GET /things/none", "GET /things/1"] {
                let before = service.count
                let states = try (0..<4).map { _ in Self.status(try HTTPClient.send(line, to: gateway.port)) }
                #expect(states[0].hasSuffix("detail=min-uses") && states[1] == states[0], "\(states)")
                #expect(states[2].hasSuffix("stored") && states[3].contains("hit"), "\(states)")
                #expect(service.count - before == 3)
            }
        }

        @Test("replies selected by Vary stand beside each other (RFC 9111 §4.1)")
        func vary() throws {
            let service = try Service("Cache-Control: max-age=60\r\nVary: Accept-Language\r\n")
            let gateway = try Self.gateway(service)
            func get(_ language: String) throws -> HTTPClient.Reply {
                try HTTPClient.send("GET /things/1", to: gateway.port, fields: ["Accept-Language: \(language)"])
            }
            let german = try get("de, en;q=0.5")
            let english = try get("en")
            #expect(Self.status(english).contains("vary-miss"), "\(english)")
            #expect(try get("DE,en;q=0.4").content == german.content)
            #expect(try get("en").content == english.content)
            #expect(service.count == 2)
        }

        @Test("chunked replies are kept as well, and large ones pass by")
        func framing() throws {
            let large = #"{"a":""# + String(repeating: "x", count: 3000) + #""}"#
            let service = try Service("") { request in
                let content = request.target == "/things/large" ? large : #"{"n":1}"#
                return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: max-age=60\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n" + String(content.utf8.count, radix: 16)
                    + "\r\n\(content)\r\n0\r\n\r\n"
            }
            let gateway = try Self.gateway(service, cache: "{ maxObject: 2KiB }")
            for _ in 0..<2 { #expect(try HTTPClient.send("GET /things/1", to: gateway.port).text == #"{"n":1}"#) }
            #expect(service.count == 1)
            for _ in 0..<2 { #expect(try HTTPClient.send("GET /things/large", to: gateway.port).text == large) }
            #expect(service.count == 3)
        }

        @Test("a leader that reads slowly does not hold up those who wait for its reply")
        func slowLeader() throws {
            let content = #"{"a":""# + String(repeating: "x", count: 400_000) + #""}"#
            let service = try Service("") { _ in
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: max-age=60\r\n"
                    + "Content-Length: \(content.utf8.count)\r\n\r\n" + content
            }
            service.isOpen.value.store(false, ordering: .releasing)
            let gateway = try Self.gateway(service)
            let leader = try HTTPClient(port: gateway.port, receiveBuffer: 2048)
            try leader.send("GET /things/1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(Clock.poll(for: 5) { service.count == 1 })
            let follower = try HTTPClient(port: gateway.port)
            try follower.send("GET /things/1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            service.isOpen.value.store(true, ordering: .releasing)
            #expect(try follower.reply().content.count == content.utf8.count)
            #expect(service.count == 1)
            #expect(try leader.reply().content.count == content.utf8.count)
        }

        @Test("settings that would have no effect are errors")
        func settings() throws {
            let service = try Service("")
            for cache in [
                "{ ttl: soon }", "{ scope: all }", "{ negative: { 200: 5s } }", "{ minUses: 0 }", "{ tll: 5s }",
                "{ heuristic: 3 }",
            ] {
                #expect(throws: RunningGateway.Failure.self, "\(cache)") { try Self.gateway(service, cache: cache) }
            }
            #expect(throws: RunningGateway.Failure.self) {
                try Self.gateway(service, more: "      makeThing: { cache: { ttl: 5s } }")
            }
        }
    }
}
