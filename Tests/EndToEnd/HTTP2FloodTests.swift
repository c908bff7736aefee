import Glibc
import Synchronization
import TestSupport
import Testing

extension EndToEnd {
    /// Every ``HTTP2Flood`` is really sent; what is asserted is how the gateway ends it, how much of it reaches the service,
    /// that somebody else is served meanwhile, and that memory stays where it was.
    @Suite("Floods of HTTP/2")
    struct HTTP2FloodTests {
        /// A gateway under attack.
        private struct Scene {
            let gateway: RunningGateway
            private let before: Int

            /// A gateway in front of a service on `port`.
            init(_ port: Int) throws {
                gateway = try RunningGateway(
                    upstream: port, listener: "protocols: [h2, http1]",
                    defaults: """
                        timeout: 60s
                        timeouts: { requestHead: 3s, requestBody: 5s, idle: 3s, responseIdle: 60s }
                        limits: { responseBody: 1GiB }
                        """)
                _ = try HTTPClient.send("GET /t/warm", to: gateway.port, host: "gw.test")
                before = try #require(gateway.process.residentKiB)
            }

            /// Somebody else is answered at once, and memory has not grown by more than so much.
            func settles(within mebibytes: Int) throws {
                let start = Clock.now
                #expect(try HTTPClient.send("GET /t/canary", to: gateway.port, host: "gw.test").status == 200)
                #expect(Clock.now - start < 1)
                let after = gateway.process.residentKiB ?? Int.max
                #expect(after - before < mebibytes * 1024, "from \(before) to \(after) KiB")
                #expect(gateway.process.exitCode == nil)
            }
        }

        @Test("each is ended as it must be, before much of it has reached a service", arguments: HTTP2Flood.allCases)
        func end(flood: HTTP2Flood) throws {
            let backend = try RecordingBackend { request, socket in
                guard request.target.contains("large") else { return try RecordingBackend.ok(request, socket) }
                try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 10485760\r\n\r\n")
                let block = [UInt8](repeating: 0x61, count: 1 << 16)
                for _ in 0..<160 { try socket.send(block, within: 30) }
            }
            let scene = try Scene(backend.port)
            let client = try FrameClient(port: scene.gateway.port, sendsPreface: flood.beginsWithPreface)
            let start = Clock.now
            client.send(flood.opening)
            var sent = 0
            for piece in flood.pieces() where !client.isClosed {
                client.send(piece)
                sent += 1
                if flood.pause > 0 { usleep(UInt32(flood.pause * 1_000_000)) }
                // Whoever goes on with a field block sees how much of it was too much.
                let isBlock = flood == .continuations || flood == .emptyContinuations
                if isBlock, client.socket.isReadable(within: 0.002), client.farewell(within: 0.05) != nil { break }
            }
            switch flood.end {
            case .connectionError:
                if [.continuations, .emptyContinuations].contains(flood) {
                    #expect(sent <= 32)
                } else {
                    #expect(client.farewell() != nil || client.isClosed)
                }
            case .refusal:
                #expect(
                    client.first { $0.kind == .goAway || $0.kind == .reset || $0.status == -1 } != nil
                        || client.isClosed)
            case .stalledStreams:
                #expect(client.first(within: 10) { $0.kind == .reset } != nil, "a stream that takes nothing is reset")
            case .timeout:
                if flood == .closedSocket {
                    // It reads nothing: the gateway gives its requests up when the socket has taken nothing for a while.
                    #expect(Clock.poll(for: 10) { backend.openConnectionCount <= 1 })
                } else {
                    while Clock.now - start < 8, !client.isClosed { _ = client.next(within: 1) }
                    #expect(client.isClosed)
                }
            case .none:
                guard flood == .lastNumber else { break }
                #expect(client.first { $0.kind == .headers }?.status == 200)
                client.send(FrameClient.headers(1, "/t/x"))
                #expect(client.farewell(within: 5) != nil || client.isClosed, "none can follow")
            }
            let served = backend.requests.count { !$0.target.contains("canary") && !$0.target.contains("warm") }
            #expect(served <= flood.mostServed)
            let holdsReplies = flood == .dribble || flood == .closedSocket
            try scene.settles(within: holdsReplies ? 24 : 64)
        }

        /// Sends a flood again and again until it is told to stop; a connection that the gateway ends is made anew.
        private static func repeats(_ flood: HTTP2Flood, on port: Int, until isDone: Mutex<Bool>.Shared) {
            let opening = flood.opening
            let pieces = flood.pieces()
            BackgroundThread.start {
                BackgroundThread.yieldToOthers()
                while !isDone.value.withLock({ $0 }) {
                    guard let client = try? FrameClient(port: port, sendsPreface: flood.beginsWithPreface) else {
                        continue
                    }
                    client.send(opening)
                    for piece in pieces where !client.isClosed && !isDone.value.withLock({ $0 }) {
                        client.send(piece)
                        if flood.pause > 0 { usleep(UInt32(flood.pause * 1_000_000)) }
                    }
                    // Who holds streams holds them to the end; whoever has been thrown out comes back in a moment.
                    usleep(flood.holdsStreams ? 3_000_000 : pieces.isEmpty ? 200_000 : 20_000)
                    client.socket.close()
                }
            }
        }

        @Test(
            "somebody else is served as fast as before, within three times",
            .enabled(if: NginxServer.program != nil, "nginx is not installed"), arguments: HTTP2Flood.allCases)
        func beside(flood: HTTP2Flood) throws {
            let service = try NginxServer()
            let scene = try Scene(service.port)
            let quiet = try Pace(scene.gateway, seconds: 0.6)
            let isDone = Mutex<Bool>.Shared()
            Self.repeats(flood, on: scene.gateway.port, until: isDone)
            defer { isDone.value.withLock { $0 = true } }
            usleep(200_000)
            let during = try Pace.beside(scene.gateway, quiet: quiet)
            isDone.value.withLock { $0 = true }
            #expect(during.isWithinThreeTimes(quiet), "\(quiet), then \(during)")
            try scene.settles(within: 64)
        }
    }
}
