import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// Streams that are given up, crossed by frames or slow, and what the others on the connection notice of it: nothing.
    @Suite("Flow on connections of HTTP/2")
    struct HTTP2FlowTests {
        private static func gateway(
            _ backend: RecordingBackend, defaults: String = "", others: [Int] = [], upstream: String = ""
        ) throws -> RunningGateway {
            try RunningGateway(
                upstream: backend.port, others: others, listener: "protocols: [h2, http1]", defaults: defaults,
                upstreamSettings: upstream)
        }

        /// A service that sends 40 MB for `/t/large`, and says how long the content of a request was for anything else.
        private static func service() throws -> RecordingBackend {
            try RecordingBackend { request, socket in
                guard request.target.contains("large") else {
                    let text = "\(request.contentLength)"
                    return try socket.send("HTTP/1.1 200 OK\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)")
                }
                try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 40000000\r\n\r\n")
                let block = [UInt8](repeating: 0x61, count: 1 << 16)
                for _ in 0..<610 { try socket.send(block, within: 10) }
                try socket.send([UInt8](repeating: 0x61, count: 40_000_000 - 610 << 16), within: 10)
            }
        }

        @Test("uploads that are refused early cost the connection nothing of its window")
        func refusedUploads() throws {
            let backend = try Self.service()
            let gateway = try Self.gateway(backend, defaults: "limits: { requestBody: 1MiB }")
            let client = try FrameClient(port: gateway.port)
            let block = [UInt8](repeating: 0x61, count: 16_000)
            for number in 0..<60 {
                let stream = UInt32(2 * number + 1)
                client.send(
                    FrameClient.headers(
                        stream, "/t/x", method: "POST", ends: false, more: [("content-length", "9999999")]))
                // It is answered at once; what is sent all the same belongs to a stream that is no more.
                _ = client.first { $0.stream == stream && $0.kind == .headers }
                for _ in 0..<4 { client.send(FrameClient.frame(.data, 0, stream, block)) }
            }
            // 3.8 MB have come for nobody. An upload still has its window, and padding is no loss either.
            let padding: [UInt8] = [UInt8](repeating: 0, count: 200)
            client.send(FrameClient.headers(1001, "/t/x", method: "POST", ends: false))
            var credit = 65_535
            for number in 0..<50 {
                while credit < 8_201 {
                    guard let frame = client.first(where: { $0.kind == .windowUpdate && $0.stream == 1001 }) else {
                        break
                    }
                    credit += Int(frame.payload[1]) << 16 | Int(frame.payload[2]) << 8 | Int(frame.payload[3])
                }
                guard credit >= 8_201 else { break }
                credit -= 8_201
                client.send(
                    FrameClient.frame(
                        .data, number == 49 ? 0x9 : 0x8, 1001, [200] + [UInt8](repeating: 1, count: 8_000) + padding))
            }
            #expect(client.first { $0.stream == 1001 && $0.kind == .headers }?.status == 200)
            #expect(client.first { $0.stream == 1001 && $0.kind == .data }?.payload == Array("400000".utf8))
        }

        @Test(
            "downloads that are given up cost the service's connection nothing: the fiftieth is as whole as the first")
        func abandonedDownloads() throws {
            let backend = try Self.service()
            let inner = try Self.gateway(backend, defaults: "timeout: 60s\nlimits: { responseBody: 1GiB }")
            let outer = try RunningGateway(
                upstream: inner.port, listener: "protocols: [h2, http1]",
                defaults: "timeout: 60s\nlimits: { responseBody: 1GiB }", upstreamSettings: "protocols: [h2]")
            for _ in 0..<3 {
                let client = try FrameClient(port: outer.port)
                // The client takes nothing: what the service may send ahead waits in the gateway.
                client.send(FrameClient.frame(.settings, 0, 0, FrameClient.setting(4, 0)))
                for number in 0..<40 { client.send(FrameClient.headers(UInt32(2 * number + 1), "/t/large")) }
                for _ in 0..<40 { #expect(client.first { $0.kind == .headers } != nil) }
                usleep(200_000)
                // All at once, more than anybody remembers.
                client.send(
                    (0..<40).flatMap { FrameClient.frame(.reset, 0, UInt32(2 * $0 + 1), FrameClient.bytes(8)) })
                client.socket.close()
            }
            // More than the connection's windows hold, many times over.
            for _ in 0..<8 {
                let reply = try HTTPClient.send("GET /t/large", to: outer.port, host: "gw.test")
                #expect(reply.status == 200 && reply.content.count == 40_000_000)
            }
            #expect(try HTTPClient.send("GET /t/x", to: outer.port, host: "gw.test").status == 200)
        }

        @Test("sixty megabytes up a connection: credit goes on as long as content does")
        func longUpload() throws {
            let backend = try Self.service()
            let gateway = try Self.gateway(backend, defaults: "timeout: 60s\nlimits: { requestBody: 1GiB }")
            let client = try FrameClient(port: gateway.port)
            client.send(FrameClient.headers(1, "/t/x", method: "POST", ends: false))
            // By stream: what the gateway takes; the connection's is 1 MiB, told in the beginning.
            var credit: [UInt32: Int] = [0: 65_535, 1: 65_535]
            let block = [UInt8](repeating: 1, count: 16_000)
            for number in 0..<3_750 {
                while credit.values.contains(where: { $0 < block.count }) {
                    guard let frame = client.first(where: { $0.kind == .windowUpdate }) else { break }
                    let increment = frame.payload.reduce(0) { $0 << 8 | Int($1) }
                    credit[frame.stream, default: 0] += increment
                }
                guard !credit.values.contains(where: { $0 < block.count }) else { break }
                for stream in credit.keys { credit[stream, default: 0] -= block.count }
                client.send(FrameClient.frame(.data, number == 3_749 ? 1 : 0, 1, block))
            }
            #expect(client.first { $0.kind == .headers }?.status == 200)
            #expect(client.first { $0.kind == .data }?.payload == Array("60000000".utf8))
        }

        @Test("an end that comes alone is told at once")
        func loneEnd() throws {
            let backend = try RecordingBackend { _, socket in
                try socket.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
                usleep(50_000)
                try socket.send("0\r\n\r\n")
            }
            let gateway = try Self.gateway(backend)
            let client = try FrameClient(port: gateway.port)
            client.send(FrameClient.headers(1, "/t/x"))
            #expect(client.first { $0.kind == .data }?.payload == [0x61])
            let start = Clock.now
            #expect(client.first { $0.kind == .data }?.flags == 1)
            // Held back for company, it would take 200 ms more.
            #expect(Clock.now - start < 0.18)
        }

        @Test("whoever owes content of a request that is answered does not keep the connection")
        func owedContent() throws {
            let backend = try Self.service()
            let gateway = try Self.gateway(backend, defaults: "timeouts: { requestBody: 300ms, idle: 10s }")
            let socket = try LoopbackSocket(connectingTo: gateway.port)
            try socket.send("POST /none HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 1\r\n\r\n")
            #expect(try String(decoding: socket.receive(), as: UTF8.self).hasPrefix("HTTP/1.1 404"))
            let start = Clock.now
            #expect(try socket.receive(within: 5).isEmpty)
            #expect(Clock.now - start < 4)
        }

        @Test("a window that is widened with the request itself counts")
        func widenedAtOnce() throws {
            let backend = try Self.service()
            let gateway = try Self.gateway(backend, defaults: "timeout: 60s\nlimits: { responseBody: 1GiB }")
            let client = try FrameClient(port: gateway.port)
            client.send(
                FrameClient.frame(.windowUpdate, 0, 0, FrameClient.bytes(100_000_000))
                    + FrameClient.headers(1, "/t/large")
                    + FrameClient.frame(.windowUpdate, 0, 1, FrameClient.bytes(100_000_000)))
            var received = 0
            while received < 40_000_000, let frame = client.next(within: 5) {
                if frame.kind == .data { received += frame.payload.count }
            }
            #expect(received == 40_000_000)
        }

        @Test("a farewell that comes with a request does not keep it from its reply")
        func farewellAtOnce() throws {
            let backend = try Self.service()
            let gateway = try Self.gateway(backend)
            let client = try FrameClient(port: gateway.port)
            // The first is answered at once, by the gateway.
            client.send(
                FrameClient.headers(1, "/none") + FrameClient.headers(3, "/t/x")
                    + FrameClient.frame(.goAway, 0, 0, [UInt8](repeating: 0, count: 8)))
            #expect(client.first { $0.stream == 1 && $0.kind == .headers } != nil)
            #expect(client.first { $0.stream == 3 && $0.kind == .headers }?.status == 200)
            #expect(client.first { $0.stream == 3 && $0.kind == .data }?.payload == Array("0".utf8))
        }

        @Test("the end of a request that comes before there is a connection to the service is told to it")
        func endsEarly() throws {
            let backend = try Self.service()
            let gateway = try Self.gateway(backend)
            let client = try FrameClient(port: gateway.port)
            for number in 0..<20 {
                let stream = UInt32(2 * number + 1)
                client.send(
                    FrameClient.headers(stream, "/t/x", method: "POST", ends: false)
                        + FrameClient.frame(.data, 1, stream, []))
                #expect(client.first { $0.stream == stream && $0.kind == .headers }?.status == 200)
            }
        }

        @Test("a client that does not read its large reply speaks against itself, not against the service")
        func slowReaders() throws {
            let backend = try Self.service()
            let gateway = try Self.gateway(
                backend, defaults: "timeout: 600ms\nlimits: { responseBody: 1GiB }",
                upstream: "health: { passive: { consecutiveErrors: 3 } }\ncircuit: { errorRate: 50% }")
            var readers: [LoopbackSocket] = []
            for _ in 0..<12 {
                let socket = try LoopbackSocket(connectingTo: gateway.port, receiveBuffer: 4096)
                try socket.send("GET /t/large HTTP/1.1\r\nHost: gw.test\r\n\r\n")
                readers.append(socket)
            }
            usleep(1_500_000)
            for _ in 0..<10 {
                #expect(try HTTPClient.send("GET /t/x", to: gateway.port, host: "gw.test").status == 200)
            }
            let metrics = try HTTPClient.send("GET /metrics", to: gateway.adminPort, host: "admin").text
            let failures = metrics.split(separator: "\n").filter { $0.hasPrefix("lintel_upstream_attempt_failures") }
            #expect(failures.allSatisfy { $0.hasSuffix(" 0") }, "\(failures)")
            #expect(gateway.log.filter { $0.contains("/t/large") && $0.contains("client-gone") }.count == 12)
            for reader in readers { reader.close() }
        }

        @Test(
            "one half of a conversation may be slow: a message now and then, in both directions, for as long as it takes"
        )
        func conversation() throws {
            let backend = try RecordingBackend(
                port: 0,
                onHead: { _, socket in
                    try socket.send(
                        "HTTP/1.1 200 OK\r\nContent-Type: application/grpc\r\nTransfer-Encoding: chunked\r\n\r\n")
                    try socket.send("1\r\na\r\n")
                },
                answer: { _, socket in try socket.send("0\r\n\r\n") })
            let gateway = try Self.gateway(
                backend, defaults: "timeouts: { requestBody: 300ms, idle: 5s, responseIdle: 5s }")
            let client = try FrameClient(port: gateway.port)
            client.send(
                FrameClient.headers(
                    1, "/t/x", method: "POST", ends: false, more: [("content-type", "application/grpc")]))
            #expect(client.first { $0.kind == .headers }?.status == 200)
            for _ in 0..<5 {
                client.send(FrameClient.frame(.data, 0, 1, [1]))
                usleep(300_000)
            }
            client.send(FrameClient.frame(.data, 1, 1, [1]))
            let end = client.first { $0.stream == 1 && ($0.flags & 1 == 1 && $0.kind == .data || $0.kind == .reset) }
            #expect(end?.kind == .data)
            #expect(backend.requests.last?.contentLength == 6)
        }

        @Test("an upload is given the time that its operation says, from its first byte on", arguments: [false, true])
        func patience(isHTTP2: Bool) throws {
            let backend = try Self.service()
            // The listener's time is over after 300 ms; the operation's is not.
            let folder = try TemporaryFolder([
                "routes/gateway.yaml": """
                version: 1
                gateway:
                  listeners: { public: { bind: "127.0.0.1:0", protocols: [h2, http1] } }
                  admin: { bind: "127.0.0.1:0" }
                  defaults: { timeouts: { requestBody: 300ms } }
                upstreams: { service: { targets: ["http://127.0.0.1:\(backend.port)"] } }
                apis:
                  test:
                    spec: ../specs/test.yaml
                    upstream: service
                    operations: { put: { timeouts: { requestBody: 1500ms } } }
                """,
                "specs/test.yaml": """
                openapi: 3.1.0
                info: { title: test, version: "1" }
                paths:
                  /x: { put: { operationId: put, requestBody: { content: { text/plain: {} } }, responses: { "200": { description: a } } } }
                """,
            ])
            let gateway = try RunningGateway(folder)
            if isHTTP2 {
                let client = try FrameClient(port: gateway.port)
                client.send(
                    FrameClient.headers(1, "/x", method: "PUT", ends: false, more: [("content-type", "text/plain")]))
                usleep(700_000)
                client.send(FrameClient.frame(.data, 1, 1, [1]))
                #expect(client.first { $0.kind == .headers }?.status == 200)
            } else {
                let client = try HTTPClient(port: gateway.port)
                try client.socket.send(
                    "PUT /x HTTP/1.1\r\nHost: gw.test\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n1")
                usleep(700_000)
                try client.socket.send("2")
                let reply = try String(decoding: client.socket.receive(), as: UTF8.self)
                #expect(reply.hasPrefix("HTTP/1.1 200"), "\(reply)")
            }
        }
    }
}
