import Glibc
import Synchronization
import TestSupport
import Testing

extension EndToEnd {
    /// Everything at once for a while: the shop, its composed pages, errors, uploads, clients that leave, reloads.
    /// A few seconds in every run; `LINTEL_SOAK_SECONDS=900` for a quarter of an hour.
    @Suite("Soak")
    struct SoakTests {
        /// What clients saw.
        private final class Tally: Sendable {
            private let state = Mutex((replies: [Int: Int](), surprises: [String]()))
            /// Replies by status.
            var replies: [Int: Int] { state.withLock { $0.replies } }
            /// What should not have been.
            var surprises: [String] { state.withLock { $0.surprises } }

            func note(_ reply: HTTPClient.Reply, expected: Int, of line: String) {
                state.withLock { state in
                    state.replies[reply.status, default: 0] += 1
                    if reply.status != expected { state.surprises.append("\(line): \(reply)") }
                }
            }

            func note(surprise: String) { state.withLock { $0.surprises.append(surprise) } }
        }

        /// One thing that a client does.
        private struct Act: Sendable {
            let line: String
            let fields: String
            let content: String
            /// The status that it has to be answered with.
            let expected: Int

            init(_ expected: Int, _ line: String, _ fields: String = "", content: String = "") {
                (self.expected, self.line, self.fields, self.content) = (expected, line, fields, content)
            }

            var text: String {
                let length = content.isEmpty ? "" : "Content-Length: \(content.utf8.count)\r\n"
                return "\(line) HTTP/1.1\r\nHost: localhost\r\n\(fields)\(length)\r\n\(content)"
            }
        }

        private static let json = "Content-Type: application/json\r\n"

        private static let acts: [Act] = [
            Act(200, "GET /products/1"),
            Act(200, "GET /products?limit=20"),
            Act(200, "GET /orders/3"),
            Act(200, "GET /pages/orders/2"),
            Act(200, "GET /pages/orders/7"),
            Act(200, "GET /users/1"),
            Act(200, "HEAD /pages/orders/2"), Act(405, "HEAD /products/2"),
            Act(404, "GET /nowhere"),
            Act(405, "PATCH /products"),
            Act(400, "GET /products/x"),
            Act(400, "GET /products?limit=none"),
            Act(400, "POST /orders", json, content: #"{"userId":1,"items":[{"productId":1,"quantity":0}]}"#),
            Act(201, "POST /orders", json, content: #"{"userId":1,"items":[{"productId":1,"quantity":1}]}"#),
            Act(400, "POST /orders", json, content: "{\"userId\":" + String(repeating: " ", count: 30_000) + "1}"),
            Act(413, "POST /orders", json, content: String(repeating: "x", count: 1_200_000)),
            Act(200, "GET /docs/"),
            Act(200, "GET /docs/openapi.json"),
        ]

        /// Does one thing after the other until the end.
        private static func serve(_ port: Int, from start: Int, until end: Double, _ tally: Tally) {
            var turn = start
            while Clock.now < end {
                do {
                    let client = try HTTPClient(port: port)
                    defer { client.socket.close() }
                    for _ in 0..<12 where Clock.now < end {
                        let act = acts[turn % acts.count]
                        turn += 1
                        try client.send(act.text)
                        let reply = try client.reply(toHEAD: act.line.hasPrefix("HEAD"))
                        tally.note(reply, expected: act.expected, of: act.line)
                        if reply.fields["Connection"] == "close" { break }
                    }
                } catch {
                    tally.note(surprise: "\(acts[(turn + acts.count - 1) % acts.count].line): \(error)")
                }
            }
        }

        /// Sends what is no HTTP, and leaves in the middle of things, until the end.
        private static func annoy(_ port: Int, until end: Double) {
            let rubbish = [
                "GET / HTTP/9.9\r\n\r\n", "\u{0}\u{1}\u{2}",
                "GET /products/1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x\r\n\r\n",
                "POST /orders HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{",
                "GET /pages/orders/1 HTTP/1.1\r\nHost: a\r\n\r\n",
            ]
            var turn = 0
            while Clock.now < end {
                turn += 1
                guard let socket = try? LoopbackSocket(connectingTo: port) else { continue }
                try? socket.send(rubbish[turn % rubbish.count])
                if turn % 3 == 0 { _ = try? socket.receive(within: 0.05) }
                if turn % 2 == 0 { socket.reset() } else { socket.close() }
                usleep(10_000)
            }
        }

        /// How often a gateway has been reloaded.
        private static func reloads(of gateway: RunningGateway) -> Int {
            // One change may be noticed twice, by the signal and by the watch: each snapshot counts once.
            Set(gateway.process.error.split(separator: "\n").filter { $0.contains("lintel: reloaded") }).count
        }

        private static func descriptors(of process: ChildProcess) -> Int {
            FileContent.names(in: "/proc/\(process.id)/fd").count
        }

        @Test("mixed work leaves no memory and no descriptor behind, and nothing surprises anybody")
        func mixed() async throws {
            let seconds = getenv("LINTEL_SOAK_SECONDS").flatMap { Double(String(cString: $0)) } ?? 12
            try await RunningShop.run { shop in
                let gateway = shop.gateway
                let before = Self.descriptors(of: gateway.process)
                let tally = Tally()
                let end = Clock.now + seconds
                let port = gateway.port
                let isDone = Counter(9)
                for number in 0..<8 {
                    BackgroundThread.start {
                        Self.serve(port, from: number * 5, until: end, tally)
                        isDone.countDown()
                    }
                }
                BackgroundThread.start {
                    Self.annoy(port, until: end)
                    isDone.countDown()
                }
                var memory: [Int] = []
                var sampled = Clock.now
                /// Looks at the memory four times a second, while something is waited for.
                func watching(_ condition: Bool) -> Bool {
                    if Clock.now - sampled > 0.25 {
                        sampled = Clock.now
                        memory.append(gateway.process.residentKiB ?? 0)
                    }
                    return condition
                }
                let settings = FileContent.text(gateway.folder.file("routes/gateway.yaml"))
                var round = 0
                while Clock.now < end {
                    round += 1
                    try gateway.folder.write(settings + "\n# \(round)\n", to: "routes/gateway.yaml")
                    let next = Clock.now + 2
                    gateway.process.send(SIGHUP)
                    #expect(
                        Clock.poll(for: 30) { watching(Self.reloads(of: gateway) == round) }, "\(gateway.process.error)"
                    )
                    _ = Clock.poll(for: max(0, next - Clock.now)) { watching(false) }
                }
                #expect(Clock.poll(for: 30) { isDone.isZero }, "every client comes to its end")
                #expect(tally.surprises.isEmpty, "\(tally.surprises.count): \(tally.surprises.prefix(5))")
                #expect(tally.replies[200] ?? 0 > Int(seconds) * 20, "\(tally.replies)")
                // Pools and caches fill in the first third; what leaks goes on growing.
                let third = memory.count / 3
                let early = memory[third..<(2 * third)].reduce(0, +) / max(1, third)
                let late = memory[(2 * third)...].reduce(0, +) / max(1, memory.count - 2 * third)
                #expect(late - early < max(4096, early / 10), "KiB: \(memory)")
                // What clients have left closes within the time for idle connections to the services, which is kept.
                #expect(
                    Clock.poll(for: 10) { Self.descriptors(of: gateway.process) <= before + 40 },
                    "\(before) descriptors, now \(Self.descriptors(of: gateway.process))")
                print(
                    "soak of \(seconds) s: \(tally.replies.sorted { $0.key < $1.key }), \(round) reloads, KiB \(early), \(late)"
                )
            }
        }

        /// Counts threads that have not ended yet.
        private final class Counter: Sendable {
            private let count: Atomic<Int>
            init(_ count: Int) { self.count = Atomic(count) }
            func countDown() { count.subtract(1, ordering: .relaxed) }
            var isZero: Bool { count.load(ordering: .relaxed) == 0 }
        }
    }
}
