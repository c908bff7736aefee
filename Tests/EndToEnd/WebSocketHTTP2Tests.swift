import Synchronization
import TestSupport
import Testing

extension EndToEnd {
    /// Tunnels on a stream of HTTP/2 (RFC 8441), to a service that speaks HTTP/1.1.
    @Suite("WebSockets over HTTP/2")
    struct WebSocketHTTP2Tests {
        /// CANCEL and PROTOCOL_ERROR (RFC 9113 §7).
        private static let (cancel, protocolError): (UInt32, UInt32) = (8, 1)
        private static let listener = "protocols: [h2, http1]"

        private static func gateway(
            _ backend: RecordingBackend, defaults: String = "", offers: Bool = true
        ) throws -> RunningGateway {
            try RunningGateway(webSocketsTo: backend, listener: listener, defaults: defaults, offers: offers)
        }

        /// A client that has heard the gateway's settings; whether they offer WebSockets.
        private static func client(_ gateway: RunningGateway) throws -> (client: FrameClient, isOffered: Bool) {
            let client = try FrameClient(port: gateway.port)
            let settings = try #require(client.first { $0.kind == .settings && $0.flags & 1 == 0 })
            let pairs = stride(from: 0, to: settings.payload.count, by: 6).map {
                Array(settings.payload[$0..<($0 + 6)])
            }
            return (client, pairs.contains([0, 8, 0, 0, 0, 1]))
        }

        /// The HEADERS frame of an extended CONNECT.
        private static func connect(
            _ stream: UInt32, _ path: String, protocol name: String = "websocket", ends: Bool = false,
            more: [(String, String)] = [("sec-websocket-version", "13")]
        ) -> [UInt8] {
            let fields =
                [
                    (":method", "CONNECT"), (":protocol", name), (":scheme", "http"), (":path", path),
                    (":authority", "gw.test"),
                ] + more
            return FrameClient.frame(
                .headers, ends ? 0x5 : 0x4, stream, fields.flatMap { FrameClient.field($0.0, $0.1) })
        }

        private static func data(_ stream: UInt32, _ octets: [UInt8], ends: Bool = false) -> [UInt8] {
            FrameClient.frame(.data, ends ? 1 : 0, stream, octets)
        }

        @Test("settings offer them only where an operation does")
        func settings() throws {
            let backend = try RecordingBackend()
            #expect(try Self.client(Self.gateway(backend)).isOffered)
            let without = try Self.gateway(backend, offers: false)
            let (client, isOffered) = try Self.client(without)
            #expect(!isOffered)
            client.send(Self.connect(1, "/ws/1"))
            #expect(client.first { $0.kind == .reset }?.errorCode == Self.protocolError)
            #expect(backend.requests.isEmpty)
        }

        @Test("CONNECT becomes an upgrade with a key of the gateway's; frames go both ways until both sides have ended")
        func echo() throws {
            let backend = try RecordingBackend(answer: WebSocketPeer.echo)
            let gateway = try Self.gateway(backend)
            let (client, _) = try Self.client(gateway)
            client.send(
                Self.connect(
                    1, "/ws/7?lang=de",
                    more: [
                        ("sec-websocket-version", "13"), ("sec-websocket-protocol", "chat"),
                        ("sec-websocket-key", "AAAA"), ("origin", "http://page.test"),
                    ]))
            let head = try #require(client.first { $0.kind == .headers })
            #expect(head.status == 200 && head.flags & 1 == 0)
            let request = try #require(backend.requests.first)
            #expect(request.method == "GET" && request.target == "/ws/7?lang=de")
            #expect(request.fields["Connection"] == "Upgrade" && request.fields["Upgrade"] == "websocket")
            #expect(request.fields.all("Sec-WebSocket-Key").count == 1)
            #expect(request.fields["Sec-WebSocket-Key"] != "AAAA")
            #expect(
                request.fields["sec-websocket-protocol"] == "chat" && request.fields["origin"] == "http://page.test")
            #expect(request.fields["Host"] == "gw.test" && request.fields["Transfer-Encoding"] == nil)
            // More than any window holds, in steps that do.
            for step in 0..<10 {
                let payload = [UInt8](repeating: UInt8(step), count: 16_000)
                client.send(Self.data(1, WebSocketPeer.frame(.binary, payload, masks: true)))
                let wanted = WebSocketPeer.frame(.binary, payload, masks: false)
                var received: [UInt8] = []
                while received.count < wanted.count, let frame = client.first(where: { $0.kind == .data }) {
                    received += frame.payload
                    client.send(
                        FrameClient.frame(.windowUpdate, 0, 0, FrameClient.bytes(UInt32(frame.payload.count)))
                            + FrameClient.frame(.windowUpdate, 0, 1, FrameClient.bytes(UInt32(frame.payload.count))))
                }
                try #require(received == wanted)
            }
            // An ordinary request beside it.
            client.send(FrameClient.headers(3, "/none"))
            #expect(client.first { $0.stream == 3 && $0.kind == .headers } != nil)
            client.send(Self.data(1, WebSocketPeer.frame(.close, [3, 232], masks: true), ends: true))
            var last: [UInt8] = []
            while let frame = client.first(where: { $0.stream == 1 && $0.kind == .data }) {
                last += frame.payload
                if frame.flags & 1 == 1 { break }
            }
            #expect(last == WebSocketPeer.frame(.close, [3, 232], masks: false))
            let line = try #require(try gateway.logLine(status: 101))
            #expect(line["outcome"] == "forwarded" && line["operation"] == "getSocket", "\(line)")
            #expect((Int(line["bytesIn"] ?? "") ?? 0) > 150_000 && (Int(line["bytesOut"] ?? "") ?? 0) > 150_000)
            client.send(FrameClient.headers(5, "/none"))
            #expect(client.first { $0.stream == 5 && $0.kind == .headers } != nil, "the connection goes on")
            #expect(gateway.stop() == 0)
        }

        @Test("what is sent before the 200 waits for it")
        func early() throws {
            let backend = try RecordingBackend { request, socket in
                let isEarly = socket.isReadable(within: 0.3)
                let peer = try WebSocketPeer.agree(to: request, on: socket)
                try peer.send(isEarly ? "early" : "patient")
                if let text = try peer.text() { try peer.send(text) }
                throw RecordingBackend.Hangup.close
            }
            let gateway = try Self.gateway(backend)
            let (client, _) = try Self.client(gateway)
            client.send(
                Self.connect(1, "/ws/1") + Self.data(1, WebSocketPeer.frame(.text, Array("ahead".utf8), masks: true)))
            #expect(client.first { $0.kind == .headers || $0.kind == .data }?.status == 200)
            var received: [UInt8] = []
            while let frame = client.first(where: { $0.kind == .data }), frame.flags & 1 == 0 {
                received += frame.payload
            }
            #expect(
                received == ["patient", "ahead"].flatMap { WebSocketPeer.frame(.text, Array($0.utf8), masks: false) })
        }

        @Test("whatever is no tunnel is no 2xx: the service's refusals pass, its consent to something else does not")
        func refusals() throws {
            let backend = try RecordingBackend { request, socket in
                let status = request.target == "/ws/403" ? 403 : 200
                try socket.send("HTTP/1.1 \(status) X\r\nContent-Length: 2\r\n\r\nno")
            }
            let gateway = try Self.gateway(backend)
            let (client, _) = try Self.client(gateway)
            var stream: UInt32 = 1
            for (path, name, version, status) in [
                ("/ws/403", "websocket", "13", 403), ("/ws/1", "websocket", "13", 502),
                ("/plain", "websocket", "13", 501), ("/ws/2", "connect-udp", "13", 501),
                ("/ws/3", "websocket", "8", 426), ("/ws/x", "websocket", "13", 400), ("/none", "websocket", "13", 404),
                ("/docs/", "websocket", "13", 200), ("/private", "websocket", "13", 401),
            ] {
                client.send(Self.connect(stream, path, protocol: name, more: [("sec-websocket-version", version)]))
                let head = client.first { $0.kind == .headers && $0.stream == stream }
                #expect(head != nil && head?.status != 200, "\(path)")
                #expect(Clock.poll(for: 5) { gateway.log.contains { $0.contains(#""status":\#(status)"#) } }, "\(path)")
                #expect(client.first { $0.kind == .reset && $0.stream == stream }?.errorCode == 0, "\(path)")
                stream += 2
            }
            #expect(backend.requests.count == 2)
            for (fields, code) in [
                (Self.connect(stream, "/ws/1", ends: true), Self.protocolError),
                (Self.connect(stream + 2, "/ws/1", more: [("content-length", "3")]), Self.protocolError),
            ] {
                client.send(fields)
                #expect(client.first { $0.kind == .reset }?.errorCode == code)
            }
            #expect(backend.requests.count == 2)
        }

        @Test("a reset ends the service's connection, a connection that breaks is CANCEL")
        func breaks() throws {
            let ended = Mutex(false)
            let backend = try RecordingBackend { request, socket in
                let peer = try WebSocketPeer.agree(to: request, on: socket)
                if request.target == "/ws/2" {
                    _ = try peer.next()
                    throw RecordingBackend.Hangup.reset
                }
                if (try? peer.next()) == nil { ended.withLock { $0 = true } }
                throw RecordingBackend.Hangup.close
            }
            let gateway = try Self.gateway(backend)
            let (client, _) = try Self.client(gateway)
            client.send(Self.connect(1, "/ws/1"))
            #expect(client.first { $0.kind == .headers }?.status == 200)
            client.send(FrameClient.frame(.reset, 0, 1, FrameClient.bytes(Self.cancel)))
            #expect(Clock.poll(for: 5) { ended.withLock { $0 } })
            #expect(try gateway.logLine(status: 101)?["outcome"] == "client-gone")
            client.send(Self.connect(3, "/ws/2"))
            #expect(client.first { $0.kind == .headers }?.status == 200)
            client.send(Self.data(3, WebSocketPeer.frame(.text, [], masks: true)))
            #expect(client.first { $0.kind == .reset && $0.stream == 3 }?.errorCode == Self.cancel)
            #expect(Clock.poll(for: 5) { gateway.log.contains { $0.contains("connection-reset") } })
        }

        @Test("a client that opens no window makes the service wait, and a silent tunnel ends with 1001")
        func windows() throws {
            let sent = Mutex(0)
            let backend = try RecordingBackend { request, socket in
                let peer = try WebSocketPeer.agree(to: request, on: socket)
                let block = [UInt8](repeating: 1, count: 1 << 16)
                for _ in 0..<800 {
                    try peer.send(.binary, block, within: 20)
                    sent.withLock { $0 += 1 }
                }
            }
            let gateway = try Self.gateway(backend, defaults: "timeouts: { tunnelIdle: 1s }")
            let (client, _) = try Self.client(gateway)
            client.send(Self.connect(1, "/ws/1"))
            #expect(client.first { $0.kind == .headers }?.status == 200)
            let before = try #require(gateway.process.residentKiB)
            var received = 0
            while let frame = client.next(within: 0.4) { if frame.kind == .data { received += frame.payload.count } }
            #expect(received == 65_535)
            #expect(sent.withLock { $0 } < 800)
            #expect((gateway.process.residentKiB ?? 0) - before < 8 * 1024)
            // Nobody takes anything: the tunnel ends, and what could not be sent is lost.
            #expect(client.first { $0.kind == .reset }?.errorCode == Self.cancel)
            #expect(try gateway.logLine(status: 101)?["outcome"] == "tunnel-idle")
        }
    }
}
