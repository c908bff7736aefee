import Glibc
import Synchronization
import TestSupport
import Testing

extension EndToEnd {
    /// Clients that are slow or greedy by intent, over HTTP/1.1: what they cost somebody else, and how much memory.
    @Suite("Floods and slow clients")
    struct FloodTests {
        /// An attack: what its connections say at first, and what they go on with; nothing is read.
        enum Attack: String, CaseIterable, Sendable {
            case slowHeads, slowContent, slowReading, endlessHeads

            var count: Int {
                switch self {
                case .slowHeads: 500
                case .slowContent: 200
                case .slowReading: 50
                case .endlessHeads: 8
                }
            }

            var opening: String {
                switch self {
                case .slowHeads: "GET /t/x HTTP/1.1\r\nHost: gw.test\r\nX-Slow: "
                case .slowContent: "POST /t/x HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 1000000\r\n\r\n"
                case .slowReading: "GET /t/large HTTP/1.1\r\nHost: gw.test\r\n\r\n"
                case .endlessHeads: "GET /t/x HTTP/1.1\r\nHost: gw.test\r\n"
                }
            }

            /// What follows, again and again.
            var more: String {
                switch self {
                case .slowHeads, .slowContent: "a"
                case .slowReading: ""
                case .endlessHeads: "X-Field: \(String(repeating: "a", count: 100))\r\n"
                }
            }
        }

        /// Runs an attack until it is told to stop; a connection that the gateway ends is made anew.
        private static func run(_ attack: Attack, on port: Int, until isDone: Mutex<Bool>.Shared) {
            BackgroundThread.start {
                BackgroundThread.yieldToOthers()
                var sockets: [LoopbackSocket?] = Array(repeating: nil, count: attack.count)
                while !isDone.value.withLock({ $0 }) {
                    for index in sockets.indices {
                        // Each connection says something four times a second, and not all of them at once.
                        if attack != .endlessHeads, sockets[index] != nil { usleep(UInt32(250_000 / attack.count)) }
                        if sockets[index] == nil {
                            sockets[index] = try? LoopbackSocket(connectingTo: port, receiveBuffer: 4096)
                            try? sockets[index]?.send(attack.opening, within: 0)
                        } else if !attack.more.isEmpty {
                            do { try sockets[index]?.send(attack.more, within: 0.01) } catch { sockets[index] = nil }
                        }
                    }
                    usleep(200)
                }
                for socket in sockets { socket?.close() }
            }
        }

        @Test(
            "somebody else is served as fast as before, within three times, and memory stays bounded",
            arguments: Attack.allCases)
        func beside(attack: Attack) throws {
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            limit.rlim_cur = limit.rlim_max
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            let backend = try RecordingBackend { request, socket in
                guard request.target.contains("large") else { return try RecordingBackend.ok(request, socket) }
                try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 10485760\r\n\r\n")
                let block = [UInt8](repeating: 0x61, count: 1 << 16)
                for _ in 0..<160 { try socket.send(block, within: 30) }
            }
            let gateway = try RunningGateway(
                upstream: backend.port, defaults: "timeout: 60s\nlimits: { responseBody: 1GiB }",
                telemetry: "")
            let quiet = try Pace(gateway, seconds: 0.6)
            let before = try #require(gateway.process.residentKiB)
            let isDone = Mutex<Bool>.Shared()
            Self.run(attack, on: gateway.port, until: isDone)
            defer { isDone.value.withLock { $0 = true } }
            usleep(300_000)
            let during = try Pace.beside(gateway, quiet: quiet)
            #expect(during.isWithinThreeTimes(quiet), "\(quiet), then \(during)")
            let after = try #require(gateway.process.residentKiB)
            #expect(after - before < 48 * 1024, "from \(before) to \(after) KiB")
            isDone.value.withLock { $0 = true }
            #expect(try HTTPClient.send("GET /t/x", to: gateway.port, host: "gw.test").status == 200)
            #expect(gateway.process.exitCode == nil)
        }
    }
}

extension Mutex where Value == Bool {
    /// A flag that several owners share.
    final class Shared: Sendable {
        let value = Mutex<Bool>(false)
    }
}
