import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Much content, slow peers, little memory")
    struct FlowTests {
        private static let block = [UInt8](repeating: 0x61, count: 1 << 16)

        /// A reply of `size` bytes, and the service that sends it.
        private static func sending(_ size: Int) throws -> RecordingBackend {
            try RecordingBackend { request, socket in
                guard request.target == "/t/large" else { return try RecordingBackend.ok(request, socket) }
                try socket.send("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n")
                var left = size
                while left > 0 {
                    let count = min(left, block.count)
                    try socket.send(count == block.count ? block : Array(block[..<count]), within: 60)
                    left -= count
                }
            }
        }

        private static let generous = "timeout: 60s\nlimits: { requestBody: 1GiB, responseBody: 1GiB }"

        /// Reads to the end of the connection, and counts.
        private static func drain(_ socket: LoopbackSocket) throws -> Int {
            var count = 0
            while true {
                let bytes = try socket.receive(within: 10)
                if bytes.isEmpty { return count }
                count += bytes.count
            }
        }

        @Test(
            "an upload of 50 MB of opaque content goes through while memory stays flat",
            arguments: ["length", "chunked"])
        func upload(framing: String) throws {
            let backend = try RecordingBackend()
            let gateway = try RunningGateway(upstream: backend.port, defaults: Self.generous)
            #expect(try HTTPClient.send("GET /t/x", to: gateway.port, host: "gw.test").status == 200)
            let before = try #require(gateway.process.residentKiB)
            let client = try HTTPClient(port: gateway.port)
            let blocks = 800
            let isChunked = framing == "chunked"
            let size = blocks * Self.block.count
            try client.send(
                "POST /t/x HTTP/1.1\r\nHost: gw.test\r\nContent-Type: application/octet-stream\r\n"
                    + (isChunked ? "Transfer-Encoding: chunked\r\n\r\n" : "Content-Length: \(size)\r\n\r\n"))
            let piece = isChunked ? "10000\r\n".octets + Self.block + "\r\n".octets : Self.block
            var highest = 0
            for number in 0..<blocks {
                try client.socket.send(piece)
                if number % 50 == 0 { highest = max(highest, gateway.process.residentKiB ?? 0) }
            }
            if isChunked { try client.send("0\r\n\r\n") }
            #expect(try client.reply().status == 200)
            #expect(backend.requests.last?.contentLength == size)
            #expect(highest - before < 16 * 1024, "memory grew from \(before) to \(highest) KiB")
        }

        @Test("a service that reads slowly stops the client instead of filling memory")
        func slowService() throws {
            let backend = try RecordingBackend.beforeContent { request, _ in
                if request.target == "/t/slow" { usleep(1_500_000) }
            }
            let gateway = try RunningGateway(upstream: backend.port, defaults: Self.generous)
            #expect(try HTTPClient.send("GET /t/x", to: gateway.port, host: "gw.test").status == 200)
            let before = try #require(gateway.process.residentKiB)
            let client = try HTTPClient(port: gateway.port)
            let blocks = 480
            try client.send(
                "POST /t/slow HTTP/1.1\r\nHost: gw.test\r\nContent-Length: \(blocks * Self.block.count)\r\n\r\n")
            let sender = client.socket
            BackgroundThread.start { for _ in 0..<blocks { try? sender.send(Self.block, within: 30) } }
            var highest = 0
            _ = Clock.poll(for: 1.2) {
                highest = max(highest, gateway.process.residentKiB ?? 0)
                return false
            }
            #expect(highest - before < 8 * 1024, "memory grew from \(before) to \(highest) KiB")
            #expect(try client.reply().status == 200)
            #expect(backend.requests.last?.contentLength == blocks * Self.block.count)
        }

        @Test("clients that read nothing do not make memory grow with what is sent to them")
        func slowReaders() throws {
            let size = 32 << 20
            let backend = try Self.sending(size)
            let gateway = try RunningGateway(upstream: backend.port, defaults: Self.generous)
            #expect(try HTTPClient.send("GET /t/x", to: gateway.port, host: "gw.test").status == 200)
            let before = try #require(gateway.process.residentKiB)
            let clients = try (0..<8).map { _ in try HTTPClient(port: gateway.port, receiveBuffer: 4096) }
            for client in clients { try client.send("GET /t/large HTTP/1.1\r\nHost: gw.test\r\n\r\n") }
            for client in clients { #expect(client.socket.isReadable(within: 10)) }
            var highest = 0
            _ = Clock.poll(for: 1) {
                highest = max(highest, gateway.process.residentKiB ?? 0)
                return false
            }
            #expect(highest - before < 16 * 1024, "memory grew from \(before) to \(highest) KiB for 8 × 32 MiB")
            let reply = try clients[0].reply()
            #expect(reply.content.count == size)
            #expect(try HTTPClient.send("GET /t/x", to: gateway.port, host: "gw.test").status == 200)
        }

        @Test("a client that pauses gets all of a reply behind which the connection closes")
        func pausingReaders() throws {
            let backend = try SizedReplies.backend()
            let gateway = try RunningGateway(upstream: backend.port, defaults: Self.generous)
            let readers = try SizedReplies.sizes.map {
                try SizedReplies.Reader(gateway, size: $0, fields: "Connection: close\r\n")
            }
            // Some replies now lie whole in the gateway and the kernel: longer than any time for lingering.
            _ = Clock.poll(for: 3.5) { false }
            for reader in readers {
                let missing = reader.missing()
                #expect(missing == 0, "\(missing) of \(reader.size) bytes are missing")
            }
        }

        @Test("a kept connection is closed for idleness after a large reply as after a small one")
        func idleAfterLargeReply() throws {
            let backend = try SizedReplies.backend()
            let gateway = try RunningGateway(
                upstream: backend.port,
                defaults: "timeout: 60s\ntimeouts: { idle: 10s }\nlimits: { responseBody: 1GiB }"
            )
            let readers = try SizedReplies.sizes.map { try SizedReplies.Reader(gateway, size: $0) }
            // A moment in which the gateway cannot get rid of the end of some replies.
            for reader in readers { #expect(reader.isAnswered) }
            _ = Clock.poll(for: 0.3) { false }
            for reader in readers { #expect(reader.missing() == 0) }
            let end = Clock.now + 13
            let open = readers.filter { !$0.isClosed(within: max(0, end - Clock.now)) }
            #expect(open.map(\.size) == [], "connections that stay open after replies of so many bytes")
        }
    }
}
