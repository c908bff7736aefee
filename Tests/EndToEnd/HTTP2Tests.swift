import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("HTTP/2")
    struct HTTP2Tests {
        private static func gateway(_ backend: RecordingBackend, defaults: String = "") throws -> RunningGateway {
            try RunningGateway(upstream: backend.port, listener: "protocols: [h2, http1]", defaults: defaults)
        }

        @Test("requests of one connection are answered side by side, the quick one first")
        func sideBySide() throws {
            let backend = try RecordingBackend { request, socket in
                if request.target == "/t/slow" { usleep(500_000) }
                try RecordingBackend.ok(request, socket)
            }
            let gateway = try Self.gateway(backend)
            let client = try FrameClient(port: gateway.port)
            client.send(FrameClient.headers(1, "/t/slow") + FrameClient.headers(3, "/t/quick"))
            let order = [3, 1].map { _ in client.first { $0.kind == .headers }?.stream }
            #expect(order == [3, 1])
            #expect(gateway.stop() == 0)
        }

        @Test("content and trailers go through in both directions, the cookie's crumbs as one field")
        func content() throws {
            let backend = try RecordingBackend { request, socket in
                try socket.send(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n"
                        + "0\r\nX-Sum: 3\r\n\r\n")
            }
            let gateway = try Self.gateway(backend)
            let client = try FrameClient(port: gateway.port)
            client.send(
                FrameClient.headers(
                    1, "/t/x", method: "POST", ends: false, more: [("cookie", "a=1"), ("cookie", "b=2")])
                    + FrameClient.frame(.data, 0, 1, Array("hel".utf8))
                    + FrameClient.frame(.data, 0, 1, Array("lo".utf8))
                    + FrameClient.frame(.headers, 0x5, 1, FrameClient.field("x-check", "5")))
            #expect(client.first { $0.kind == .headers }?.status == 200)
            #expect(client.first { $0.kind == .data }?.payload == Array("abc".utf8))
            let trailers = try #require(client.first { $0.kind == .headers })
            #expect(trailers.flags & 1 == 1)
            #expect(String(decoding: trailers.payload, as: UTF8.self).contains("x-sum") || trailers.payload.count > 3)
            let request = try #require(backend.requests.last)
            #expect(request.content == Array("hello".utf8) && request.isComplete)
            #expect(request.fields["Cookie"] == "a=1; b=2")
            #expect(request.trailers["x-check"] == "5")
        }

        @Test("a client's windows are kept: what they do not take waits, and the service waits with it")
        func windows() throws {
            let size = 40_000_000
            let backend = try RecordingBackend { request, socket in
                try socket.send("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n")
                let block = [UInt8](repeating: 0x61, count: 1 << 16)
                var left = size
                while left > 0 {
                    try socket.send(Array(block.prefix(left)), within: 30)
                    left -= min(left, block.count)
                }
            }
            let gateway = try Self.gateway(
                backend,
                defaults: "timeout: 60s\nlimits: { responseBody: 1GiB }\ntimeouts: { idle: 20s, responseIdle: 20s }")
            let client = try FrameClient(port: gateway.port)
            client.send(FrameClient.headers(1, "/t/x"))
            var received = 0
            while let frame = client.next(within: 1) { if frame.kind == .data { received += frame.payload.count } }
            #expect(received == 65_535)
            let before = try #require(gateway.process.residentKiB)
            // Another exchange goes on beside the one that stands still.
            client.send(FrameClient.frame(.windowUpdate, 0, 0, FrameClient.bytes(1000)))
            client.send(FrameClient.headers(3, "/t/none", method: "HEAD"))
            #expect(client.first { $0.stream == 3 && $0.kind == .headers } != nil)
            while received < size {
                client.send(
                    FrameClient.frame(.windowUpdate, 0, 0, FrameClient.bytes(1 << 20))
                        + FrameClient.frame(.windowUpdate, 0, 1, FrameClient.bytes(1 << 20)))
                let wanted = min(size, received + (1 << 20) - 1000)
                while received < wanted, let frame = client.next(within: 5) {
                    if frame.kind == .data, frame.stream == 1 { received += frame.payload.count }
                    if frame.stream == 1, frame.flags & 1 == 1, frame.kind == .data { break }
                }
                if client.isClosed { break }
            }
            #expect(received == size)
            #expect((gateway.process.residentKiB ?? 0) - before < 16 * 1024)
        }

        @Test("an upload is taken as fast as the service takes it, and no faster")
        func upload() throws {
            let backend = try RecordingBackend()
            let gateway = try Self.gateway(
                backend, defaults: "timeout: 60s\nlimits: { requestBody: 1GiB }")
            let client = try FrameClient(port: gateway.port)
            client.send(FrameClient.headers(1, "/t/x", method: "POST", ends: false))
            var stream = 65_535
            var connection = 65_535
            let size = 5_000_000
            var left = size
            while left > 0 {
                let count = min(min(left, 16_384), min(stream, connection))
                if count > 0 {
                    client.send(FrameClient.frame(.data, left == count ? 1 : 0, 1, [UInt8](repeating: 1, count: count)))
                    (left, stream, connection) = (left - count, stream - count, connection - count)
                    guard stream < 16_384 || connection < 16_384 else { continue }
                }
                guard let frame = client.next(within: stream == 0 || connection == 0 ? 5 : 0.01) else {
                    if stream == 0 || connection == 0 { break }
                    continue
                }
                guard frame.kind == .windowUpdate else { continue }
                let credit = Int(frame.payload.reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
                if frame.stream == 0 { connection += credit } else { stream += credit }
            }
            #expect(left == 0)
            #expect(client.first { $0.kind == .headers }?.status == 200)
            #expect(backend.requests.last?.contentLength == size)
        }

        @Test("a reply before the content's end is complete, and the rest of the content is told to stay")
        func early() throws {
            let backend = try RecordingBackend()
            let gateway = try Self.gateway(backend, defaults: "limits: { requestBody: 10KiB }")
            let client = try FrameClient(port: gateway.port)
            client.send(
                FrameClient.headers(1, "/t/x", method: "POST", ends: false)
                    + FrameClient.frame(.data, 0, 1, [UInt8](repeating: 1, count: 16_000)))
            #expect(client.first { $0.kind == .headers } != nil)
            #expect(client.first { $0.kind == .data && $0.flags & 1 == 1 } != nil)
            #expect(client.first { $0.kind == .reset }?.errorCode == 0)
            client.send(FrameClient.headers(3, "/t/y"))
            #expect(client.first { $0.kind == .headers && $0.stream == 3 }?.status == 200)
        }

        @Test("draining says farewell, answers what has begun, and closes")
        func drain() throws {
            let backend = try RecordingBackend { request, socket in
                usleep(1_500_000)
                try RecordingBackend.ok(request, socket)
            }
            let gateway = try Self.gateway(backend)
            let client = try FrameClient(port: gateway.port)
            client.send(FrameClient.headers(1, "/t/x"))
            usleep(200_000)
            gateway.process.send(15)
            #expect(client.first { $0.kind == .goAway }?.errorCode == 0)
            #expect(client.first { $0.kind == .headers }?.status == 200)
            #expect(gateway.process.wait(within: 10) == 0)
        }

        @Test("a client that resets a stream ends the call to the service")
        func reset() throws {
            let backend = try RecordingBackend { request, socket in
                // The gateway's end is the only thing that can come.
                _ = try? socket.receive(within: 5)
                throw RecordingBackend.Hangup.close
            }
            let gateway = try Self.gateway(backend)
            let client = try FrameClient(port: gateway.port)
            client.send(FrameClient.headers(1, "/t/x"))
            #expect(Clock.poll(for: 5) { backend.requests.count == 1 })
            client.send(FrameClient.frame(.reset, 0, 1, FrameClient.bytes(8)))
            #expect(Clock.poll(for: 5) { gateway.log.contains { $0.contains("client-gone") } }, "\(gateway.log)")
        }
    }
}
