import Glibc
import Synchronization
import TestSupport
import Testing

extension EndToEnd {
    /// Tunnels over HTTP/1.1 (RFC 6455), between a client and a service on raw sockets.
    @Suite("WebSockets")
    struct WebSocketTests {
        /// What a service has seen, for the test to look at.
        private final class Notes: Sendable {
            private let words = Mutex<[String]>([])

            var all: [String] { words.withLock { $0 } }
            func note(_ word: String) { words.withLock { $0.append(word) } }
            func waits(for word: String, within seconds: Double = 5) -> Bool {
                Clock.poll(for: seconds) { all.contains(word) }
            }
        }

        @Test(
            "a megabyte in fragments goes there and back; the service sees the handshake, the log one line at the end")
        func echo() throws {
            let backend = try RecordingBackend(answer: WebSocketPeer.echo)
            let gateway = try RunningGateway(webSocketsTo: backend)
            let (peer, fields) = try WebSocketPeer.connect(
                to: gateway.port, "/ws/7?lang=en",
                more: ["Sec-WebSocket-Protocol: chat", "Sec-WebSocket-Extensions: permessage-deflate", "X-A: b"])
            #expect(fields["Upgrade"] == "websocket" && fields["Connection"] == "Upgrade")
            #expect(fields["X-Request-Id"] != nil && fields["Content-Length"] == nil)
            let request = try #require(backend.requests.first)
            #expect(request.target == "/ws/7?lang=en")
            #expect(request.fields["Connection"] == "Upgrade" && request.fields["Upgrade"] == "websocket")
            #expect(request.fields["Sec-WebSocket-Key"] == WebSocketPeer.key)
            #expect(request.fields["Sec-WebSocket-Version"] == "13")
            #expect(request.fields["Sec-WebSocket-Protocol"] == "chat")
            #expect(request.fields["Sec-WebSocket-Extensions"] == "permessage-deflate")
            #expect(request.fields["X-A"] == "b" && request.fields["X-Forwarded-For"] == "127.0.0.1")
            let pieces = (0..<16).map { [UInt8](repeating: UInt8($0), count: 65_536) }
            let sender = try LoopbackSender(peer.socket)
            for (index, piece) in pieces.enumerated() {
                sender.send(
                    WebSocketPeer.frame(index == 0 ? .binary : .more, piece, isFinal: index == 15, masks: true))
            }
            for (index, piece) in pieces.enumerated() {
                let frame = try #require(try peer.next())
                #expect(frame.payload == piece && frame.isFinal == (index == 15) && !frame.isMasked)
            }
            #expect(sender.ends())
            try peer.send(.close, [3, 232])
            #expect(try peer.next()?.code == 1000)
            #expect(try peer.next() == nil)
            peer.socket.close()
            let line = try #require(try gateway.logLine(status: 101))
            #expect(line["outcome"] == "forwarded" && line["operation"] == "getSocket", "\(line)")
            #expect(
                (Int(line["bytesIn"] ?? "") ?? 0) > 1 << 20 && (Int(line["bytesOut"] ?? "") ?? 0) > 1 << 20, "\(line)")
            #expect(gateway.log.count == 1)
            #expect(gateway.stop() == 0)
        }

        @Test(
            "octets behind the handshake reach the service behind its 101, and no sooner; what it sends with that passes"
        )
        func pipelined() throws {
            let notes = Notes()
            let backend = try RecordingBackend { request, socket in
                notes.note(socket.isReadable(within: 0.3) ? "early" : "patient")
                let peer = try WebSocketPeer.agree(
                    to: request, on: socket, behind: WebSocketPeer.frame(.text, Array("first".utf8), masks: false))
                while let text = try peer.text() { notes.note(text) }
                throw RecordingBackend.Hangup.close
            }
            let gateway = try RunningGateway(webSocketsTo: backend)
            let client = try HTTPClient(port: gateway.port)
            let ahead = WebSocketPeer.frame(.text, Array("GET /plain HTTP/1.1".utf8), masks: true)
            try client.socket.send(WebSocketPeer.handshake("/ws/1").octets + ahead)
            var received: [UInt8] = []
            while !String(octets: received).hasSuffix("first") {
                let piece = try client.socket.receive()
                try #require(!piece.isEmpty, "\(String(octets: received))")
                received += piece
            }
            #expect(String(octets: received).hasPrefix("HTTP/1.1 101 "))
            #expect(notes.waits(for: "GET /plain HTTP/1.1"))
            #expect(notes.all == ["patient", "GET /plain HTTP/1.1"])
            #expect(backend.requests.count == 1)
        }

        @Test("a service that does not read makes the client wait, a client that does not read the service; both go on")
        func backpressure() throws {
            let block = [UInt8](repeating: 1, count: 1 << 16)
            let blocks = 600
            let gate = Notes()
            let backend = try RecordingBackend { request, socket in
                let peer = try WebSocketPeer.agree(to: request, on: socket)
                if request.target == "/ws/1" {
                    for _ in 0..<blocks { try peer.send(.binary, block, within: 20) }
                    gate.note("sent")
                } else {
                    _ = gate.waits(for: "read", within: 20)
                    var count = 0
                    while count < blocks, let frame = try peer.next() { count += frame.payload == block ? 1 : 0 }
                    gate.note("received \(count)")
                }
                _ = try peer.next()
                throw RecordingBackend.Hangup.close
            }
            let gateway = try RunningGateway(webSocketsTo: backend)
            let (reader, _) = try WebSocketPeer.connect(to: gateway.port, "/ws/1", receiveBuffer: 65_536)
            let (writer, _) = try WebSocketPeer.connect(to: gateway.port, "/ws/2")
            let before = try #require(gateway.process.residentKiB)
            let frame = WebSocketPeer.frame(.binary, block, masks: true, key: [0, 0, 0, 0])
            let sender = try LoopbackSender(writer.socket)
            for _ in 0..<blocks { sender.send(frame) }
            _ = Clock.poll(for: 1) { gate.all.contains("sent") }
            // Forty megabytes each way, of which only buffers have gone anywhere.
            #expect(!gate.all.contains("sent") && !sender.ends(within: 0))
            #expect((gateway.process.residentKiB ?? 0) - before < 8 * 1024)
            gate.note("read")
            for _ in 0..<blocks { #expect(try reader.next()?.payload.count == block.count) }
            #expect(gate.waits(for: "sent") && sender.ends())
            #expect(gate.waits(for: "received \(blocks)", within: 20))
            #expect((gateway.process.residentKiB ?? 0) - before < 8 * 1024)
        }

        @Test("one side may end before the other: what the service still has to say arrives, and the other way round")
        func halfClosed() throws {
            let notes = Notes()
            let backend = try RecordingBackend { request, socket in
                let peer = try WebSocketPeer.agree(to: request, on: socket)
                if request.target == "/ws/1" {
                    while let text = try peer.text() { notes.note(text) }
                    try peer.send("behind your end")
                } else {
                    try peer.send("before my end")
                    socket.finishSending()
                    while let text = try peer.text() { notes.note(text) }
                }
                notes.note("over")
                throw RecordingBackend.Hangup.close
            }
            let gateway = try RunningGateway(webSocketsTo: backend)
            let (first, _) = try WebSocketPeer.connect(to: gateway.port, "/ws/1")
            try first.send("one")
            first.socket.finishSending()
            #expect(try first.text() == "behind your end")
            #expect(try first.next() == nil)
            #expect(notes.all == ["one", "over"])
            let (second, _) = try WebSocketPeer.connect(to: gateway.port, "/ws/2")
            #expect(try second.text() == "before my end")
            #expect(try second.next() == nil)
            try second.send("two")
            second.socket.close()
            #expect(Clock.poll(for: 5) { notes.all == ["one", "over", "two", "over"] })
            #expect(Clock.poll(for: 5) { gateway.log.count == 2 })
            #expect(gateway.log.allSatisfy { $0.contains(#""outcome":"forwarded""#) }, "\(gateway.log)")
        }

        @Test("a client that vanishes ends the service's connection; a service that breaks off breaks the client off")
        func breaks() throws {
            let notes = Notes()
            let backend = try RecordingBackend { request, socket in
                let peer = try WebSocketPeer.agree(to: request, on: socket)
                if request.target == "/ws/2" { throw RecordingBackend.Hangup.reset }
                notes.note((try? peer.next()) == nil ? "ended" : "went on")
                throw RecordingBackend.Hangup.close
            }
            let gateway = try RunningGateway(webSocketsTo: backend)
            let (first, _) = try WebSocketPeer.connect(to: gateway.port, "/ws/1")
            first.socket.reset()
            #expect(notes.waits(for: "ended"))
            #expect(try gateway.logLine(status: 101)?["outcome"] == "client-gone")
            let (second, _) = try WebSocketPeer.connect(to: gateway.port, "/ws/2")
            #expect(throws: LoopbackSocket.Failure.self) { while try second.next() != nil {} }
            #expect(Clock.poll(for: 5) { gateway.log.contains { $0.contains("connection-reset") } }, "\(gateway.log)")
        }

        @Test(
            "whatever else the service answers is an ordinary reply, and the connection goes on",
            arguments: [200, 403, 426])
        func refusals(status: Int) throws {
            let backend = try RecordingBackend(
                answer: RecordingBackend.always("HTTP/1.1 \(status) X\r\nContent-Length: 2\r\nX-A: b\r\n\r\nno"))
            let gateway = try RunningGateway(webSocketsTo: backend)
            let client = try HTTPClient(port: gateway.port)
            for _ in 1...2 {
                let reply = try client.exchange(WebSocketPeer.handshake("/ws/1"))
                #expect(reply.status == status && reply.text == "no" && reply.fields["X-A"] == "b")
            }
            #expect(backend.requests.count == 2, "nothing is stored")
        }

        @Test(
            "handshakes that are none are answered by the gateway",
            arguments: [
                ("Sec-WebSocket-Version: 13", "", 400), ("Sec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13", "", 400),
                ("Sec-WebSocket-Key: \(WebSocketPeer.key)", "", 426),
                ("Sec-WebSocket-Key: \(WebSocketPeer.key)\r\nSec-WebSocket-Version: 12", "", 426),
                (
                    "Sec-WebSocket-Key: \(WebSocketPeer.key)\r\nSec-WebSocket-Version: 13\r\nContent-Length: 2", "hi",
                    400
                ),
            ])
        func hostile(fields: String, content: String, status: Int) throws {
            let backend = try RecordingBackend()
            let gateway = try RunningGateway(webSocketsTo: backend)
            let client = try HTTPClient(port: gateway.port)
            let asking = ["Connection: Upgrade", "Upgrade: websocket", fields]
            let reply = try client.exchange(WebSocketPeer.handshake("/ws/1", fields: asking) + content)
            #expect(reply.status == status)
            #expect(reply.fields["Content-Type"] == "application/problem+json")
            #expect(reply.fields["Sec-WebSocket-Version"] == (status == 426 ? "13" : nil))
            #expect(reply.fields["Upgrade"] == (status == 426 ? "websocket" : nil))
            #expect(backend.requests.isEmpty)
            if content.isEmpty {
                #expect(try client.exchange("GET /plain HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
            } else {
                #expect(client.isClosed())
            }
        }

        @Test("a handshake is a request of its operation: parameters and credentials are looked at first")
        func validated() throws {
            let backend = try RecordingBackend(answer: WebSocketPeer.echo)
            let gateway = try RunningGateway(webSocketsTo: backend)
            for (target, status) in [("/ws/a", 400), ("/ws/1?lang=fr", 400), ("/private", 401), ("/none", 404)] {
                let client = try HTTPClient(port: gateway.port)
                #expect(try client.exchange(WebSocketPeer.handshake(target)).status == status, "\(target)")
            }
            #expect(backend.requests.isEmpty)
            let (peer, _) = try WebSocketPeer.connect(to: gateway.port, "/private", more: ["X-Key: key-of-ada"])
            try peer.send("hello")
            #expect(try peer.text() == "hello")
        }

        @Test(
            "pages of other origins open none where a policy speaks of origins; programs and the gateway's own pages do"
        )
        func origins() throws {
            let backend = try RecordingBackend(answer: WebSocketPeer.echo)
            let gateway = try RunningGateway(webSocketsTo: backend)
            for origin in [["https://evil.example"], ["null"], ["https://shop.example", "https://evil.example"]] {
                let client = try HTTPClient(port: gateway.port)
                let lines = origin.map { "Origin: \($0)" }
                let reply = try client.exchange(WebSocketPeer.handshake("/ws/1", more: lines))
                #expect(reply.status == 403, "\(origin)")
            }
            #expect(backend.requests.isEmpty)
            for lines in [[], ["Origin: https://shop.example"], ["Origin: http://gw.test"]] {
                let (peer, _) = try WebSocketPeer.connect(to: gateway.port, "/ws/1", more: lines)
                try peer.send("hello")
                #expect(try peer.text() == "hello")
            }
        }

        @Test("an operation that does not say so becomes none, and HTTP/1.0 knows none: Upgrade ends here")
        func undeclared() throws {
            let backend = try RecordingBackend()
            let gateway = try RunningGateway(webSocketsTo: backend)
            let client = try HTTPClient(port: gateway.port)
            #expect(try client.exchange(WebSocketPeer.handshake("/plain")).status == 200)
            #expect(
                try HTTPClient(port: gateway.port).exchange(
                    WebSocketPeer.handshake("/ws/2").replacing("HTTP/1.1", with: "HTTP/1.0")
                ).status == 200)
            #expect(try client.exchange("GET /ws/1 HTTP/1.1\r\nHost: a\r\n\r\n").status == 200, "an ordinary GET")
            #expect(backend.requests.count == 3)
            for request in backend.requests {
                #expect(request.fields["Upgrade"] == nil && request.fields["Connection"] == nil)
            }
        }

        @Test(
            "a 101 that does not answer the key, or that nobody asked for, is a 502",
            arguments: [
                ("/ws/1", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: AAAA"),
                ("/ws/1", "Sec-WebSocket-Accept: \(WebSocketPeer.accept(WebSocketPeer.key))"),
                (
                    "/plain",
                    "Connection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Accept: \(WebSocketPeer.accept(WebSocketPeer.key))"
                ),
            ])
        func unasked(target: String, fields: String) throws {
            let backend = try RecordingBackend(
                answer: RecordingBackend.always("HTTP/1.1 101 Switching Protocols\r\n\(fields)\r\n\r\nhello"))
            let gateway = try RunningGateway(webSocketsTo: backend)
            let client = try HTTPClient(port: gateway.port)
            #expect(try client.exchange(WebSocketPeer.handshake(target)).status == 502)
            #expect(try gateway.logLine(status: 502)?["outcome"] == "unexpected-upgrade")
        }

        @Test("`timeout` ends with the 101; a tunnel in which nothing passes is closed with 1001 on both sides")
        func silence() throws {
            let notes = Notes()
            let backend = try RecordingBackend { request, socket in
                let peer = try WebSocketPeer.agree(to: request, on: socket)
                while let frame = try peer.next() {
                    if frame.opcode == .close { notes.note("code \(frame.code ?? 0) \(frame.isMasked)") }
                    if frame.opcode == .text { try peer.send(.text, frame.payload) }
                }
                throw RecordingBackend.Hangup.close
            }
            let gateway = try RunningGateway(
                webSocketsTo: backend, defaults: "timeout: 300ms, timeouts: { tunnelIdle: 600ms, responseIdle: 200ms }")
            let (peer, _) = try WebSocketPeer.connect(to: gateway.port, "/ws/1")
            for _ in 1...2 {
                _ = Clock.poll(for: 0.25) { false }
                try peer.send("still here")
                #expect(try peer.text() == "still here")
            }
            let start = Clock.now
            #expect(try peer.next()?.code == 1001)
            #expect(Clock.now - start > 0.4 && Clock.now - start < 3)
            #expect(try peer.next() == nil)
            #expect(notes.waits(for: "code 1001 true"))
            #expect(try gateway.logLine(status: 101)?["outcome"] == "tunnel-idle")
        }

        @Test("nothing is put into the middle of a frame")
        func unfinished() throws {
            let backend = try RecordingBackend { request, socket in
                let peer = try WebSocketPeer.agree(to: request, on: socket)
                // A close frame would fill the gap and be taken for text.
                try socket.send(Array(WebSocketPeer.frame(.text, [1, 2, 3, 4, 5], masks: false).dropLast(4)))
                _ = try peer.next()
                throw RecordingBackend.Hangup.close
            }
            let gateway = try RunningGateway(webSocketsTo: backend, defaults: "timeouts: { tunnelIdle: 300ms }")
            let (peer, _) = try WebSocketPeer.connect(to: gateway.port, "/ws/1")
            #expect(throws: WebSocketPeer.Broken.self) { try peer.next() }
            #expect(try gateway.logLine(status: 101)?["outcome"] == "tunnel-idle")
        }

        @Test("the end of the process closes tunnels at the end of the grace time, a reload leaves them alone")
        func draining() throws {
            let backend = try RecordingBackend(answer: WebSocketPeer.echo)
            let gateway = try RunningGateway(
                webSocketsTo: backend, gateway: "drain: { readinessDelay: 0s, grace: 2s }")
            let other = try HTTPClient(port: gateway.port)
            #expect(try other.exchange("GET /none HTTP/1.1\r\nHost: a\r\n\r\n").status == 404)
            let (peer, _) = try WebSocketPeer.connect(to: gateway.port, "/ws/1")
            let (partial, _) = try WebSocketPeer.connect(to: gateway.port, "/ws/2")
            let specification = FileContent.text(gateway.folder.file("specs/chat.yaml"))
            try gateway.folder.write(
                specification.replacing("title: chat", with: "title: talk"), to: "specs/chat.yaml")
            gateway.process.send(SIGHUP)
            #expect(Clock.poll(for: 10) { gateway.process.error.contains("reloaded") }, "\(gateway.process.error)")
            try peer.send("after the reload")
            #expect(try peer.text() == "after the reload")
            // Half a frame: nothing can be put in behind it.
            try partial.socket.send(Array(WebSocketPeer.frame(.text, Array("half".utf8), masks: true).prefix(8)))
            let start = Clock.now
            gateway.process.send(SIGTERM)
            #expect(Clock.poll(for: 1) { (try? HTTPClient(port: gateway.port)) == nil })
            #expect(try other.exchange(WebSocketPeer.handshake("/ws/3")).status == 503, "none is opened any more")
            try peer.send("during the drain")
            #expect(try peer.text() == "during the drain")
            #expect(try peer.next()?.code == 1001)
            #expect(Clock.now - start > 1.8 && Clock.now - start < 6)
            #expect(try peer.next() == nil)
            peer.socket.close()
            partial.socket.close()
            #expect(gateway.process.wait(within: 5) == 0)
            #expect(
                gateway.log.count { $0.contains(#""status":101"#) && $0.contains("draining") } == 2, "\(gateway.log)")
        }

        @Test("tunnels are connections of the pool: no more are opened than it allows")
        func pool() throws {
            let backend = try RecordingBackend(answer: WebSocketPeer.echo)
            let gateway = try RunningGateway(
                webSocketsTo: backend, defaults: "timeout: 300ms", upstream: "pool: { maxConnections: 1 }")
            let (peer, _) = try WebSocketPeer.connect(to: gateway.port, "/ws/1")
            #expect(try HTTPClient(port: gateway.port).exchange(WebSocketPeer.handshake("/ws/2")).status == 504)
            #expect(backend.connectionCount == 1)
            try peer.send(.close, [])
            #expect(try peer.next()?.opcode == .close)
            peer.socket.close()
            #expect(
                Clock.poll(for: 5) { (try? WebSocketPeer.connect(to: gateway.port, "/ws/2")) != nil },
                "its place is free again")
        }

        @Test(
            "over TLS, too: frames both ways, and the end of the service's side closes the connection",
            .enabled(if: access("/usr/bin/openssl", X_OK) == 0, "openssl is not installed"))
        func encrypted() throws {
            let backend = try RecordingBackend(answer: WebSocketPeer.echo)
            let gateway = try RunningGateway(
                webSocketsTo: backend, listener: TestCertificates.listener, files: TestCertificates.files)
            let handshake = WebSocketPeer.handshake("/ws/1").replacing("\r\n", with: "\\r\\n")
            let result = try ChildProcess.run(
                [
                    "sh", "-c",
                    "(printf '\(handshake)'; sleep 0.5; printf '\\201\\205\\0\\0\\0\\0hello'; sleep 0.5; "
                        + "printf '\\210\\200\\0\\0\\0\\0'; sleep 1) | "
                        + "openssl s_client -quiet -connect 127.0.0.1:\(gateway.port) "
                        + "-CAfile \(gateway.folder.file("tls/authority.pem")) 2>&1",
                ], within: 20)
            #expect(result.output.contains("HTTP/1.1 101 Switching Protocols"), "\(result)")
            #expect(result.output.contains("\r\n\r\n\u{FFFD}\u{5}hello"), "\(result)")
            #expect(backend.requests.first?.fields["X-Forwarded-Proto"] == "https")
            #expect(try gateway.logLine(status: 101)?["outcome"] == "forwarded", "\(gateway.log)")
        }

        @Test(
            "to a service behind TLS, too, whose end closes the connection; by HTTP/1.1 where others are called by HTTP/2",
            arguments: ["", "protocols: [h2, http1], "])
        func encryptedService(protocols: String) throws {
            let backend = try RecordingBackend(answer: WebSocketPeer.echo)
            let service = try RunningGateway(
                webSocketsTo: backend, listener: protocols + TestCertificates.listener, files: TestCertificates.files)
            let gateway = try RunningGateway(
                webSocketsTo: backend, target: "https://127.0.0.1:\(service.port)",
                upstream: protocols + "tls: { ca: ../tls/authority.pem }", files: TestCertificates.files)
            // Other calls have made the service known, by HTTP/2 where it is agreed on.
            _ = try HTTPClient.send("GET /plain", to: gateway.port, host: "gw.test")
            let (peer, _) = try WebSocketPeer.connect(to: gateway.port, "/ws/1")
            let payload = [UInt8](repeating: 7, count: 300_000)
            try peer.send(.binary, payload)
            #expect(try peer.next()?.payload == payload)
            try peer.send(.close, [3, 232])
            #expect(try peer.next()?.code == 1000)
            #expect(try peer.next() == nil)
            peer.socket.close()
            for one in [gateway, service] {
                #expect(try one.logLine(status: 101)?["outcome"] == "forwarded", "\(one.log)")
            }
        }

        @Test("only a GET can be said to open one, and only where HTTP/1.1 is spoken to the service")
        func misplaced() throws {
            let folder = try TemporaryFolder([
                "routes/gateway.yaml": """
                version: 1
                upstreams: { service: { targets: ["http://127.0.0.1:1"], protocols: [h2] } }
                apis:
                  chat:
                    spec: ../specs/chat.yaml
                    upstream: service
                    upgrade: websocket
                    operations:
                      putRoom: { upgrade: websocket }
                """,
                "specs/chat.yaml": """
                openapi: 3.1.0
                info: { title: chat, version: "1" }
                paths:
                  /room:
                    put: { operationId: putRoom, responses: { "200": { description: fine } } }
                    get: { operationId: getRoom, responses: { "200": { description: fine } } }
                """,
            ])
            let result = try ChildProcess.run(
                [LintelExecutable.path, "check", "--routes", folder.file("routes")], within: 20)
            #expect(result.code == 2)
            #expect(
                (result.output + result.error).contains("gateway.yaml:9:27")
                    && (result.output + result.error).contains("only a GET can open a WebSocket"), "\(result)")
            #expect((result.output + result.error).contains("gateway.yaml:7:14"), "\(result)")
            #expect((result.output + result.error).contains("speaks HTTP/2 alone"), "\(result)")
        }
    }
}
