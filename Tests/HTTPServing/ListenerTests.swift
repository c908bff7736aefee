import HTTPServing
import NIOCore
import TestSupport
import Testing

@Suite("Listeners and their connections")
struct ListenerTests {
    /// Runs `body`, which blocks, beside a listener.
    private static func serving(
        _ adjust: @Sendable (inout ServingLimits) -> Void = { _ in },
        _ body: @escaping @Sendable (ListenerScene) throws -> Void
    ) async throws {
        let scene = try await ListenerScene(adjust)
        do { try await BackgroundThread.run { try body(scene) } } catch {
            await scene.end()
            throw error
        }
        await scene.end()
    }

    @Test("requests on one connection are answered one after another, whatever their content's framing")
    func sequence() async throws {
        try await Self.serving { scene in
            let client = try HTTPClient(port: scene.port)
            try client.send(
                "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
                    + "POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ndef\r\n0\r\nA: b\r\n\r\n"
                    + "HEAD /4 HTTP/1.1\r\nHost: a\r\n\r\nGET /5 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                    + "GET /6 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.reply().text == "GET /1 |")
            #expect(try client.reply().text == "POST /2 abc|")
            #expect(try client.reply().text == "POST /3 def|A: b\r\n")
            #expect(try client.reply(toHEAD: true).fields["Content-Length"] == "9")
            #expect(try client.reply().text == "GET /5 |")
            #expect(client.isClosed(), "what stands behind a close is not answered (RFC 9112 §9.6)")
        }
    }

    @Test("HTTP/1.0 connections persist only when both sides say so (RFC 9112 §9.3)")
    func oldConnections() async throws {
        try await Self.serving { scene in
            let plain = try HTTPClient(port: scene.port)
            #expect(try plain.exchange("GET /1 HTTP/1.0\r\n\r\n").fields["Connection"] == "close")
            #expect(plain.isClosed())
            let kept = try HTTPClient(port: scene.port)
            #expect(
                try kept.exchange("GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").fields["Connection"]
                    == "keep-alive")
            #expect(try kept.exchange("GET /2 HTTP/1.0\r\n\r\n").text == "GET /2 |")
        }
    }

    @Test("a head cut at any place is read as one head")
    func cutHeads() async throws {
        try await Self.serving { scene in
            let client = try HTTPClient(port: scene.port)
            let text = "\r\nPOST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi".octets
            for cut in 1..<text.count {
                try client.socket.send(Array(text[..<cut]))
                try client.socket.send(Array(text[cut...]))
                #expect(try client.reply().text == "POST /x hi|")
            }
            for octet in text { try client.socket.send([octet]) }
            #expect(try client.reply().text == "POST /x hi|")
        }
    }

    @Test("a refused head is answered, and the connection ends")
    func refusals() async throws {
        try await Self.serving { scene in
            for (text, status) in [
                ("nonsense\r\n\r\n", 400), ("GET / HTTP/2.0\r\n\r\n", 505), ("GET / HTTP/1.1\r\n\r\n", 400),
            ] {
                let client = try HTTPClient(port: scene.port)
                let reply = try client.exchange(text)
                #expect(reply.status == status)
                #expect(reply.fields["Connection"] == "close")
                #expect(client.isClosed())
            }
        }
    }

    @Test("broken chunks end the request and the connection")
    func brokenChunks() async throws {
        try await Self.serving { scene in
            let client = try HTTPClient(port: scene.port)
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nXYZ\r\n")
            #expect(client.isClosed())
            #expect(scene.failures == ["malformed-request-content"])
        }
    }

    @Test(
        "a reply before the content's end: short content is read over, long content ends the connection (RFC 9112 §9.3)"
    )
    func earlyReplies() async throws {
        try await Self.serving { scene in
            let short = try HTTPClient(port: scene.port)
            #expect(
                try short.exchange("POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe").text == "early")
            #expect(try short.exchange("lloGET /2 HTTP/1.1\r\nHost: a\r\n\r\n").text == "GET /2 |")
            let long = try HTTPClient(port: scene.port)
            let reply = try long.exchange("POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\nhe")
            #expect(reply.fields["Connection"] == "close")
            #expect(long.isClosed())
        }
    }

    @Test("times: a head that does not come is a 408, a silent connection is closed, a slow content fails")
    func timeouts() async throws {
        try await Self.serving { limits in
            (limits.headTimeout, limits.idleTimeout) = (.milliseconds(300), .milliseconds(300))
            (limits.contentTimeout, limits.lingerTimeout) = (.milliseconds(300), .milliseconds(300))
        } _: { scene in
            let head = try HTTPClient(port: scene.port)
            #expect(try head.exchange("GET / HT").status == 408)
            let silent = try HTTPClient(port: scene.port)
            #expect(silent.isClosed())
            let idle = try HTTPClient(port: scene.port)
            #expect(try idle.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
            #expect(idle.isClosed())
            let content = try HTTPClient(port: scene.port)
            try content.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe")
            #expect(content.isClosed())
            #expect(scene.failures == ["request-timeout"])
        }
    }

    @Test("a client that goes away is told to the one who answers")
    func clientGone() async throws {
        try await Self.serving { scene in
            let client = try HTTPClient(port: scene.port)
            try client.send("GET /silent HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(!client.socket.isReadable(within: 0.1))
            client.socket.close()
            #expect(Clock.poll(for: 5) { scene.failures == ["client-gone"] })
        }
    }

    @Test("only so many connections are open at once")
    func connectionLimit() async throws {
        try await Self.serving {
            $0.connections = 2
        } _: { scene in
            let clients = [try HTTPClient(port: scene.port), try HTTPClient(port: scene.port)]
            for client in clients { #expect(try client.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status == 200) }
            let third = try HTTPClient(port: scene.port)
            #expect((try? third.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n")) == nil)
            clients[0].socket.close()
            #expect(
                Clock.poll(for: 5) {
                    (try? HTTPClient(port: scene.port).exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status) == 200
                })
        }
    }

    @Test("draining: the reply says close, idle connections end, nobody new is let in")
    func draining() async throws {
        let scene = try await ListenerScene()
        let port = scene.port
        let (busy, idle) = try await BackgroundThread.run {
            let busy = try LoopbackSocket(connectingTo: port)
            let idle = try LoopbackSocket(connectingTo: port)
            for socket in [busy, idle] {
                try socket.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = try socket.receive()
            }
            try busy.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nh")
            return (busy, idle)
        }
        #expect(await scene.listener.connectionCount() == 2)
        try await scene.beginDraining()
        await scene.listener.stopAccepting()
        await scene.listener.drainConnections()
        try await BackgroundThread.run {
            #expect(try idle.receive(within: 5).isEmpty)
            #expect((try? LoopbackSocket(connectingTo: port)) == nil)
            try busy.send("i")
            let text = String(decoding: try busy.receive(within: 5), as: UTF8.self)
            #expect(text.contains("Connection: close\r\n"))
            #expect(text.hasSuffix("POST /x hi|"))
        }
        await scene.end()
    }
}
