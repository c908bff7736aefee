import Synchronization
import TestSupport
import Testing

extension EndToEnd {
    /// Streams of items (OpenAPI 3.2 `itemSchema`), item by item.
    @Suite("Streams through the gateway")
    struct StreamTests {
        /// An event whose data is at most two characters long, and a log of objects with an integer.
        private static let paths = """
              /events:
                get:
                  responses:
                    "200": { description: d, content: { text/event-stream: { itemSchema: { properties: {
                      data: { maxLength: 2 } } } } } }
              /log:
                get:
                  responses:
                    "200": { description: d, content: { application/jsonl: { schema: { type: array, maxItems: 2 } } } }
            """

        /// Something that one thread waits for and another one lets happen.
        private final class Gate: Sendable {
            private let isOpen = Mutex(false)

            func open() { isOpen.withLock { $0 = true } }
            func wait() { _ = Clock.poll(for: 10) { isOpen.withLock { $0 } } }
        }

        /// A service that sends a chunk, and after a gate has opened the others.
        private static func backend(
            _ first: String, gate: Gate, then others: [String], type: String = "text/event-stream"
        ) throws -> RecordingBackend {
            try RecordingBackend { _, socket in
                func chunk(_ text: String) -> String {
                    String(text.octets.count, radix: 16) + "\r\n\(text)\r\n"
                }
                try socket.send(
                    "HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\nTransfer-Encoding: chunked\r\n\r\n\(chunk(first))")
                gate.wait()
                for other in others { try socket.send(chunk(other)) }
                try socket.send("0\r\n\r\n")
            }
        }

        /// A client that has asked for `target`, and what it has read.
        private struct Reader {
            let socket: LoopbackSocket
            private(set) var text = ""

            init(_ target: String, port: Int) throws {
                socket = try LoopbackSocket(connectingTo: port)
                try socket.send("GET \(target) HTTP/1.1\r\nHost: h\r\n\r\n")
            }

            /// Reads until the text is there, or nothing more comes; whether it is there.
            mutating func reads(_ wanted: String) -> Bool {
                while !text.contains(wanted) {
                    guard let bytes = try? socket.receive(within: 10), !bytes.isEmpty else { return false }
                    text += String(decoding: bytes, as: UTF8.self)
                }
                return true
            }

            /// Reads until nothing more comes.
            mutating func readsToEnd() { _ = reads("\u{0}") }
        }

        @Test("watched, an event passes as it comes, before it has ended; a broken one is counted")
        func watched() throws {
            let gate = Gate()
            let backend = try Self.backend("data: 1\n\ndata: 2", gate: gate, then: ["\n\ndata: 333\n\n", ": end\n\n"])
            let gateway = try RunningGateway(paths: Self.paths, validation: "responses: report", backend: backend)
            var reader = try Reader("/events", port: gateway.port)
            let arrived = reader.reads("data: 2")
            #expect(arrived, "an unfinished event does not wait")
            gate.open()
            let ended = reader.reads("0\r\n\r\n")
            #expect(ended)
            #expect(reader.text.contains("data: 333"))
            #expect(try gateway.loggedViolations(exchanges: 1) == [1])
        }

        @Test(
            "held, an event passes when it has ended and holds; a broken one ends the stream so that the client can tell"
        )
        func held() throws {
            let gate = Gate()
            let backend = try Self.backend(
                ": hello\n\ndata: 1\n\ndata: 2", gate: gate, then: ["22\n\n", "data: 4\n\n"])
            let gateway = try RunningGateway(paths: Self.paths, backend: backend)
            var reader = try Reader("/events", port: gateway.port)
            let arrived = reader.reads("data: 1\n\n")
            #expect(arrived, "a good event does not wait for the next one")
            gate.open()
            reader.readsToEnd()
            #expect(reader.text.hasPrefix("HTTP/1.1 200"))
            #expect(!reader.text.contains("data: 2"))
            #expect(!reader.text.contains("data: 4"))
            #expect(!reader.text.hasSuffix("0\r\n\r\n"), "a stream that was broken off does not look complete")
            #expect(try gateway.loggedViolations(exchanges: 1) == [1])
        }

        @Test("held, a stream that holds arrives octet for octet", arguments: ["\n", ""])
        func good(end: String) throws {
            let gate = Gate()
            gate.open()
            let text = ["\u{EF}\u{BB}\u{BF}data: 1\r\n\r", "\ndata:", "2\nretry: 10\n\n", ": bye", end]
            let backend = try Self.backend(text[0], gate: gate, then: text.dropFirst().filter { !$0.isEmpty })
            let gateway = try RunningGateway(paths: Self.paths, backend: backend)
            let reply = try HTTPClient.send("GET /events", to: gateway.port)
            #expect(reply.status == 200)
            #expect(reply.content == text.joined().octets)
        }

        @Test("held, a stream whose first event is broken is a 502")
        func brokenAtOnce() throws {
            let gate = Gate()
            let backend = try Self.backend("data: 333\n\n", gate: gate, then: [])
            let gateway = try RunningGateway(paths: Self.paths, backend: backend)
            let reply = try HTTPClient.send("GET /events", to: gateway.port)
            gate.open()
            #expect(reply.status == 502)
            #expect(try reply.violationPointers == ["/0/data"])
        }

        @Test("a service asked for a stream that has to hold codes nothing")
        func codings() throws {
            let gate = Gate()
            gate.open()
            let backend = try Self.backend("data: 1\n\n", gate: gate, then: [])
            let gateway = try RunningGateway(paths: Self.paths, backend: backend)
            let fields = ["Accept-Encoding: gzip"]
            #expect(try HTTPClient.send("GET /events", to: gateway.port, fields: fields).status == 200)
            #expect(backend.requests.first?.fields["Accept-Encoding"] == nil)
        }

        @Test(
            "a sequence described as an array is looked at as a whole",
            arguments: [("1\n2\n", 200), ("1\n2\n3\n", 502)])
        func arrays(text: String, status: Int) throws {
            let gate = Gate()
            gate.open()
            let backend = try Self.backend(text, gate: gate, then: ["\n"], type: "application/jsonl")
            let gateway = try RunningGateway(paths: Self.paths, backend: backend)
            #expect(try HTTPClient.send("GET /log", to: gateway.port).status == status)
        }
    }
}
