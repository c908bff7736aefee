import DequeModule
import HTTPExchanges
import NIOCore
import SocketTransport

/// The connections of one loop to one upstream.
///
/// A call takes the connection that was used last (it is the least likely to have been closed by the service), opens
/// one when none is idle, and waits in a bounded queue when no more may be opened. An endpoint that keeps failing is
/// left out for a while, but never more than a share of them.
package final class UpstreamPool {
    /// One endpoint as this loop knows it.
    private struct Seat {
        let endpoint: UpstreamEndpoint
        var idle: [UpstreamConnection] = []
        var leased = 0
        var failures = 0
        var ejectedUntil: NIODeadline?
    }

    /// What the pool holds at the moment.
    package struct Census: Sendable {
        /// Connections that are open or being opened.
        package let open: Int
        /// Connections in use.
        package let leased: Int
        /// Calls that wait.
        package let pending: Int
    }

    /// The settings.
    package let configuration: UpstreamConfiguration
    private let loop: ExchangeLoop
    private var seats: [Seat]
    private var open = 0
    private var next = 0
    private var waiting: Deque<any UpstreamCaller> = []
    /// The attempt that each connecting caller waits for.
    private var connecting: [ObjectIdentifier: UInt64] = [:]
    private var attempts: UInt64 = 0
    private var isClosed = false

    /// A pool without connections.
    package init(configuration: UpstreamConfiguration, loop: ExchangeLoop) {
        self.configuration = configuration
        self.loop = loop
        self.seats = configuration.endpoints.map { Seat(endpoint: $0) }
    }

    /// What the pool holds at the moment.
    package var census: Census {
        Census(open: open, leased: seats.reduce(0) { $0 + $1.leased }, pending: waiting.count)
    }

    /// Gets a connection for `caller`, who hears of it by `connected` or `connectionFailed`, perhaps at once.
    package func lease(to caller: any UpstreamCaller) {
        guard !seats.isEmpty else { return caller.connectionFailed(ExchangeFailure(.noEndpoint, retry: .never)) }
        // Who came first is served first.
        guard waiting.isEmpty else { return wait(caller) }
        serve(caller)
    }

    /// Serves `caller` with an idle connection, a new one, or a place in the queue.
    private func serve(_ caller: any UpstreamCaller) {
        let index = chooseSeat(excluding: nil)
        if let connection = idleConnection(of: index) { return hand(connection, to: caller) }
        if open < configuration.maxConnections {
            return connect(seat: index, for: caller, attemptsLeft: seats.count)
        }
        // Idle connections of another endpoint must not keep the caller waiting for this one.
        for other in seats.indices where other != index {
            if let connection = idleConnection(of: other) { return hand(connection, to: caller) }
        }
        wait(caller)
    }

    /// Lets `caller` wait, if there is room in the queue.
    private func wait(_ caller: any UpstreamCaller) {
        guard waiting.count < configuration.maxPending else {
            return caller.connectionFailed(ExchangeFailure(.poolFull, retry: .never))
        }
        waiting.append(caller)
    }

    /// Serves waiting calls while connections can be had.
    private func serveWaiting() {
        while !waiting.isEmpty, !isClosed,
            open < configuration.maxConnections || seats.contains(where: { !$0.idle.isEmpty })
        {
            serve(waiting.removeFirst())
        }
    }

    /// The idle connection of an endpoint that was used last, if one can still be used.
    private func idleConnection(of index: Int) -> UpstreamConnection? {
        while let connection = seats[index].idle.popLast() {
            if connection.isUsable { return connection }
        }
        return nil
    }

    /// Gives an idle connection to `caller`.
    private func hand(_ connection: UpstreamConnection, to caller: any UpstreamCaller) {
        seats[connection.seat].leased += 1
        connection.lease(to: caller)
        caller.connected(connection)
    }

    /// Stops waiting: `caller` will hear nothing more.
    package func withdraw(_ caller: any UpstreamCaller) {
        connecting[ObjectIdentifier(caller)] = nil
        waiting.removeAll { $0 === caller }
    }

    /// Closes what is idle; connections in use end with their exchange.
    package func close() {
        isClosed = true
        for index in seats.indices {
            let idle = seats[index].idle
            seats[index].idle = []
            for connection in idle { connection.cancel() }
        }
    }

    // MARK: Connections come back

    /// A connection whose exchange is over and that can be used again.
    ///
    /// - Parameter isProven: it has carried an exchange, which speaks for its endpoint.
    func giveBack(_ connection: UpstreamConnection, isProven: Bool = true) {
        seats[connection.seat].leased -= 1
        if isProven {
            seats[connection.seat].failures = 0
            seats[connection.seat].ejectedUntil = nil
        }
        if isClosed { return connection.cancel() }
        if !waiting.isEmpty { return hand(connection, to: waiting.removeFirst()) }
        connection.restUntil(loop.now + configuration.idleTimeout)
        seats[connection.seat].idle.append(connection)
    }

    /// A connection that is closed. Each is removed once, however often its end is noticed.
    func remove(_ connection: UpstreamConnection) {
        guard connection.isEstablished else { return }
        connection.isEstablished = false
        open -= 1
        if let position = seats[connection.seat].idle.lastIndex(where: { $0 === connection }) {
            seats[connection.seat].idle.remove(at: position)
        } else {
            seats[connection.seat].leased -= 1
        }
        serveWaiting()
    }

    /// Notes a failed call, for the endpoint's reputation.
    package func recordFailure(of endpoint: UpstreamEndpoint) {
        guard let index = seats.firstIndex(where: { $0.endpoint == endpoint }) else { return }
        seats[index].failures += 1
        guard seats[index].failures >= configuration.consecutiveErrors else { return }
        let now = loop.now
        let ejected = seats.count { ($0.ejectedUntil ?? now) > now }
        guard Double(ejected + 1) <= Double(seats.count) * configuration.maxEjected else { return }
        seats[index].ejectedUntil = now + configuration.ejectionTime
        seats[index].failures = 0
    }

    /// The endpoint with the fewest calls of this loop, beginning at another one each time; ejected ones last.
    private func chooseSeat(excluding excluded: Int?) -> Int {
        guard seats.count > 1 else { return 0 }
        let now = loop.now
        next = (next + 1) % seats.count
        var best = -1
        for offset in 0..<seats.count {
            let index = (next + offset) % seats.count
            if index == excluded { continue }
            if let until = seats[index].ejectedUntil {
                if until > now { continue }
                seats[index].ejectedUntil = nil
            }
            if best < 0 || seats[index].leased < seats[best].leased { best = index }
        }
        return best >= 0 ? best : next
    }

    // MARK: Connecting

    private func connect(seat index: Int, for caller: any UpstreamCaller, attemptsLeft: Int) {
        open += 1
        seats[index].leased += 1
        attempts &+= 1
        let attempt = attempts
        connecting[ObjectIdentifier(caller)] = attempt
        loop.eventLoop.connect(to: seats[index].endpoint.address, timeout: configuration.connectTimeout) {
            [self] result in
            loop.readClock()
            // The caller may have gone, and may even be waiting for another attempt by now.
            let isWanted = connecting[ObjectIdentifier(caller)] == attempt
            if isWanted { connecting[ObjectIdentifier(caller)] = nil }
            do {
                let connection = try begin(result, seat: index)
                guard isWanted else { return giveBack(connection, isProven: false) }
                connection.lease(to: caller)
                caller.connected(connection)
            } catch {
                open -= 1
                seats[index].leased -= 1
                recordFailure(of: seats[index].endpoint)
                if isWanted { connectionFailed(error, seat: index, caller, attemptsLeft: attemptsLeft) }
                serveWaiting()
            }
        }
    }

    /// The connection over a socket that was connected.
    private func begin(
        _ result: Result<StreamSocket, ConnectFailure>, seat: Int
    ) throws -> UpstreamConnection {
        let connection = UpstreamConnection(
            try result.get(), endpoint: seats[seat].endpoint, seat: seat, loop: loop, headLimits: configuration.head,
            pool: self)
        try connection.start()
        connection.isEstablished = true
        return connection
    }

    /// Tries another endpoint, or tells the caller.
    private func connectionFailed(
        _ error: any Error, seat index: Int, _ caller: any UpstreamCaller, attemptsLeft: Int
    ) {
        if attemptsLeft > 1, seats.count > 1 {
            return connect(seat: chooseSeat(excluding: index), for: caller, attemptsLeft: attemptsLeft - 1)
        }
        var isTimeout = false
        if case .timeout? = error as? ConnectFailure { isTimeout = true }
        caller.connectionFailed(ExchangeFailure(isTimeout ? .connectTimeout : .connectRefused, retry: .always))
    }
}
