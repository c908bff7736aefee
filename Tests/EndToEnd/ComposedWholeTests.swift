import Glibc
import JSONDocuments
import TestSupport
import Testing

/// Whole replies of compositions in the store.
extension EndToEnd.ComposedCacheTests {
    private static let two = """
        page:
          get: /pages/{id}
          steps:
            thing: { call: test.getThing, with: { id: $inputs.id } }
            other: { call: test.getThing, with: { id: other } }
          respond: { n: $steps.thing.body#/n, other: $steps.other.body#/n }
          cache: CACHE
        """

    /// Two parts, and how their whole is stored.
    private static func whole(_ cache: String) -> String { two.replacing("CACHE", with: cache) }

    /// The number behind `ttl=`.
    private static func secondsLeft(_ reply: HTTPClient.Reply) -> Int? {
        status(reply).split(separator: "ttl=").last.flatMap { Int($0.prefix { $0.isNumber }) }
    }

    @Test("the whole is stored with the least freshness of its parts, and answers conditional requests and HEAD")
    func leastFreshness() throws {
        let service = try Service { request in
            "Cache-Control: max-age=\(request.target == "/things/other" ? 40 : 4000)\r\n"
        }
        let gateway = try Self.gateway(service, Self.whole("{ ttl: auto }"))
        let miss = try HTTPClient.send("GET /pages/1", to: gateway.port)
        #expect(Self.status(miss) == "lintel; fwd=uri-miss; stored", "\(miss)")
        let hit = try HTTPClient.send("GET /pages/1?whatever=1", to: gateway.port)
        #expect(hit.content == miss.content && hit.fields["Age"] != nil && hit.fields["ETag"] == miss.fields["ETag"])
        #expect((36...40).contains(Self.secondsLeft(hit) ?? -1), "\(hit)")
        #expect(service.backend.requests.count == 2, "a parameter that nothing knows of is no other page")
        let tag = try #require(miss.fields["ETag"])
        let unmodified = try HTTPClient.send("GET /pages/1", to: gateway.port, fields: ["If-None-Match: \(tag)"])
        #expect(unmodified.status == 304)
        let client = try HTTPClient(port: gateway.port)
        try client.send("HEAD /pages/1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let head = try client.reply(toHEAD: true)
        #expect(head.fields["Content-Length"] == "\(miss.content.count)" && Self.status(head).contains("hit"))
        let other = try HTTPClient.send("GET /pages/1", to: gateway.port, host: "other.test")
        #expect(Self.status(other).contains("uri-miss"), "another host has another page")
        #expect(service.backend.requests.count == 4)
    }

    @Test("the settings' lifetime is a bound; parts that state none need one; `no-store` of a part forbids it")
    func lifetimes() throws {
        let service = try Service { request in
            switch request.target {
            case "/things/no-store": "Cache-Control: no-store\r\n"
            case "/things/personal": "Cache-Control: private, max-age=60\r\n"
            case "/things/silent": ""
            default: "Cache-Control: max-age=60\r\n"
            }
        }
        func second(_ cache: String, _ id: String) throws -> (first: HTTPClient.Reply, second: HTTPClient.Reply) {
            let gateway = try Self.gateway(service, Self.whole(cache))
            defer { gateway.stop() }
            return try (
                HTTPClient.send("GET /pages/\(id)", to: gateway.port),
                HTTPClient.send("GET /pages/\(id)", to: gateway.port)
            )
        }
        #expect((18...20).contains(try Self.secondsLeft(second("{ ttl: 20s }", "1").second) ?? -1))
        #expect((54...60).contains(try Self.secondsLeft(second("{ ttl: 100s }", "1").second) ?? -1))
        #expect(try Self.status(second("{ ttl: auto }", "silent").first).contains("detail=no-lifetime"))
        #expect(try Self.status(second("{ ttl: 20s }", "silent").second).contains("; hit"))
        let forbidden = try second("{ ttl: 20s }", "no-store").second
        #expect(Self.status(forbidden).contains("detail=no-store"), "\(forbidden)")
        #expect(forbidden.fields["Cache-Control"] == "no-store")
        let personal = try second("{ ttl: 20s }", "personal").second
        #expect(Self.status(personal).contains("detail=private"), "\(personal)")
        #expect(personal.fields["Cache-Control"] == "private")
        #expect(try Self.status(second("{ ttl: 20s, override: true }", "no-store").second).contains("; hit"))
    }

    @Test("a partial reply is never stored, and the whole is not made of a part that broke its contract")
    func partial() throws {
        let service = try Service { request in
            switch request.target {
            case "/things/gone":
                "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
            case "/things/broken":
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: max-age=60\r\nContent-Length: 9\r\n\r\n"
                    + #"{"n":"x"}"#
            default: "Cache-Control: max-age=60\r\n"
            }
        }
        let gateway = try Self.gateway(
            service,
            """
            page:
              get: /pages/{id}
              steps: { thing: { call: test.getThing, with: { id: $inputs.id }, optional: true } }
              respond: { n: $steps.thing.body#/n, there: $steps.thing.status }
              cache: { ttl: 60s }
            """)
        for number in 1...2 {
            let reply = try HTTPClient.send("GET /pages/gone", to: gateway.port)
            #expect(reply.fields["Lintel-Partial"] != nil && reply.fields["Cache-Control"] == "no-store", "\(reply)")
            #expect(
                Self.status(reply).contains("detail=incomplete") && service.requests("/things/gone").count == number)
        }
        for number in 1...2 {
            let reply = try HTTPClient.send("GET /pages/broken", to: gateway.port)
            #expect(
                !Self.status(reply).contains("hit") && service.requests("/things/broken").count == number, "\(reply)")
        }
    }

    @Test("what changes a part makes the whole invalid: a request, a purge of its operation, a purge of its group")
    func invalidation() throws {
        let service = try Service { request in
            request.method == "PUT"
                ? "HTTP/1.1 204 No Content\r\n\r\n"
                : "Cache-Control: max-age=600\r\nSurrogate-Key: all-\(request.target.dropFirst("/things/".count))\r\n"
        }
        // Neither the part nor its operation is stored: the whole alone is, and has to know.
        let gateway = try Self.gateway(service, Self.whole("{ ttl: auto }"))
        func isHit(_ id: String) throws -> Bool {
            Self.status(try HTTPClient.send("GET /pages/\(id)", to: gateway.port)).contains("; hit")
        }
        func purge(_ content: String) throws -> HTTPClient.Reply {
            try HTTPClient.send("POST /cache/purge", to: gateway.adminPort, content: content)
        }
        for id in ["1", "2"] { #expect(try !isHit(id) && isHit(id)) }
        #expect(try HTTPClient.send("PUT /things/1", to: gateway.port).status == 204)
        #expect(try !isHit("1") && isHit("2") && isHit("1"))
        #expect(try HTTPClient.send("PUT /things/other", to: gateway.port).status == 204)
        #expect(try !isHit("1") && !isHit("2") && isHit("1"))
        #expect(try purge(#"{"groups":["all-2"]}"#).text == #"{"matched":1}"#)
        #expect(try !isHit("2") && isHit("1"))
        #expect(try purge(#"{"operation":"compositions.page","params":{"id":"1"}}"#).text == #"{"matched":1}"#)
        #expect(try !isHit("1") && isHit("2"))
        #expect(try purge(#"{"operation":"test.getThing"}"#).status == 400, "nothing of it is stored by itself")
    }

    @Test("a purge of a part's operation reaches the wholes that it stands in")
    func purgeOfParts() throws {
        let service = try Service { _ in "" }
        let gateway = try Self.gateway(
            service,
            """
            page:
              get: /pages/{id}
              steps: { thing: { call: test.getThing, with: { id: $inputs.id }, cache: { ttl: 60s } } }
              respond: { n: $steps.thing.body#/n }
              cache: { ttl: 60s }
            """)
        let first = try HTTPClient.send("GET /pages/1", to: gateway.port).text
        #expect(try HTTPClient.send("GET /pages/1", to: gateway.port).text == first)
        let purge = try HTTPClient.send(
            "POST /cache/purge", to: gateway.adminPort, content: #"{"operation":"test.getThing","params":{"id":"1"}}"#)
        #expect(purge.text == #"{"matched":1}"#)
        #expect(try HTTPClient.send("GET /pages/1", to: gateway.port).text != first)
    }

    @Test("a stale whole is served while it is composed anew, and stands in where a required part cannot be had")
    func stale() throws {
        let service = try Service { _ in "" }
        let gateway = try Self.gateway(
            service, Self.whole("{ ttl: 1ms, staleWhileRevalidate: 1ms, staleIfError: 1h }"))
        let first = try HTTPClient.send("GET /pages/1", to: gateway.port)
        #expect(Self.status(first).contains("stored"))
        usleep(20_000)
        service.fails.set(true)
        let stale = try HTTPClient.send("GET /pages/1", to: gateway.port)
        #expect(stale.status == 200 && stale.content == first.content, "\(stale)")
        #expect(Self.status(stale).contains("stale-on-error"))
        service.fails.set(false)
        let again = try Self.gateway(service, Self.whole("{ ttl: 1ms, staleWhileRevalidate: 1h }"))
        let old = try HTTPClient.send("GET /pages/1", to: again.port).text
        usleep(20_000)
        #expect(try HTTPClient.send("GET /pages/1", to: again.port).text == old)
        #expect(Clock.poll(for: 5) { (try? HTTPClient.send("GET /pages/1", to: again.port).text) != old })
    }

    @Test("many clients that need the same page at once cause one composition")
    func collapsedWholes() throws {
        let service = try Service { _ in "Cache-Control: max-age=60\r\n" }
        service.isOpen.set(false)
        let gateway = try Self.gateway(service, Self.whole("{ ttl: auto }"))
        let clients = try (0..<100).map { _ in try HTTPClient(port: gateway.port, patience: 20) }
        for client in clients { try client.send("GET /pages/1 HTTP/1.1\r\nHost: localhost\r\n\r\n") }
        #expect(Clock.poll(for: 5) { service.backend.requests.count == 2 })
        usleep(100_000)
        service.isOpen.set(true)
        var contents: Set<[UInt8]> = []
        for client in clients { contents.insert(try client.reply().content) }
        #expect(contents.count == 1)
        #expect(service.backend.requests.count == 2)
    }

    @Test("an input in a header field selects the whole, and is named in Vary")
    func vary() throws {
        let service = try Service { _ in "Cache-Control: max-age=60\r\n" }
        let gateway = try Self.gateway(
            service,
            """
            page:
              get: /page
              inputs: { kind: { in: header, name: X-Kind, schema: { type: string } } }
              steps: { thing: { call: test.getThing, with: { id: x, a: $inputs.kind? } } }
              respond: { target: $steps.thing.body#/target? }
              cache: { ttl: auto }
            """)
        for kind in ["one", "two", "one"] {
            let reply = try HTTPClient.send("GET /page", to: gateway.port, fields: ["X-Kind: \(kind)"])
            #expect(try reply.json()["target"]?.string == "/things/x?a=\(kind)")
            #expect(reply.fields["Vary"] == "X-Kind")
        }
        #expect(service.backend.requests.count == 2)
    }
}
