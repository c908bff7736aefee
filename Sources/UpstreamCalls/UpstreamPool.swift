import HTTPExchanges
import NIOCore
import NIOPosix

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
    private var waiting: [any UpstreamCaller] = []
    private var connecting: Set<ObjectIdentifier> = []
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
        let index = chooseSeat(excluding: nil)
        while let connection = seats[index].idle.popLast() {
            guard connection.isUsable else { continue }
            seats[index].leased += 1
            connection.lease(to: caller)
            return caller.connected(connection)
        }
        if open < configuration.maxConnections {
            connect(seat: index, for: caller, attemptsLeft: seats.count)
        } else if waiting.count < configuration.maxPending {
            waiting.append(caller)
        } else {
            caller.connectionFailed(ExchangeFailure(.poolFull, retry: .never))
        }
    }

    /// Stops waiting: `caller` will hear nothing more.
    package func withdraw(_ caller: any UpstreamCaller) {
        connecting.remove(ObjectIdentifier(caller))
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
    func giveBack(_ connection: UpstreamConnection) {
        guard let index = seat(of: connection) else { return connection.cancel() }
        seats[index].leased -= 1
        seats[index].failures = 0
        seats[index].ejectedUntil = nil
        if isClosed { return connection.cancel() }
        if !waiting.isEmpty {
            let caller = waiting.removeFirst()
            seats[index].leased += 1
            connection.lease(to: caller)
            return caller.connected(connection)
        }
        seats[index].idle.append(connection)
    }

    /// A connection that is closed.
    func remove(_ connection: UpstreamConnection) {
        guard let index = seat(of: connection) else { return }
        open -= 1
        if let position = seats[index].idle.lastIndex(where: { $0 === connection }) {
            seats[index].idle.remove(at: position)
        } else {
            seats[index].leased -= 1
        }
        if !waiting.isEmpty, open < configuration.maxConnections {
            lease(to: waiting.removeFirst())
        }
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

    private func seat(of connection: UpstreamConnection) -> Int? {
        seats.firstIndex { $0.endpoint == connection.endpoint }
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
        connecting.insert(ObjectIdentifier(caller))
        let connection = UpstreamConnection(
            endpoint: seats[index].endpoint, loop: loop, headLimits: configuration.head, pool: self)
        let eventLoop = loop.eventLoop
        let handler = NIOLoopBound(connection, eventLoop: eventLoop)
        let established = ClientBootstrap(group: eventLoop)
            .connectTimeout(configuration.connectTimeout)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 8192, initial: 16_384, maximum: 65_536)
            )
            .channelOption(.writeBufferWaterMark, value: .init(low: 32 * 1024, high: 128 * 1024))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(handler.value)
                }
            }
            .connect(to: seats[index].endpoint.address)
        established.assumeIsolated().whenComplete { result in
            let wanted = self.connecting.remove(ObjectIdentifier(caller)) != nil
            switch result {
            case .success:
                connection.isEstablished = true
                if wanted {
                    connection.lease(to: caller)
                    caller.connected(connection)
                } else {
                    self.giveBack(connection)
                }
            case .failure(let error):
                self.open -= 1
                self.seats[index].leased -= 1
                self.recordFailure(of: self.seats[index].endpoint)
                guard wanted else { return }
                if attemptsLeft > 1, self.seats.count > 1 {
                    let other = self.chooseSeat(excluding: index)
                    return self.connect(seat: other, for: caller, attemptsLeft: attemptsLeft - 1)
                }
                let isTimeout = (error as? ChannelError).map(Self.isTimeout) ?? false
                caller.connectionFailed(
                    ExchangeFailure(isTimeout ? .connectTimeout : .connectRefused, retry: .always))
            }
        }
    }

    private static func isTimeout(_ error: ChannelError) -> Bool {
        if case .connectTimeout = error { return true }
        return false
    }
}
