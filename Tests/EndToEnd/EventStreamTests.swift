import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// Server-sent events and other streams without an end: nothing waits, and no time or size counts that was meant for
    /// replies with one.
    @Suite("Streams of events")
    struct EventStreamTests {
        private static let pause: UInt32 = 120_000

        /// A service that sends five events 120 ms apart, and then ends or falls silent.
        private static func backend(
            type: String = "text/event-stream; charset=utf-8", isSilent: Bool = false, size: Int = 10
        ) throws -> RecordingBackend {
            try RecordingBackend { _, socket in
                try socket.send("HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\nTransfer-Encoding: chunked\r\n\r\n")
                for number in 1...5 {
                    let event = "data: \(number)" + String(repeating: ".", count: size) + "\n\n"
                    try socket.send(String(event.utf8.count, radix: 16) + "\r\n" + event + "\r\n")
                    usleep(pause)
                }
                if isSilent { _ = socket.isReadable(within: 10) } else { try socket.send("0\r\n\r\n") }
            }
        }

        /// Reads until the text is there; the seconds that took, nil when it does not come.
        private static func wait(for text: String, in received: inout String, _ next: () -> [UInt8]?) -> Double? {
            let start = Clock.now
            while !received.contains(text) {
                guard let bytes = next() else { return nil }
                received += String(octets: bytes)
            }
            return Clock.now - start
        }

        @Test("each event passes at once, longer than `timeout`, over HTTP/1.1 and HTTP/2", arguments: [false, true])
        func immediate(isHTTP2: Bool) throws {
            let backend = try Self.backend()
            let gateway = try RunningGateway(
                upstream: backend.port, listener: "protocols: [h2, http1]", defaults: "timeout: 400ms")
            var received = ""
            var waits: [Double?] = []
            if isHTTP2 {
                let client = try FrameClient(port: gateway.port)
                client.send(FrameClient.headers(1, "/t/events"))
                for number in 1...5 {
                    waits.append(
                        Self.wait(for: "data: \(number)", in: &received) {
                            client.first { $0.kind == .data }.map(\.payload)
                        })
                }
                #expect(client.first { $0.flags & 1 == 1 && $0.kind == .data } != nil)
            } else {
                let socket = try LoopbackSocket(connectingTo: gateway.port)
                try socket.send("GET /t/events HTTP/1.1\r\nHost: gw.test\r\n\r\n")
                let next = { (try? socket.receive(within: 5)).flatMap { $0.isEmpty ? nil : $0 } }
                for number in 1...5 { waits.append(Self.wait(for: "data: \(number)", in: &received, next)) }
                #expect(Self.wait(for: "0\r\n\r\n", in: &received, next) != nil)
            }
            // Had one waited for the next, two would have come together and the first wait would be longer.
            #expect(waits.allSatisfy { $0 != nil }, "\(waits)")
            #expect(waits.dropFirst().allSatisfy { ($0 ?? 0) > 0.06 }, "\(waits)")
            #expect(try gateway.logLine(status: 200)?["outcome"] == "forwarded")
        }

        @Test("a stream that falls silent ends by `timeouts.responseIdle`; a reply with an end ends by `timeout`")
        func silence() throws {
            for (type, timeouts, outcome) in [
                ("text/event-stream", "timeout: 300ms\ntimeouts: { responseIdle: 700ms }", "response-idle-timeout"),
                ("text/plain", "timeout: 500ms", "exchange-timeout"),
            ] {
                let backend = try Self.backend(type: type, isSilent: true)
                let gateway = try RunningGateway(upstream: backend.port, defaults: timeouts)
                let client = try HTTPClient(port: gateway.port)
                let start = Clock.now
                #expect(throws: (any Error).self) { try client.exchange("GET /t/x HTTP/1.1\r\nHost: gw.test\r\n\r\n") }
                #expect(Clock.now - start < 4)
                #expect(try gateway.logLine(status: 200)?["outcome"] == outcome)
            }
        }

        @Test("`limits.responseBody` is no limit of a stream that nothing is held of")
        func size() throws {
            for (type, isWhole) in [("text/event-stream", true), ("text/plain", false)] {
                let backend = try Self.backend(type: type, size: 1_000)
                let gateway = try RunningGateway(upstream: backend.port, defaults: "limits: { responseBody: 3KiB }")
                let reply = try? HTTPClient.send("GET /t/x", to: gateway.port, host: "gw.test")
                #expect((reply?.content.count == 5 * 1_009) == isWhole, "\(type)")
            }
        }

        @Test("a stream whose operation describes its items has no end to wait for either, and each is looked at")
        func items() throws {
            let backend = try RecordingBackend { _, socket in
                try socket.send(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/jsonl\r\nTransfer-Encoding: chunked\r\n\r\n")
                for number in 1...5 {
                    try socket.send("2\r\n\(number)\n\r\n")
                    usleep(Self.pause)
                }
                try socket.send("0\r\n\r\n")
            }
            let gateway = try RunningGateway(
                paths: """
                      /log:
                        get:
                          responses:
                            "200": { description: d, content: { application/jsonl: { itemSchema: { maximum: 9 } } } }
                    """, validation: "responses: enforce }, timeout: 400ms, errors: { max: 3", backend: backend)
            #expect(try HTTPClient.send("GET /log", to: gateway.port).text == "1\n2\n3\n4\n5\n")
        }
    }
}
