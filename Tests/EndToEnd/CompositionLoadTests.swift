import DemoServices
import Glibc
import JSONDocuments
import Synchronization
import TestSupport
import Testing

extension EndToEnd {
    /// Eight seconds of it in every run; `LINTEL_LOAD_SECONDS=60` for the whole thing.
    @Suite("The order page under load")
    struct CompositionLoadTests {
        /// What clients saw.
        fileprivate struct Tally: Sendable {
            var whole = 0
            var partial = 0
            /// Replies that are neither.
            var others: [String] = []
            /// The longest wait for a reply, in seconds.
            var longest = 0.0
            /// When the last reply of each kind came.
            var lastWhole = 0.0
            var lastPartial = 0.0
        }

        /// The users service on a port of its own, which can be killed: every connection breaks.
        private static func users(port: Int = 0) throws -> RecordingBackend {
            let service = try #require(DemoShop(now: { Int(time(nil)) }).services.first { $0.name == "users" })
            return try RecordingBackend(port: port) { request, socket in
                let response = service.respond(
                    to: DemoRequest(method: request.method, path: request.target, query: "", headers: [], body: []))
                try socket.send(
                    "HTTP/1.1 \(response.status) OK\r\nContent-Type: application/json\r\nContent-Length: \(response.body.count)\r\n\r\n"
                        + String(decoding: response.body, as: UTF8.self))
            }
        }

        /// Asks for pages one after the other until the end.
        private static func ask(_ port: Int, until end: Double, _ tally: borrowing Mutex<Tally>) {
            var order = 0
            while Clock.now < end {
                do {
                    let client = try HTTPClient(port: port)
                    while Clock.now < end {
                        order = order % 30 + 1
                        let start = Clock.now
                        let reply = try client.exchange("GET /pages/orders/\(order) HTTP/1.1\r\nHost: a\r\n\r\n")
                        let now = Clock.now
                        let missing = reply.fields["Lintel-Partial"] ?? ""
                        tally.withLock { tally in
                            tally.longest = max(tally.longest, now - start)
                            if reply.status == 200, missing.isEmpty {
                                tally.whole += 1
                                tally.lastWhole = now
                            } else if reply.status == 200, missing.hasPrefix("customer;reason="),
                                reply.text.contains(#""customer":null"#)
                            {
                                tally.partial += 1
                                tally.lastPartial = now
                            } else {
                                tally.others.append("\(reply.status) \(missing)")
                            }
                        }
                    }
                } catch {
                    tally.withLock { $0.others.append("\(error)") }
                }
            }
        }

        @Test("while the users service is killed and restarted, the page does without it, recovers, and nothing hangs")
        func killedAndRestarted() async throws {
            let seconds = getenv("LINTEL_LOAD_SECONDS").flatMap { Double(String(cString: $0)) } ?? 8
            let first = try Self.users()
            let port = first.port
            try await RunningShop.run(others: ["users": port]) { shop in
                var users = first
                let tally = SharedTally()
                let end = Clock.now + seconds
                let gateway = shop.gateway.port
                let running = Counted(8)
                for _ in 0..<8 {
                    BackgroundThread.start {
                        Self.ask(gateway, until: end, tally.value)
                        running.decrement()
                    }
                }
                #expect(Clock.poll(for: 5) { tally.value.withLock { $0.whole > 20 } })
                let before = try #require(shop.gateway.process.residentKiB)
                // Two seconds with it, one and a half without, as often as there is time; at last it is there.
                var kills = 0
                while Clock.now < end - 3.5 {
                    users.stop()
                    kills += 1
                    let stopped = Clock.now
                    #expect(
                        Clock.poll(for: 1.5) { tally.value.withLock { $0.lastPartial > stopped } }, "degrades")
                    usleep(useconds_t(max(0, 1.5 - (Clock.now - stopped)) * 1e6))
                    let wholeWhileDown = tally.value.withLock { $0.lastWhole }
                    #expect(wholeWhileDown < stopped + 0.5, "a page with a customer whose service is gone")
                    users = try Self.users(port: port)
                    let restarted = Clock.now
                    #expect(
                        Clock.poll(for: 2) { tally.value.withLock { $0.lastWhole > restarted } }, "recovers")
                    usleep(useconds_t(max(0, 2 - (Clock.now - restarted)) * 1e6))
                }
                #expect(Clock.poll(for: max(0, end - Clock.now) + 4) { running.value == 0 }, "a client hangs")
                let after = try #require(shop.gateway.process.residentKiB)
                let found = tally.value.withLock { $0 }
                print(
                    "load: \(Int(seconds)) s, killed \(kills) times, \(found.whole) whole and \(found.partial) partial pages, \(found.others.count) others,",
                    "longest wait \(Int(found.longest * 1000)) ms, resident \(before) -> \(after) KiB")
                #expect(found.others.isEmpty, "\(found.others.prefix(3))")
                #expect(found.partial > 10 && found.whole > 100)
                #expect(found.longest < 2.5, "longer than the composition's timeout")
                #expect(after - before < 16 * 1024, "memory grows: \(before) -> \(after) KiB")
                #expect(Clock.now - found.lastWhole < 1 || found.lastWhole > end - 1, "it has recovered at the end")
                users.stop()
            }
        }
    }
}

/// A tally that threads share.
private final class SharedTally: Sendable {
    let value = Mutex(EndToEnd.CompositionLoadTests.Tally())
}

/// Counts down over threads.
private final class Counted: Sendable {
    private let count: Mutex<Int>
    init(_ value: Int) { count = Mutex(value) }
    var value: Int { count.withLock { $0 } }
    func decrement() { count.withLock { $0 -= 1 } }
}
