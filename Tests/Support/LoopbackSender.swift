import Synchronization

/// Sends octets on a socket from a thread of its own, so that the test can read meanwhile.
package final class LoopbackSender: Sendable {
    private struct State {
        var queue: [[UInt8]] = []
        var isIdle = true
        var hasFailed = false
    }

    private let socket: LoopbackSocket
    private let state = Mutex(State())

    /// A sender on `socket`.
    package init(_ socket: LoopbackSocket) throws { self.socket = socket }

    /// Sends octets behind those before.
    package func send(_ octets: [UInt8]) {
        let starts = state.withLock { state in
            state.queue.append(octets)
            defer { state.isIdle = false }
            return state.isIdle
        }
        guard starts else { return }
        BackgroundThread.start { [self] in
            while let next = take() {
                do {
                    try socket.send(next, within: 60)
                } catch {
                    state.withLock { ($0.hasFailed, $0.queue) = (true, []) }
                }
            }
        }
    }

    /// Whether everything has gone out within `seconds`.
    package func ends(within seconds: Double = 20) -> Bool {
        Clock.poll(for: seconds) { state.withLock { $0.isIdle } } && !state.withLock(\.hasFailed)
    }

    private func take() -> [UInt8]? {
        state.withLock { state in
            guard !state.queue.isEmpty else {
                state.isIdle = true
                return nil
            }
            return state.queue.removeFirst()
        }
    }
}
