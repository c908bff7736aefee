import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Services that fail")
    struct UpstreamFailureTests {
        private static func send(
            _ line: String, _ gateway: RunningGateway, content: String? = nil
        ) throws -> HTTPClient.Reply {
            try HTTPClient.send(line, to: gateway.port, host: "gw.test", content: content)
        }

        @Test("a service that refuses connections is a 502, and is used again as soon as it is back")
        func refused() throws {
            let port = try LoopbackSocket.freePort()
            let gateway = try RunningGateway(upstream: port)
            for _ in 1...8 {
                let reply = try Self.send("GET /t/x", gateway)
                #expect(reply.status == 502)
                #expect(reply.fields["Content-Type"] == "application/problem+json")
            }
            let backend = try RecordingBackend(port: port)
            #expect(try Self.send("GET /t/x", gateway).status == 200)
            #expect(backend.requests.count == 1)
            backend.stop()
            #expect(Clock.poll(for: 5) { (try? Self.send("GET /t/x", gateway).status) == 502 })
            let again = try RecordingBackend(port: port)
            #expect(try Self.send("GET /t/x", gateway).status == 200)
            #expect(again.requests.count == 1)
        }

        @Test("a service that never answers is a 504, in time, and its connection is not used again")
        func blackHole() throws {
            let backend = try RecordingBackend { request, socket in
                if request.target == "/t/ok" { return try RecordingBackend.ok(request, socket) }
                _ = socket.isReadable(within: 20)
                throw RecordingBackend.Hangup.close
            }
            let gateway = try RunningGateway(
                upstream: backend.port, defaults: "timeout: 4s\ntimeouts: { responseHead: 500ms }")
            #expect(try Self.send("GET /t/ok", gateway).status == 200)
            let start = Clock.now
            #expect(try Self.send("GET /t/x", gateway).status == 504)
            #expect(Clock.now - start < 3)
            #expect(Clock.now - start > 0.4)
            #expect(try Self.send("GET /t/ok", gateway).status == 200)
            #expect(backend.connectionCount == 2)
        }

        @Test("the time for the whole exchange counts, whatever the others allow")
        func exchangeTimeout() throws {
            let backend = try RecordingBackend { _, socket in
                _ = socket.isReadable(within: 20)
                throw RecordingBackend.Hangup.close
            }
            let gateway = try RunningGateway(upstream: backend.port, defaults: "timeout: 600ms")
            let start = Clock.now
            #expect(try Self.send("GET /t/x", gateway).status == 504)
            #expect(Clock.now - start < 3)
        }

        @Test("a service that falls silent within its reply is cut off, so that the client can tell")
        func stall() throws {
            let backend = try RecordingBackend { _, socket in
                try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello")
                _ = socket.isReadable(within: 20)
                throw RecordingBackend.Hangup.close
            }
            let gateway = try RunningGateway(upstream: backend.port, defaults: "timeouts: { responseIdle: 500ms }")
            #expect(throws: (any Error).self) { try Self.send("GET /t/x", gateway) }
        }

        @Test(
            "a reply that is cut off looks cut off to the client (RFC 9112 §8)",
            arguments: [
                "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
            ], [true, false])
        func truncated(text: String, resets: Bool) throws {
            let backend = try RecordingBackend { _, socket in
                try socket.send(text)
                usleep(50_000)
                throw resets ? RecordingBackend.Hangup.reset : RecordingBackend.Hangup.close
            }
            let gateway = try RunningGateway(upstream: backend.port)
            #expect(throws: (any Error).self) { try Self.send("GET /t/x", gateway) }
        }

        @Test("a reply without a length that ends in a reset is not passed off as complete")
        func resetWithinUntilClose() throws {
            let backend = try RecordingBackend { _, socket in
                try socket.send("HTTP/1.1 200 OK\r\n\r\nhello")
                usleep(100_000)
                throw RecordingBackend.Hangup.reset
            }
            let gateway = try RunningGateway(upstream: backend.port)
            #expect(throws: (any Error).self) { try Self.send("GET /t/x", gateway) }
        }

        @Test("what is no HTTP response is a 502", arguments: ["nonsense\r\n\r\n", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n"])
        func malformed(text: String) throws {
            let backend = try RecordingBackend(answer: RecordingBackend.always(text))
            let gateway = try RunningGateway(upstream: backend.port)
            #expect(try Self.send("GET /t/x", gateway).status == 502)
            #expect(backend.requests.count == 1, "a reply that was seen is not asked for again")
        }

        /// A service that hangs up on the second request of its first connection, as one does whose idle time is over.
        private static func hangingUp(resets: Bool) throws -> RecordingBackend {
            try RecordingBackend { request, socket in
                if request.connection == 1, request.target != "/t/first" {
                    throw resets ? RecordingBackend.Hangup.reset : RecordingBackend.Hangup.close
                }
                try RecordingBackend.ok(request, socket)
            }
        }

        @Test(
            "a GET is sent again when its kept connection drops before the reply (RFC 9110 §9.2.2)",
            arguments: [true, false])
        func retries(resets: Bool) throws {
            let backend = try Self.hangingUp(resets: resets)
            let gateway = try RunningGateway(upstream: backend.port)
            #expect(try Self.send("GET /t/first", gateway).status == 200)
            #expect(try Self.send("GET /t/second", gateway).status == 200)
            #expect(backend.requests.map(\.target) == ["/t/first", "/t/second", "/t/second"])
            #expect(backend.connectionCount == 2)
        }

        @Test("a POST is not sent again: the service may have acted", arguments: [true, false])
        func noRetry(resets: Bool) throws {
            let backend = try Self.hangingUp(resets: resets)
            let gateway = try RunningGateway(upstream: backend.port)
            #expect(try Self.send("GET /t/first", gateway).status == 200)
            #expect(try Self.send("POST /t/second", gateway, content: "hello").status == 502)
            #expect(backend.requests.count == 2)
            #expect(try Self.send("POST /t/third", gateway, content: "hello").status == 200)
        }

        @Test("a 503 is asked for again where the method is idempotent, within the number of attempts")
        func statusRetries() throws {
            let backend = try RecordingBackend { request, socket in
                try socket.send("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy")
            }
            let gateway = try RunningGateway(upstream: backend.port, upstreamSettings: "retry: { attempts: 2 }")
            let reply = try Self.send("GET /t/x", gateway)
            #expect(reply.status == 503)
            #expect(reply.text == "busy", "the service's own reply comes back in the end")
            #expect(backend.requests.count == 3)
            #expect(try Self.send("POST /t/x", gateway, content: "a").status == 503)
            #expect(backend.requests.count == 4)
        }

        @Test("an early reply reaches a client that is still sending, and the connection ends behind it")
        func earlyReply() throws {
            let backend = try RecordingBackend.beforeContent { _, socket in
                try socket.send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno")
                _ = socket.isReadable(within: 1)
                usleep(300_000)
                throw RecordingBackend.Hangup.close
            }
            let gateway = try RunningGateway(upstream: backend.port, defaults: "limits: { requestBody: 64MiB }")
            let client = try HTTPClient(port: gateway.port)
            try client.send("POST /t/x HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 10000000\r\n\r\nhello")
            let reply = try client.reply()
            #expect(reply.status == 401)
            #expect(reply.text == "no")
            #expect(client.isClosed())
        }

        @Test("a client that goes away takes its exchange along: the service's connection ends")
        func clientGone() throws {
            let backend = try RecordingBackend { request, socket in
                guard request.target != "/t/ok" else { return try RecordingBackend.ok(request, socket) }
                // The end of input is the sign that the gateway has given up.
                guard socket.isReadable(within: 10) else { return }
                throw RecordingBackend.Hangup.close
            }
            let gateway = try RunningGateway(upstream: backend.port, defaults: "timeout: 30s")
            let client = try HTTPClient(port: gateway.port)
            try client.send("GET /t/x HTTP/1.1\r\nHost: gw.test\r\n\r\n")
            #expect(Clock.poll(for: 5) { backend.requests.count == 1 })
            client.socket.close()
            #expect(Clock.poll(for: 5) { gateway.log.contains { $0.contains("client-gone") } })
            #expect(try Self.send("GET /t/ok", gateway).status == 200)
        }

        @Test("a slow client is a 408, and the service's connection is not left hanging")
        func slowClient() throws {
            let backend = try RecordingBackend()
            let gateway = try RunningGateway(
                upstream: backend.port, defaults: "timeouts: { requestHead: 500ms, requestBody: 500ms }")
            let head = try HTTPClient(port: gateway.port)
            try head.send("GET /t/x HTT")
            #expect(try head.reply().status == 408)
            let content = try HTTPClient(port: gateway.port)
            try content.send("POST /t/x HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 10\r\n\r\nhello")
            #expect(try content.reply().status == 408)
            #expect(try Self.send("GET /t/x", gateway).status == 200)
            let silent = try HTTPClient(port: gateway.port)
            #expect(silent.isClosed())
        }

        @Test("a client that is still sending when the exchange's time is over is a 408, not the service's 504")
        func slowUpload() throws {
            let backend = try RecordingBackend()
            let gateway = try RunningGateway(upstream: backend.port, defaults: "timeout: 700ms")
            let client = try HTTPClient(port: gateway.port)
            try client.send("POST /t/x HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 10\r\n\r\nhello")
            #expect(try client.reply().status == 408)
        }
    }
}
