import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// Clients that break HTTP/2 on purpose (RFC 9113 §10.5 and the CVEs named). Each really sends its flood; what is
    /// asserted is the bound on it, that somebody else is served meanwhile, and that memory stays where it was.
    @Suite("Floods of HTTP/2")
    struct HTTP2FloodTests {
        /// A gateway under attack.
        private final class Scene: Sendable {
            let backend: RecordingBackend
            let gateway: RunningGateway
            private let before: Int

            init(idle: String = "5s") throws {
                backend = try RecordingBackend()
                gateway = try RunningGateway(
                    upstream: backend.port, listener: "protocols: [h2, http1]",
                    defaults:
                        "timeouts: { requestHead: 5s, requestBody: 5s, idle: \(idle) }\nlimits: { responseBody: 1GiB }")
                _ = try HTTPClient.send("GET /t/warm", to: gateway.port, host: "gw.test")
                before = gateway.process.residentKiB ?? 0
            }

            func client() throws -> FrameClient { try FrameClient(port: gateway.port) }

            /// Holds what holds behind every attack: somebody else is answered at once, and memory has not grown.
            func settles(within mebibytes: Int = 64) throws {
                let start = Clock.now
                #expect(try HTTPClient.send("GET /t/canary", to: gateway.port, host: "gw.test").status == 200)
                #expect(Clock.now - start < 1)
                let after = gateway.process.residentKiB ?? Int.max
                #expect(after - before < mebibytes * 1024, "from \(before) to \(after) KiB")
                #expect(gateway.process.exitCode == nil)
            }

            /// Requests that reached the service, beside the canaries.
            var served: Int { backend.requests.count { !$0.target.contains("canary") && !$0.target.contains("warm") } }
        }

        @Test("streams that are opened and reset at once (CVE-2023-44487): the connection ends before 1,000 of them")
        func rapidReset() throws {
            let scene = try Scene()
            let client = try scene.client()
            for number in 0..<20_000 where !client.isClosed {
                let stream = UInt32(2 * number + 1)
                client.send(
                    FrameClient.headers(stream, "/t/x") + FrameClient.frame(.reset, 0, stream, FrameClient.bytes(8)))
            }
            #expect(client.farewell() == FrameClient.enhanceYourCalm || client.isClosed)
            #expect(scene.served < 1_000)
            try scene.settles()
        }

        @Test("a hundred streams and a hundred resets in one piece, again and again")
        func batchedReset() throws {
            let scene = try Scene()
            let client = try scene.client()
            for batch in 0..<200 where !client.isClosed {
                let streams = (0..<100).map { UInt32(2 * (batch * 100 + $0) + 1) }
                client.send(
                    streams.flatMap { FrameClient.headers($0, "/t/x") }
                        + streams.flatMap { FrameClient.frame(.reset, 0, $0, FrameClient.bytes(8)) })
            }
            #expect(client.farewell() == FrameClient.enhanceYourCalm || client.isClosed)
            #expect(scene.served < 1_000)
            try scene.settles()
        }

        /// Frames that make the server reset a stream which was opened in good order (CVE-2025-8671).
        private static let provocations: [(String, @Sendable (UInt32) -> [UInt8])] = [
            ("window of zero", { FrameClient.frame(.windowUpdate, 0, $0, FrameClient.bytes(0)) }),
            ("window overflow", { FrameClient.frame(.windowUpdate, 0, $0, FrameClient.bytes(0x7FFF_FFFF)) }),
            ("data behind the end", { FrameClient.frame(.data, 0, $0, [1]) }),
            ("fields behind the end", { FrameClient.headers($0, "/t/x") }),
            ("priority of four bytes", { FrameClient.frame(.priority, 0, $0, [0, 0, 0, 1]) }),
            ("priority on itself", { FrameClient.frame(.priority, 0, $0, FrameClient.bytes($0) + [1]) }),
        ]

        @Test("streams that the gateway is made to reset count like those that the client resets", arguments: 0..<6)
        func madeToReset(number: Int) throws {
            let scene = try Scene()
            let client = try scene.client()
            let (name, provocation) = Self.provocations[number]
            for number in 0..<5_000 where !client.isClosed {
                let stream = UInt32(2 * number + 1)
                client.send(FrameClient.headers(stream, "/t/x") + provocation(stream))
            }
            #expect(client.farewell() != nil || client.isClosed, "\(name)")
            #expect(scene.served < 1_000, "\(name)")
            try scene.settles()
        }

        @Test("field blocks without an end, of large pieces and of empty ones", arguments: [16_000, 0])
        func continuations(size: Int) throws {
            let scene = try Scene()
            let client = try scene.client()
            client.send(FrameClient.frame(.headers, 0x1, 1, FrameClient.request("/t/x")))
            var sent = 0
            let piece = FrameClient.frame(.continuation, 0, 1, [UInt8](repeating: 0x10, count: size))
            while sent < 1_000, !client.isClosed {
                client.send(piece)
                sent += 1
                if client.socket.isReadable(within: 0.001), client.farewell(within: 0.05) != nil { break }
            }
            #expect(sent < 1_000)
            #expect(scene.served == 0)
            try scene.settles()
        }

        @Test("one field in the table and thousands of references to it: the list is refused as a whole")
        func fieldBomb() throws {
            let scene = try Scene()
            let client = try scene.client()
            let seed = FrameClient.field("x-bomb", String(repeating: "a", count: 4_000), isIndexed: true)
            client.send(
                FrameClient.frame(
                    .headers, 0x5, 1,
                    FrameClient.request("/t/x") + seed + [UInt8](repeating: 0x80 | 62, count: 10_000)))
            #expect(
                client.first { $0.kind == .goAway || $0.kind == .reset || $0.status == -1 } != nil || client.isClosed)
            #expect(scene.served == 0)
            try scene.settles()
        }

        @Test("tiny fields and crumbs by reference, a hundred streams, no window, nothing read (CVE-2026-47774)")
        func tinyFields() throws {
            let scene = try Scene()
            for _ in 0..<10 {
                let client = try scene.client()
                client.send(FrameClient.frame(.settings, 0, 0, FrameClient.setting(4, 0)))
                for number in 0..<100 where !client.isClosed {
                    let seed = number == 0 ? FrameClient.field("cookie", "a", isIndexed: true) : []
                    client.send(
                        FrameClient.frame(
                            .headers, 0x5, UInt32(2 * number + 1),
                            FrameClient.request("/t/x") + seed + [UInt8](repeating: 0x80 | 62, count: 4_000)))
                }
            }
            #expect(scene.served == 0, "more than a hundred fields are too many, counted before crumbs are joined")
            try scene.settles()
        }

        @Test("floods of settings, pings and table sizes, read by nobody", arguments: ["settings", "ping", "table"])
        func control(kind: String) throws {
            let scene = try Scene()
            let client = try scene.client()
            let piece: [UInt8] =
                switch kind {
                case "settings": FrameClient.frame(.settings, 0, 0, [])
                case "ping": FrameClient.frame(.ping, 0, 0, [UInt8](repeating: 7, count: 8))
                default:
                    FrameClient.frame(.settings, 0, 0, FrameClient.setting(1, 0))
                        + FrameClient.frame(.settings, 0, 0, FrameClient.setting(1, 4096))
                }
            let block = Array(repeatElement(piece, count: 1_000).joined())
            for _ in 0..<100 where !client.isClosed { client.send(block) }
            #expect(client.farewell() != nil || client.isClosed)
            try scene.settles()
        }

        @Test("a hundred thousand priorities cost nobody anything")
        func priorities() throws {
            let scene = try Scene()
            let client = try scene.client()
            for number in 0..<100 where !client.isClosed {
                client.send(
                    (0..<1_000).flatMap {
                        FrameClient.frame(
                            .priority, 0, UInt32(2 * ($0 % 50) + 1), FrameClient.bytes(UInt32(2 * number + 1)) + [9])
                    })
            }
            try scene.settles()
        }

        @Test("content without content, and fields without a name", arguments: ["data", "fields"])
        func empty(kind: String) throws {
            let scene = try Scene()
            let client = try scene.client()
            if kind == "data" {
                client.send(FrameClient.headers(1, "/t/x", method: "POST", ends: false))
                let block = Array(repeatElement(FrameClient.frame(.data, 0, 1, []), count: 1_000).joined())
                for _ in 0..<100 where !client.isClosed { client.send(block) }
            } else {
                let nothing = Array(repeatElement(FrameClient.field("", ""), count: 50).joined())
                for number in 0..<1_000 where !client.isClosed {
                    client.send(
                        FrameClient.frame(.headers, 0x5, UInt32(2 * number + 1), FrameClient.request("/t/x") + nothing))
                }
            }
            #expect(client.farewell() != nil || client.isClosed)
            #expect(scene.served <= 1)
            try scene.settles()
        }

        @Test(
            "replies of 10 MiB on a hundred streams to a client that takes a byte at a time: 4 MiB in memory, then an end"
        )
        func dribble() throws {
            let backend = try RecordingBackend { request, socket in
                guard request.target.contains("large") else { return try RecordingBackend.ok(request, socket) }
                try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 10485760\r\n\r\n")
                let block = [UInt8](repeating: 0x61, count: 1 << 16)
                for _ in 0..<160 { try socket.send(block, within: 30) }
            }
            let gateway = try RunningGateway(
                upstream: backend.port, listener: "protocols: [h2, http1]",
                defaults: "timeout: 60s\ntimeouts: { idle: 3s, responseIdle: 60s }\nlimits: { responseBody: 1GiB }")
            _ = try HTTPClient.send("GET /t/warm", to: gateway.port, host: "gw.test")
            let before = try #require(gateway.process.residentKiB)
            let client = try FrameClient(port: gateway.port)
            client.send(FrameClient.frame(.settings, 0, 0, FrameClient.setting(4, 0)))
            for number in 0..<100 { client.send(FrameClient.headers(UInt32(2 * number + 1), "/t/large")) }
            for number in 0..<100 {
                client.send(FrameClient.frame(.windowUpdate, 0, UInt32(2 * number + 1), FrameClient.bytes(1)))
            }
            usleep(1_500_000)
            // Each reply waits with a mark's worth of bytes here and with the rest in its service's socket.
            let after = try #require(gateway.process.residentKiB)
            #expect(after - before < 24 * 1024, "from \(before) to \(after) KiB")
            #expect(try HTTPClient.send("GET /t/canary", to: gateway.port, host: "gw.test").status == 200)
            #expect(client.first(within: 10) { $0.kind == .reset } != nil, "a stream that takes nothing is reset")
        }

        @Test("the highest stream number first: it is served, and none can follow")
        func lastNumber() throws {
            let scene = try Scene()
            let client = try scene.client()
            client.send(FrameClient.headers(0x7FFF_FFFF, "/t/x"))
            #expect(client.first { $0.kind == .headers }?.status == 200)
            client.send(FrameClient.headers(1, "/t/y"))
            #expect(client.farewell(within: 5) != nil || client.isClosed)
            #expect(scene.served == 1)
            try scene.settles()
        }

        @Test("a preface that comes a byte at a time ends with the time for it")
        func slowPreface() throws {
            let scene = try Scene()
            let client = try FrameClient(port: scene.gateway.port, sendsPreface: false)
            let start = Clock.now
            for octet in "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8 where !client.isClosed {
                client.send([octet])
                if client.next(within: 1) == nil, client.isClosed { break }
            }
            #expect(client.isClosed && Clock.now - start < 8)
            try scene.settles()
        }
    }
}
