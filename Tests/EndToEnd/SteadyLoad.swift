import Glibc
import Synchronization
import TestSupport

/// Clients that ask for the same again and again, each on its connection, and count what goes wrong.
final class SteadyLoad: Sendable {
    /// What the clients saw.
    struct Tally: Sendable {
        /// Replies as they should be.
        var good = 0
        /// Everything else, in words.
        var failures: [String] = []
        /// How often a new connection was refused.
        var refusals = 0
    }

    private let tally = Mutex(Tally())
    private let isOver = Atomic<Bool>(false)
    private let running: Atomic<Int>

    /// What the clients saw so far.
    var seen: Tally { tally.withLock { $0 } }

    /// Starts `clients` that ask the gateway at `port` for `path`, every second one of them on one connection, the others
    /// each time on a new one.
    ///
    /// - Parameters:
    ///   - pause: seconds between a reply and the next request of a client.
    ///   - endsRefused: whether a client that is refused a new connection has seen what it should, and ends.
    init(
        port: Int, path: String = "/items/1", clients: Int = 64, pause: Double = 0.02, endsRefused: Bool = false
    ) {
        running = Atomic(clients)
        for client in 0..<clients {
            BackgroundThread.start { [self] in
                while !isOver.load(ordering: .relaxed),
                    serve(port, path, keepsConnection: client % 2 == 0, pause, endsRefused)
                {}
                running.subtract(1, ordering: .relaxed)
            }
        }
    }

    /// Asks on one connection until it ends; false when the client is to end, too.
    private func serve(
        _ port: Int, _ path: String, keepsConnection: Bool, _ pause: Double, _ endsRefused: Bool
    ) -> Bool {
        guard let client = try? HTTPClient(port: port) else {
            tally.withLock { tally in
                tally.refusals += 1
                if !endsRefused { tally.failures.append("refused") }
            }
            usleep(20_000)
            return !endsRefused
        }
        defer { client.socket.close() }
        var count = 0
        while !isOver.load(ordering: .relaxed) {
            do {
                let end = keepsConnection ? "" : "Connection: close\r\n"
                let reply = try client.exchange("GET \(path) HTTP/1.1\r\nHost: a\r\n\(end)\r\n")
                count += 1
                tally.withLock { tally in
                    if reply.status == 200 { tally.good += 1 } else { tally.failures.append("\(reply)") }
                }
                if reply.fields["Connection"] == "close" { return true }
            } catch {
                tally.withLock { $0.failures.append("reply \(count + 1) of a connection: \(error)") }
                return true
            }
            usleep(UInt32(pause * 1_000_000))
        }
        return true
    }

    /// Whether all clients have ended by themselves.
    var hasEnded: Bool { running.load(ordering: .relaxed) == 0 }

    /// Ends all clients; returns when they have.
    func stop() {
        isOver.store(true, ordering: .relaxed)
        _ = Clock.poll(for: 30) { hasEnded }
    }
}
