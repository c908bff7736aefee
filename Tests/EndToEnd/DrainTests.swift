import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The end of the process")
    struct DrainTests {
        @Test(
            "SIGTERM lets an exchange in flight finish, is not ready meanwhile, and exits with 0",
            arguments: [SIGTERM, SIGINT])
        func drain(signal: Int32) throws {
            let backend = try RecordingBackend { request, socket in
                guard request.target == "/t/slow" else { return try RecordingBackend.ok(request, socket) }
                try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
                usleep(1_500_000)
                try socket.send("world")
            }
            let gateway = try RunningGateway(
                upstream: backend.port, gateway: "drain: { readinessDelay: 300ms, grace: 10s }")
            let client = try HTTPClient(port: gateway.port)
            let idle = try HTTPClient(port: gateway.port)
            #expect(try idle.exchange("GET /t/x HTTP/1.1\r\nHost: gw.test\r\n\r\n").status == 200)
            #expect(try HTTPClient.send("GET /readyz", to: gateway.adminPort).status == 200)
            try client.send("GET /t/slow HTTP/1.1\r\nHost: gw.test\r\n\r\n")
            #expect(client.socket.isReadable(within: 5))
            gateway.process.send(signal)
            #expect(Clock.poll(for: 2) { (try? HTTPClient.send("GET /readyz", to: gateway.adminPort).status) == 503 })
            #expect(try HTTPClient.send("GET /healthz", to: gateway.adminPort).status == 200)
            #expect(idle.isClosed(), "an idle connection ends at once")
            #expect(Clock.poll(for: 2) { (try? HTTPClient(port: gateway.port)) == nil }, "still accepts connections")
            #expect(gateway.process.exitCode == nil, "an exchange is in flight")
            #expect(try client.reply().text == "helloworld")
            #expect(client.isClosed())
            #expect(gateway.process.wait(within: 5) == 0)
            #expect(gateway.process.error.contains("drained"))
            #expect(gateway.log.count >= 2, "the log is written to its end")
        }

        @Test("a reply that was begun before the end says nothing of it, so the request behind it is answered, too")
        func lastRequest() throws {
            let backend = try RecordingBackend { request, socket in
                guard request.target == "/t/slow" else { return try RecordingBackend.ok(request, socket) }
                try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
                usleep(700_000)
                try socket.send("world")
            }
            let gateway = try RunningGateway(upstream: backend.port)
            let client = try HTTPClient(port: gateway.port)
            try client.send("GET /t/slow HTTP/1.1\r\nHost: gw.test\r\n\r\n")
            #expect(client.socket.isReadable(within: 5))
            gateway.process.send(SIGTERM)
            #expect(Clock.poll(for: 5) { (try? HTTPClient(port: gateway.port)) == nil })
            let first = try client.reply()
            #expect(first.text == "helloworld")
            #expect(first.fields["Connection"] == nil)
            let second = try client.exchange("GET /t/x HTTP/1.1\r\nHost: gw.test\r\n\r\n")
            #expect(second.status == 200)
            #expect(second.fields["Connection"] == "close")
            #expect(client.isClosed())
            #expect(gateway.process.wait(within: 5) == 0)
        }

        @Test("an exchange that does not finish within the grace time is broken off")
        func grace() throws {
            let backend = try RecordingBackend { _, socket in
                _ = socket.isReadable(within: 20)
                throw RecordingBackend.Hangup.close
            }
            let gateway = try RunningGateway(
                upstream: backend.port, gateway: "drain: { grace: 500ms }", defaults: "timeout: 60s")
            let client = try HTTPClient(port: gateway.port)
            try client.send("GET /t/x HTTP/1.1\r\nHost: gw.test\r\n\r\n")
            #expect(Clock.poll(for: 5) { backend.requests.count == 1 })
            let start = Clock.now
            #expect(gateway.stop() == 0)
            #expect(Clock.now - start < 5)
        }

        @Test("replies that slow clients have not read yet arrive whole although the gateway ends")
        func unreadReplies() throws {
            let backend = try SizedReplies.backend()
            let gateway = try RunningGateway(upstream: backend.port, defaults: "timeout: 60s")
            let readers = try SizedReplies.sizes.map { try SizedReplies.Reader(gateway, size: $0) }
            for reader in readers { #expect(reader.isAnswered) }
            _ = Clock.poll(for: 0.3) { false }
            gateway.process.send(SIGTERM)
            _ = Clock.poll(for: 0.3) { false }
            for reader in readers {
                let missing = reader.missing()
                #expect(missing == 0, "\(missing) of \(reader.size) bytes are missing")
            }
            #expect(gateway.process.wait(within: 10) == 0)
        }
    }
}
