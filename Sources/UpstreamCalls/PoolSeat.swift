import Glibc
import NIOCore

/// One endpoint as one loop knows it: its connections, and what the loop has seen of it.
package final class PoolSeat {
    /// What all loops know of it.
    package let state: EndpointState
    /// Connections that nobody uses, the one used last behind.
    var idle: [UpstreamConnection] = []
    /// Connections of HTTP/2 that take further calls.
    var sessions: [HTTP2ClientConnection] = []
    /// Whether the endpoint has last spoken HTTP/2; nil as long as this loop does not know.
    var speaksHTTP2: Bool?
    /// Calls that wait for the connection of HTTP/2 that is being opened; nil where none is.
    var joining: [UpstreamPool.Attempt]?
    /// Connections that are being opened, and whose calls have gone.
    var abandoned: [UpstreamPool.Attempt] = []
    /// Whether an operator has been told why there is no secure connection.
    var hasToldHandshake = false
    /// Connections in use or being opened.
    package var leased = 0
    /// Whether the endpoint is none of the upstream's any more: its connections are not kept.
    var isGone = false
    /// What smooth round-robin owes the endpoint.
    var turn = 0.0
    /// The time a reply takes, in nanoseconds: its peak, decaying; 0 as long as there was none.
    private var latency = 0.0
    /// When that was noted.
    private var latencyAt = NIODeadline.uptimeNanoseconds(0)

    /// Time in which an older observation loses two thirds of its influence.
    private static let decay = 10e9

    /// A seat without connections.
    ///
    /// - Parameter turn: where round-robin begins, so that loops do not all begin with the same endpoint.
    package init(_ state: EndpointState, turn: Double) {
        self.state = state
        self.turn = turn
    }

    /// Notes how long a reply took. A peak counts at once, calm only by and by ("peak EWMA", as Finagle balances).
    package func note(latency nanoseconds: Double, at now: NIODeadline) {
        let expected = decayed(at: now)
        if nanoseconds >= expected {
            latency = nanoseconds
        } else {
            let weight = exp(-Self.elapsed(from: latencyAt, to: now) / Self.decay)
            latency = latency * weight + nanoseconds * (1 - weight)
        }
        latencyAt = now
    }

    /// Notes a failure: what fails fast must not look fast.
    package func noteFailure(penalty nanoseconds: Double, at now: NIODeadline) {
        latency = max(decayed(at: now) * 2, nanoseconds)
        latencyAt = now
    }

    /// What one more call would have to wait for, in nanoseconds. An endpoint of which nothing is known is tried, by one
    /// call at a time.
    func expectedWait(at now: NIODeadline) -> Double {
        let expected = decayed(at: now)
        if expected == 0 { return leased == 0 ? 0 : 1e12 * Double(leased) }
        return expected * Double(leased + 1)
    }

    private func decayed(at now: NIODeadline) -> Double {
        guard latency > 0 else { return 0 }
        // Never to nothing: that would mean that nothing is known.
        return max(1, latency * exp(-Self.elapsed(from: latencyAt, to: now) / Self.decay))
    }

    private static func elapsed(from start: NIODeadline, to end: NIODeadline) -> Double {
        end > start ? Double((end - start).nanoseconds) : 0
    }
}
