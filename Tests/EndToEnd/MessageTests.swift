import TestSupport
import Testing

extension EndToEnd {
    @Suite("Messages on their way through the gateway")
    struct MessageTests {
        private static let host = "Host: gw.test\r\n"

        /// Content and fields that a service echoes: enough to see what it was sent.
        private static let echo: RecordingBackend.Answer = { request, socket in
            let text = request.target + "|" + String(decoding: request.content, as: UTF8.self)
            try socket.send("HTTP/1.1 200 OK\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)")
        }

        @Test("a connection serves one request after another")
        func keepAlive() throws {
            let backend = try RecordingBackend(answer: Self.echo)
            let gateway = try RunningGateway(upstream: backend.port)
            let client = try HTTPClient(port: gateway.port)
            for number in 1...20 {
                let reply = try client.exchange("GET /t/\(number) HTTP/1.1\r\n\(Self.host)\r\n")
                #expect(reply.text == "/t/\(number)|")
                #expect(reply.fields["Connection"] == nil)
            }
            #expect(backend.connectionCount == 1, "the service's connection is kept too")
            let last = try client.exchange("GET /t/last HTTP/1.1\r\n\(Self.host)Connection: close\r\n\r\n")
            #expect(last.fields["Connection"] == "close")
            #expect(client.isClosed())
        }

        @Test("pipelined requests are answered in their order, and each reaches the service once")
        func pipelining() throws {
            let backend = try RecordingBackend(answer: Self.echo)
            let gateway = try RunningGateway(upstream: backend.port)
            let client = try HTTPClient(port: gateway.port)
            var text = ""
            for number in 1...30 {
                let content = String(repeating: "x", count: number)
                text +=
                    number % 3 == 0
                    ? "GET /t/\(number) HTTP/1.1\r\n\(Self.host)\r\n"
                    : "POST /t/\(number) HTTP/1.1\r\n\(Self.host)Content-Length: \(number)\r\n\r\n\(content)"
            }
            try client.send(text)
            for number in 1...30 {
                let content = number % 3 == 0 ? "" : String(repeating: "x", count: number)
                #expect(try client.reply().text == "/t/\(number)|\(content)")
            }
            #expect(backend.requests.map(\.target) == (1...30).map { "/t/\($0)" })
        }

        @Test("a request cut into single octets arrives whole")
        func octetByOctet() throws {
            let backend = try RecordingBackend(answer: Self.echo)
            let gateway = try RunningGateway(upstream: backend.port)
            let client = try HTTPClient(port: gateway.port)
            let text =
                "POST /t/x HTTP/1.1\r\n\(Self.host)Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nA: b\r\n\r\n"
            for octet in text.octets { try client.socket.send([octet]) }
            #expect(try client.reply().text == "/t/x|hello")
            #expect(try client.exchange("GET /t/y HTTP/1.1\r\n\(Self.host)\r\n").text == "/t/y|")
        }

        @Test("Expect: 100-continue is answered before the content is sent (RFC 9110 §10.1.1)")
        func expectContinue() throws {
            let backend = try RecordingBackend(answer: Self.echo)
            let gateway = try RunningGateway(upstream: backend.port)
            let client = try HTTPClient(port: gateway.port)
            try client.send("POST /t/x HTTP/1.1\r\n\(Self.host)Expect: 100-continue\r\nContent-Length: 5\r\n\r\n")
            #expect(client.socket.isReadable(within: 5), "no 100 before the content")
            try client.send("hello")
            let reply = try client.reply()
            #expect(reply.interim.map(\.status) == [100])
            #expect(reply.text == "/t/x|hello")
        }

        @Test("a client that waits for 100 is refused without it, and the connection ends")
        func expectRefused() throws {
            let backend = try RecordingBackend(answer: Self.echo)
            let gateway = try RunningGateway(upstream: backend.port)
            let client = try HTTPClient(port: gateway.port)
            try client.send("POST /none HTTP/1.1\r\n\(Self.host)Expect: 100-continue\r\nContent-Length: 5\r\n\r\n")
            let reply = try client.reply()
            #expect(reply.status == 404)
            #expect(reply.interim.isEmpty)
            #expect(client.isClosed())
        }

        @Test("HEAD, 204 and 304 have no content, and the connection goes on (RFC 9112 §6.3)")
        func bodyless() throws {
            let backend = try RecordingBackend { request, socket in
                switch request.target {
                case "/t/204": try socket.send("HTTP/1.1 204 No Content\r\n\r\n")
                case "/t/304": try socket.send("HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\nContent-Length: 77\r\n\r\n")
                case "/t/chunked": try socket.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                default: try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 99\r\nContent-Type: a/b\r\n\r\n")
                }
            }
            let gateway = try RunningGateway(upstream: backend.port)
            let client = try HTTPClient(port: gateway.port)
            let head = try client.exchange("HEAD /t/x HTTP/1.1\r\n\(Self.host)\r\n")
            #expect(head.fields["Content-Length"] == "99")
            #expect(head.fields["Content-Type"] == "a/b")
            #expect(try client.exchange("HEAD /t/chunked HTTP/1.1\r\n\(Self.host)\r\n").status == 200)
            let empty = try client.exchange("GET /t/204 HTTP/1.1\r\n\(Self.host)\r\n")
            #expect(empty.status == 204)
            #expect(empty.fields["Content-Length"] == nil)
            #expect(empty.fields["Transfer-Encoding"] == nil)
            let same = try client.exchange("GET /t/304 HTTP/1.1\r\n\(Self.host)\r\n")
            #expect(same.status == 304)
            #expect(same.fields["ETag"] == "\"1\"")
            #expect(try client.exchange("HEAD /none HTTP/1.1\r\n\(Self.host)\r\n").status == 404)
            #expect(try client.exchange("HEAD /t/x HTTP/1.1\r\n\(Self.host)\r\n").status == 200)
        }

        @Test("chunked content goes through in both directions, with its trailers (RFC 9112 §7.1)")
        func chunkedBothWays() throws {
            let backend = try RecordingBackend { request, socket in
                try socket.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n")
                for piece in ["5\r\nhello\r\n", "1;a=b\r\n,\r\n", "6\r\n world\r\n"] { try socket.send(piece) }
                try socket.send("0\r\nX-Sum: 12\r\nContent-Length: 5\r\n\r\n")
            }
            let gateway = try RunningGateway(upstream: backend.port)
            let client = try HTTPClient(port: gateway.port)
            let reply = try client.exchange(
                "POST /t/x HTTP/1.1\r\n\(Self.host)Transfer-Encoding: chunked\r\nTrailer: X-Count\r\n\r\n"
                    + "3\r\nabc\r\n3\r\ndef\r\n0\r\nX-Count: 6\r\nHost: evil\r\n\r\n")
            #expect(reply.text == "hello, world")
            #expect(reply.fields["Transfer-Encoding"] == "chunked")
            #expect(reply.trailers["X-Sum"] == "12")
            #expect(reply.trailers["Content-Length"] == nil, "RFC 9110 §6.5.1: framing has no place in trailers")
            let request = try #require(backend.requests.first)
            #expect(String(decoding: request.content, as: UTF8.self) == "abcdef")
            #expect(request.fields["Transfer-Encoding"] == "chunked")
            #expect(request.trailers["X-Count"] == "6")
            #expect(request.trailers["Host"] == nil)
            #expect(try client.exchange("GET /t/y HTTP/1.1\r\n\(Self.host)\r\n").text == "hello, world")
        }

        @Test("content that ends with the service's connection becomes chunked, or ends the client's (HTTP/1.0)")
        func untilClose() throws {
            let backend = try RecordingBackend { _, socket in
                try socket.send("HTTP/1.1 200 OK\r\n\r\nhello")
                throw RecordingBackend.Hangup.close
            }
            let gateway = try RunningGateway(upstream: backend.port)
            let client = try HTTPClient(port: gateway.port)
            let reply = try client.exchange("GET /t/x HTTP/1.1\r\n\(Self.host)\r\n")
            #expect(reply.text == "hello")
            #expect(reply.fields["Transfer-Encoding"] == "chunked")
            let old = try HTTPClient(port: gateway.port)
            let second = try old.exchange("GET /t/x HTTP/1.0\r\n\(Self.host)\r\n")
            #expect(second.text == "hello")
            #expect(second.fields["Transfer-Encoding"] == nil)
            #expect(old.isClosed())
        }

        @Test("interim responses are forwarded, but not to HTTP/1.0 (RFC 9110 §15.2)")
        func interim() throws {
            let backend = try RecordingBackend(
                answer: RecordingBackend.always(
                    "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                        + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
            let gateway = try RunningGateway(upstream: backend.port)
            let client = try HTTPClient(port: gateway.port)
            let reply = try client.exchange("GET /t/x HTTP/1.1\r\n\(Self.host)\r\n")
            #expect(reply.interim.map(\.status) == [102, 103])
            #expect(reply.interim.last?.fields["Link"] == "</a>")
            #expect(reply.text == "ok")
            let old = try HTTPClient(port: gateway.port)
            #expect(try old.exchange("GET /t/x HTTP/1.0\r\n\(Self.host)\r\n").interim.isEmpty)
        }

        @Test("fields of one hop end here, in both directions (RFC 9110 §7.6.1)")
        func hopByHop() throws {
            let backend = try RecordingBackend(
                answer: RecordingBackend.always(
                    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: X-Secret, keep-alive\r\nX-Secret: 1\r\n"
                        + "Keep-Alive: timeout=5\r\nProxy-Authenticate: Basic\r\nUpgrade: h2c\r\nX-Kept: 1\r\n"
                        + "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\nok"))
            let gateway = try RunningGateway(upstream: backend.port)
            let reply = try HTTPClient.send(
                "GET /t/x", to: gateway.port, host: "gw.test",
                fields: [
                    "Connection: X-One, Upgrade, HTTP2-Settings", "X-One: 1", "X-Two: 2", "TE: trailers",
                    "Keep-Alive: 5",
                    "Proxy-Connection: close", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk",
                    "Proxy-Authorization: Basic x",
                    "Content_Length: 7", "Cookie: a=1", "Authorization: Bearer x",
                ])
            let sent = try #require(backend.requests.first).fields
            for name in [
                "Connection", "X-One", "TE", "Keep-Alive", "Proxy-Connection", "Upgrade", "HTTP2-Settings",
                "Proxy-Authorization", "Content_Length",
            ] {
                #expect(sent[name] == nil, "\(name) went on")
            }
            #expect(sent["X-Two"] == "2")
            #expect(sent["Cookie"] == "a=1")
            #expect(sent["Authorization"] == "Bearer x")
            for name in ["X-Secret", "Keep-Alive", "Proxy-Authenticate", "Upgrade"] {
                #expect(reply.fields[name] == nil, "\(name) came back")
            }
            #expect(reply.fields["X-Kept"] == "1")
            #expect(reply.fields.all("Set-Cookie") == ["a=1", "b=2"])
        }

        @Test("the service learns who asked, and no client can forge that; Via is added (RFC 9110 §7.6.3)")
        func forwardingFields() throws {
            let backend = try RecordingBackend()
            let gateway = try RunningGateway(upstream: backend.port)
            _ = try HTTPClient.send(
                "GET /t/a%7Eb/c?x=%41", to: gateway.port, host: "gw.test",
                fields: [
                    "X-Forwarded-For: 6.6.6.6", "X-Forwarded-Proto: https", "X-Forwarded-Host: evil",
                    "Forwarded: for=6",
                    "X-Real-IP: 6.6.6.6", "X_Forwarded_For: 6.6.6.6", "Via: 1.0 before",
                ])
            let request = try #require(backend.requests.first)
            #expect(request.target == "/t/a~b/c?x=%41", "the path is canonical, the query untouched")
            #expect(request.fields.all("X-Forwarded-For") == ["127.0.0.1"])
            #expect(request.fields.all("X-Forwarded-Proto") == ["http"])
            #expect(request.fields.all("X-Forwarded-Host") == ["gw.test"])
            #expect(request.fields.all("Host") == ["gw.test"])
            #expect(request.fields.all("Via") == ["1.0 before", "1.1 lintel"])
            for name in ["Forwarded", "X-Real-IP", "X_Forwarded_For"] { #expect(request.fields[name] == nil) }
        }

        @Test("X-Request-Id is taken when it is well-formed, else made, and is the same on both sides")
        func requestIDs() throws {
            let backend = try RecordingBackend()
            let gateway = try RunningGateway(upstream: backend.port)
            for id in ["abc-DEF_1.2", String(repeating: "a", count: 128)] {
                let reply = try HTTPClient.send(
                    "GET /t/x", to: gateway.port, host: "gw.test", fields: ["X-Request-Id: \(id)"])
                #expect(reply.fields.all("X-Request-Id") == [id])
                #expect(backend.requests.last?.fields.all("X-Request-Id") == [id])
            }
            var made: Set<String> = []
            for id in ["", "a b", "a\"b", String(repeating: "a", count: 129), "\u{E9}"] {
                let reply = try HTTPClient.send(
                    "GET /t/x", to: gateway.port, host: "gw.test", fields: ["X-Request-Id: \(id)"])
                let own = try #require(reply.fields["X-Request-Id"])
                #expect(own != id && own.count == 26)
                #expect(backend.requests.last?.fields.all("X-Request-Id") == [own])
                made.insert(own)
            }
            #expect(made.count == 5)
        }

        @Test("a POST whose content is empty says so to the service (RFC 9110 §8.6)")
        func emptyPost() throws {
            let backend = try RecordingBackend()
            let gateway = try RunningGateway(upstream: backend.port)
            _ = try HTTPClient.send("POST /t/x", to: gateway.port, host: "gw.test", content: "")
            #expect(backend.requests.first?.fields["Content-Length"] == "0")
        }

        @Test("what is no HTTP is answered with 400 and a closed connection, and the service sees nothing")
        func malformed() throws {
            let backend = try RecordingBackend()
            let gateway = try RunningGateway(upstream: backend.port)
            for text in [
                "GET /t/x HTTP/1.1\r\n\r\n", "GET /t/x HTTP/1.1\r\nHost: a b\r\n\r\n", "nonsense\r\n\r\n",
                "POST /t/x HTTP/1.1\r\n\(Self.host)Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "GET /t/%zz HTTP/1.1\r\n\(Self.host)\r\n", "GET /t/x#y HTTP/1.1\r\n\(Self.host)\r\n",
            ] {
                let client = try HTTPClient(port: gateway.port)
                let reply = try client.exchange(text)
                #expect(reply.status == 400, "\(text)")
                #expect(reply.fields["Content-Type"] == "application/problem+json")
                #expect(reply.fields["Connection"] == "close")
                #expect(client.isClosed())
            }
            #expect(backend.requests.isEmpty)
        }

        @Test("limits have their own statuses: 414, 431, 413")
        func limits() throws {
            let backend = try RecordingBackend()
            let gateway = try RunningGateway(
                upstream: backend.port, defaults: "limits: { requestHead: 16KiB, headerCount: 20, requestBody: 1KiB }")
            func status(_ line: String, _ fields: [String] = [], _ content: String? = nil) throws -> Int {
                try HTTPClient.send(line, to: gateway.port, host: "gw.test", fields: fields, content: content).status
            }
            let long = String(repeating: "a", count: 9000)
            #expect(try status("GET /t/\(long)") == 414)
            #expect(try status("GET /t/x", ["A: \(long)", "B: \(long)"]) == 431)
            #expect(try status("GET /t/x", (1...21).map { "A\($0): b" }) == 431)
            #expect(try status("POST /t/x", [], String(long.prefix(1025))) == 413)
            #expect(backend.requests.isEmpty)
            #expect(try status("POST /t/x", [], String(long.prefix(1024))) == 200)
            let client = try HTTPClient(port: gateway.port)
            let chunk = "400\r\n" + long.prefix(1024) + "\r\n"
            let head = "POST /t/x HTTP/1.1\r\n\(Self.host)Transfer-Encoding: chunked\r\n\r\n"
            #expect(try client.exchange(head + chunk + chunk + "0\r\n\r\n").status == 413)
        }
    }
}
