import NIOCore
import TestSupport
import Testing
import UpstreamCalls

@Suite("Connections to a service")
struct UpstreamPoolTests {
    private static let reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    @Test("a connection is kept and used again; a second call meanwhile opens another")
    func reuse() async throws {
        let backend = try RecordingBackend(answer: RecordingBackend.always(Self.reply))
        let scene = try await PoolScene(ports: [backend.port])
        for word in ["connected", "reused", "reused"] {
            let heard = try await scene.call()
            #expect(try await scene.settles { heard.all.count == 2 })
            #expect(heard.all == [word, "200 ok end"])
        }
        #expect(backend.connectionCount == 1)
        let census = try await scene.census()
        #expect((census.open, census.leased, census.pending) == (1, 0, 0))
        await scene.end()
    }

    @Test(
        "a connection is not kept where the response says so, or its end is the connection's",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
            // Bytes behind a response belong to nobody (RFC 9112 §9.2).
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstale",
        ])
    func notKept(text: String) async throws {
        let backend = try RecordingBackend(answer: RecordingBackend.always(text))
        let scene = try await PoolScene(ports: [backend.port])
        for _ in 1...2 {
            let heard = try await scene.call()
            #expect(try await scene.settles { heard.all.count == 2 })
            #expect(heard.all == ["connected", "200  end"])
        }
        #expect(backend.connectionCount == 2)
        await scene.end()
    }

    @Test("no more connections than allowed are opened: calls wait their turn, and too many are refused")
    func limits() async throws {
        let gate = Heard()
        let backend = try RecordingBackend { _, socket in
            _ = Clock.poll(for: 120) { !gate.all.isEmpty }
            try socket.send(Self.reply)
        }
        let scene = try await PoolScene(ports: [backend.port]) { ($0.maxConnections, $0.maxPending) = (2, 2) }
        let calls = try await scene.calls(5)
        #expect(calls[4].all == ["no connection: pool-full, retry never"])
        let census = try await scene.census()
        #expect((census.open, census.leased, census.pending) == (2, 2, 2))
        gate.note("open")
        let waiting = calls
        #expect(try await scene.settles { waiting[..<4].allSatisfy { $0.all.last == "200 ok end" } })
        #expect(waiting[2].all.first == "reused")
        #expect(backend.connectionCount == 2)
        await scene.end()
    }

    @Test("a refused connection is a failure that is safe to retry, and leaves nothing behind")
    func refused() async throws {
        let scene = try await PoolScene(ports: [try LoopbackSocket.freePort()])
        let heard = try await scene.call()
        #expect(try await scene.settles { !heard.all.isEmpty })
        #expect(heard.all == ["no connection: connect-refused, retry always"])
        let census = try await scene.census()
        #expect((census.open, census.leased, census.pending) == (0, 0, 0))
        await scene.end()
    }

    @Test("calls that wait are told too when the connection they wait for cannot be made")
    func waitingBehindRefusal() async throws {
        let scene = try await PoolScene(ports: [try LoopbackSocket.freePort()]) { $0.maxConnections = 1 }
        let calls = try await scene.calls(3)
        #expect(try await scene.settles(within: 3) { calls.allSatisfy { !$0.all.isEmpty } }, "\(calls.map(\.all))")
        await scene.end()
    }

    @Test("without an address there is no endpoint")
    func noEndpoint() async throws {
        let scene = try await PoolScene(ports: [])
        #expect(try await scene.call().all == ["no connection: no-endpoint, retry never"])
        await scene.end()
    }

    @Test("an endpoint that refuses is passed over for one that does not")
    func otherEndpoint() async throws {
        let backend = try RecordingBackend(answer: RecordingBackend.always(Self.reply))
        let scene = try await PoolScene(ports: [try LoopbackSocket.freePort(), backend.port])
        for _ in 1...6 {
            let heard = try await scene.call()
            #expect(try await scene.settles { heard.all.count == 2 })
            #expect(heard.all.last == "200 ok end")
        }
        #expect(backend.requests.count == 6)
        await scene.end()
    }

    @Test("a connection that drops before a byte says that only an idempotent request may be repeated")
    func droppedEarly() async throws {
        let backend = try RecordingBackend { _, _ in throw RecordingBackend.Hangup.close }
        let scene = try await PoolScene(ports: [backend.port])
        let heard = try await scene.call()
        #expect(try await scene.settles { heard.all.count == 2 })
        #expect(heard.all == ["connected", "failed: connection-reset, retry idempotentOnly"])
        await scene.end()
    }

    @Test(
        "a connection that breaks within a response says that nothing may be repeated",
        arguments: [
            ("HTTP/1.1 200 O", "failed: connection-reset, retry never"),
            ("garbage", "failed: malformed-response, retry never"),
            ("HTTP/1.1 101 Switching Protocols\r\n\r\n", "failed: unexpected-upgrade, retry never"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", "failed: truncated-response, retry never"),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX",
                "failed: malformed-response, retry never"
            ),
        ])
    func droppedLate(text: String, end: String) async throws {
        let backend = try RecordingBackend { _, socket in
            try socket.send(text)
            throw RecordingBackend.Hangup.close
        }
        let scene = try await PoolScene(ports: [backend.port])
        let heard = try await scene.call()
        #expect(try await scene.settles { heard.all.last?.hasPrefix("failed") == true })
        #expect(heard.all.last == end)
        #expect(try await scene.census().open == 0)
        await scene.end()
    }

    @Test("interim responses, content and trailers are handed over in order")
    func order() async throws {
        let backend = try RecordingBackend { _, socket in
            try socket.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\n\r\n")
            try socket.send(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\nA: b\r\n\r\n")
        }
        let scene = try await PoolScene(ports: [backend.port])
        let heard = try await scene.call()
        #expect(try await scene.settles { heard.all.last?.hasPrefix("end") == true })
        #expect(heard.all.prefix(2) == ["connected", "interim 103"])
        #expect(heard.all.last == "end A: b\r\n")
        let content = heard.all.filter { $0.hasPrefix("200 ") || $0.hasPrefix("content ") }
            .map { $0.split(separator: " ").dropFirst().joined() }.joined()
        #expect(content == "abcdef")
        let census = try await scene.census()
        #expect((census.open, census.leased) == (1, 0))
        await scene.end()
    }

    @Test("a call that is given up hears nothing more, and its connection is closed")
    func givenUp() async throws {
        let backend = try RecordingBackend { _, socket in
            // Until the other end closes: a limit of its own would end the call first on a busy machine.
            _ = socket.isReadable(within: 600)
            throw RecordingBackend.Hangup.close
        }
        let scene = try await PoolScene(ports: [backend.port]) { $0.maxConnections = 1 }
        let first = try await scene.call()
        #expect(try await scene.settles { backend.requests.count == 1 })
        try await scene.withdrawLast()
        #expect(first.all == ["connected"])
        var open = 1
        for _ in 0..<200 where open > 0 {
            _ = try await scene.settles(within: 0.01) { false }
            open = try await scene.census().open
        }
        #expect(open == 0)
        await scene.end()
    }

    @Test(
        "an idle connection is closed when its time is over, whether or not it was ever used", arguments: [true, false])
    func idleTimeout(isUsed: Bool) async throws {
        let backend = try RecordingBackend(answer: RecordingBackend.always(Self.reply))
        let scene = try await PoolScene(ports: [backend.port]) { $0.idleTimeout = .milliseconds(100) }
        // Given up while it connects, the connection comes into being for nobody.
        let heard = try await scene.call(isGivenUp: !isUsed)
        if isUsed { #expect(try await scene.settles { heard.all.count == 2 }) }
        var open = 1
        for _ in 0..<300 where open > 0 {
            _ = try await scene.settles(within: 0.01) { false }
            open = try await scene.census().open
        }
        #expect(open == 0)
        await scene.end()
    }
}
