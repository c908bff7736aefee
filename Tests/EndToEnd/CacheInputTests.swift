import TestSupport
import Testing

extension EndToEnd {
    @Suite("What of the contract takes part in keys, and parts of content")
    struct CacheInputTests {
        /// A file of 1,000 octets in parts, and a list with defaults.
        private static func gateway(_ service: RecordingBackend, undeclared: String = "strip") throws -> RunningGateway
        {
            try RunningGateway(folder(service.port, undeclared: undeclared))
        }

        private static func folder(_ port: Int, undeclared: String = "strip") throws -> TemporaryFolder {
            try TemporaryFolder([
                "routes/gateway.yaml": """
                version: 1
                gateway:
                  listeners: { public: { bind: "127.0.0.1:0" } }
                  admin: { bind: "127.0.0.1:0" }
                  defaults: { validation: { undeclaredQuery: \(undeclared) } }
                upstreams:
                  service: { targets: ["http://127.0.0.1:\(port)"], retry: { attempts: 0 } }
                apis:
                  test:
                    spec: ../specs/test.yaml
                    upstream: service
                    operations:
                      getFile: { cache: { ttl: 60s } }
                      listThings: { cache: { ttl: 60s } }
                      listOrdered: { cache: { ttl: 60s, keyOrder: significant } }
                """,
                "specs/test.yaml": """
                openapi: 3.1.0
                info: { title: test, version: "1" }
                components:
                  schemas: { Limit: { type: integer, default: 20 } }
                paths:
                  /file: { get: { operationId: getFile, responses: { "200": { description: d }, "206": { description: d } } } }
                  /things:
                    get: &list
                      operationId: listThings
                      parameters:
                        - { name: limit, in: query, schema: { $ref: "#/components/schemas/Limit" } }
                        - { name: tag, in: query, schema: { type: array, items: { type: string }, default: [a, "b c"] } }
                        - { name: sort, in: query, explode: false, schema: { type: array, items: { type: string }, default: [name, id] } }
                        - { name: all, in: query, schema: { type: boolean, default: false } }
                        - { name: page, in: query, required: true, schema: { type: integer, default: 1 } }
                        - { name: X-Unit, in: header, schema: { type: string, default: mm } }
                      responses: { "200": { description: d } }
                  /ordered: { get: { operationId: listOrdered, responses: { "200": { description: d } } } }
                """,
            ])
        }

        @Test("a parameter at its declared default is the same as its absence, in the key and for the service")
        func defaults() throws {
            let service = try RecordingBackend { _, socket in
                try socket.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok")
            }
            let gateway = try Self.gateway(service)
            func isHit(_ query: String, _ fields: [String] = []) throws -> Bool {
                let reply = try HTTPClient.send("GET /things?\(query)", to: gateway.port, fields: fields)
                #expect(reply.status == 200, "\(query): \(reply)")
                return reply.fields["Cache-Status"]?.contains("lintel; hit") == true
            }
            #expect(try !isHit("page=1&limit=20"))
            #expect(service.requests.last?.target == "/things?page=1")
            for same in [
                "page=1", "limit=20&page=1&all=false", "page=1&tag=a&tag=b%20c", "sort=name,id&page=1",
                "page=1&sort=name,id&tag=a&tag=b%20c&limit=20&all=false", "page=1&utm_source=x",
            ] {
                #expect(try isHit(same), "\(same)")
            }
            #expect(try isHit("page=1", ["X-Unit: mm"]))
            for other in [
                "page=2", "page=1&limit=21", "page=1&tag=b%20c&tag=a", "page=1&tag=a", "page=1&all=true",
                "page=1&sort=id,name",
            ] {
                #expect(try !isHit(other), "\(other)")
            }
            #expect(try !isHit("page=1", ["X-Unit: cm"]))
        }

        @Test("replies say which parameters do not count (No-Vary-Search), unless the service does")
        func noVarySearch() throws {
            let service = try RecordingBackend { request, socket in
                let own = request.target.contains("page=2") ? "No-Vary-Search: params\r\n" : ""
                try socket.send(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\(own)Content-Length: 2\r\n\r\nok")
            }
            let lists = [
                "strip": #"key-order, params, except=("all" "limit" "page" "sort" "tag")"#, "pass": "key-order",
                "reject": "key-order",
            ]
            for (undeclared, expected) in lists {
                let gateway = try Self.gateway(service, undeclared: undeclared)
                func said(_ path: String) throws -> [String] {
                    try HTTPClient.send("GET \(path)", to: gateway.port).fields.all("No-Vary-Search")
                }
                for _ in 0..<2 {
                    #expect(try said("/things?page=1") == [expected], "\(undeclared)")
                    #expect(try said("/things?page=2") == ["params"])
                    #expect(try said("/ordered") == (undeclared == "strip" ? ["params"] : []))
                }
                gateway.stop()
            }
        }

        @Test("explain tells what is left out of the key, and what replies say of it")
        func explained() throws {
            let folder = try Self.folder(1)
            let told = try ChildProcess([
                LintelExecutable.path, "explain", "GET", "http://shop.test/things?page=1&limit=20&x=1", "--routes",
                folder.file("routes"),
            ])
            _ = told.wait(within: 30)
            let text = told.output
            #expect(text.contains("path /things, query page=1, inputs 0;"), "\(text)")
            #expect(
                text.contains(
                    "the same as their absence: all=false, limit=20, sort=name,id, tag=a&tag=b%20c, x-unit: mm"),
                "\(text)")
            #expect(
                text.contains(
                    #"No-Vary-Search: key-order, params, except=("all" "limit" "page" "sort" "tag")"#), "\(text)")
        }

        @Test("random ranges of a file: every octet is right, and what is held is not asked for again")
        func ranges() throws {
            let file = (0..<1000).map { _ in UInt8.random(in: 0x20...0x7E) }
            let service = try RecordingBackend { request, socket in
                guard let range = request.fields["Range"], range.hasPrefix("bytes=") else {
                    try socket.send("HTTP/1.1 200 OK\r\nETag: \"f\"\r\nContent-Length: 1000\r\n\r\n")
                    return try socket.send(file)
                }
                let ends = range.dropFirst(6).split(separator: "-").compactMap { Int($0) }
                let part = file[ends[0]...min(ends[1], 999)]
                try socket.send(
                    "HTTP/1.1 206 Partial Content\r\nETag: \"f\"\r\nContent-Type: text/plain\r\n"
                        + "Content-Range: bytes \(ends[0])-\(ends[0] + part.count - 1)/1000\r\n"
                        + "Content-Length: \(part.count)\r\n\r\n")
                try socket.send(Array(part))
            }
            let gateway = try Self.gateway(service)
            let client = try HTTPClient(port: gateway.port)
            // The part that is held, as the sentences of RFC 9111 §3.4 leave it.
            var held: Range<Int>?
            var isWhole = false
            for _ in 0..<400 {
                let first = Int.random(in: 0..<1000)
                let wanted = first..<Int.random(in: (first + 1)...min(1000, first + 300))
                let count = service.requests.count
                let reply = try client.exchange(
                    "GET /file HTTP/1.1\r\nHost: a\r\nRange: bytes=\(wanted.lowerBound)-\(wanted.upperBound - 1)\r\n\r\n"
                )
                #expect(reply.status == 206 && reply.content == Array(file[wanted]), "\(wanted): \(reply)")
                #expect(
                    reply.fields["Content-Range"] == "bytes \(wanted.lowerBound)-\(wanted.upperBound - 1)/1000")
                let isHeld =
                    isWhole
                    || held.map { $0.lowerBound <= wanted.lowerBound && wanted.upperBound <= $0.upperBound } == true
                #expect(service.requests.count == count + (isHeld ? 0 : 1), "\(wanted) of \(String(describing: held))")
                guard !isHeld else { continue }
                if let old = held, old.lowerBound <= wanted.upperBound, wanted.lowerBound <= old.upperBound {
                    held = min(old.lowerBound, wanted.lowerBound)..<max(old.upperBound, wanted.upperBound)
                } else {
                    held = wanted
                }
                if held == 0..<1000 { isWhole = true }
            }
            let count = service.requests.count
            let whole = try HTTPClient.send("GET /file", to: gateway.port, host: "a")
            #expect(whole.status == 200 && whole.content == file && whole.fields["Content-Range"] == nil)
            #expect(service.requests.count == count + (isWhole ? 0 : 1))
        }
    }
}
