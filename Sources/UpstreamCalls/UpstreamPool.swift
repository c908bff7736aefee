import DequeModule
import HTTPExchanges
import NIOCore
import SocketTransport

/// The connections of one loop to one upstream.
///
/// A call chooses an endpoint, takes the connection to it that was used last (it is the least likely to have been closed
/// by the service), opens one when none is idle, and waits in a bounded queue when no more may be opened.
///
/// Whoever needs the pool no longer calls ``close()``: connections hold their pool, so that an exchange can end on one
/// whose upstream has gone from the settings.
package final class UpstreamPool {
    /// A call that waits.
    struct Waiter {
        let caller: any UpstreamCaller
        let wish: EndpointWish
    }

    /// A connection that is being opened. Its call may go, and the next one to the same endpoint takes it over: whoever
    /// asks and leaves again and again has no more connections opened than those who stay.
    final class Attempt {
        /// The call; nil when it has gone.
        var waiter: Waiter?
        /// Whether another endpoint has refused the call already.
        var isSecond: Bool
        /// Whether HTTP/1.1 is the only protocol that will do.
        let needsHTTP1: Bool
        let seat: PoolSeat

        init(_ waiter: Waiter, isSecond: Bool, seat: PoolSeat) {
            self.waiter = waiter
            self.isSecond = isSecond
            self.seat = seat
            needsHTTP1 = waiter.wish.needsHTTP1
        }
    }

    /// The way from other threads to a pool that may be gone by then.
    private final class Address {
        weak var pool: UpstreamPool?
        init(_ pool: UpstreamPool) { self.pool = pool }
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

    /// What all loops know of the upstream.
    package let service: UpstreamService
    /// What may be repeated.
    package var budget: RetryBudget
    private var configuration: UpstreamConfiguration { service.configuration }
    private let loop: ExchangeLoop
    private var seats: [PoolSeat] = []
    private var table: HashTable?
    private var balancer: Balancer
    private let counter: CircuitBreaker.Counter?
    private var subscription = 0
    private var open = 0
    private var leased = 0
    private var waiting: Deque<Waiter> = []
    /// The attempt that each connecting caller waits for.
    private var connecting: [ObjectIdentifier: Attempt] = [:]
    private var isClosed = false
    /// Whether those that wait are served at the end of the turn.
    private var isServing = false

    /// A pool without connections. Called on the loop.
    ///
    /// - Parameter seed: what the draws of this loop follow from.
    package init(_ service: UpstreamService, loop: ExchangeLoop, seed: UInt64) {
        self.service = service
        self.loop = loop
        budget = RetryBudget(share: service.configuration.retryBudget)
        balancer = Balancer(service.configuration, seed: seed)
        counter = service.circuit?.makeCounter()
        let eventLoop = loop.eventLoop
        let address = NIOLoopBound(Address(self), eventLoop: eventLoop)
        let (membership, number) = service.listen { membership in
            eventLoop.execute { address.value.pool?.use(membership) }
        }
        subscription = number
        use(membership)
    }

    deinit {
        service.stopListening(subscription)
        if let counter { service.circuit?.remove(counter) }
    }

    /// What the pool holds at the moment.
    package var census: Census { Census(open: open, leased: leased, pending: waiting.count) }

    /// Takes the endpoints over: seats of those that stay are kept, connections to the others end with their exchange.
    private func use(_ membership: UpstreamService.Membership) {
        guard !isClosed else { return }
        let before = seats
        seats = membership.states.map { state in
            before.first { $0.state === state }
                ?? PoolSeat(state, turn: balancer.beginning() * Double(state.endpoint.weight))
        }
        table = membership.table
        for seat in before where !seats.contains(where: { $0 === seat }) {
            seat.isGone = true
            empty(seat)
        }
        serveWaiting()
    }

    /// Closes what nobody uses of an endpoint's connections; the others end with their exchanges.
    private func empty(_ seat: PoolSeat) {
        let idle = seat.idle
        seat.idle = []
        for connection in idle { retire(connection) }
        for session in seat.sessions { session.endWhenIdle() }
    }

    /// Closes a connection that was taken out of its seat.
    private func retire(_ connection: UpstreamConnection) {
        connection.isEstablished = false
        open -= 1
        connection.cancel()
    }

    // MARK: Leasing

    /// Gets a connection for `caller`, who hears of it by `connected` or `connectionFailed`, perhaps at once.
    package func lease(to caller: any UpstreamCaller, wish: EndpointWish = EndpointWish()) {
        if let circuit = service.circuit, !circuit.admits(at: loop.now) {
            return caller.connectionFailed(ExchangeFailure(.circuitOpen, retry: .never))
        }
        let waiter = Waiter(caller: caller, wish: wish)
        // Who came first is served first.
        guard waiting.isEmpty else { return wait(waiter) }
        serve(waiter)
    }

    /// Whether a call may be repeated now; the repetition is then paid for.
    package func mayRepeat() -> Bool {
        if let circuit = service.circuit, circuit.isOpen(at: loop.now) { return false }
        return budget.take()
    }

    /// Serves a call with an idle connection, a new one, or a place in the queue.
    private func serve(_ waiter: Waiter) {
        guard let index = balancer.choose(among: seats, table: table, wish: waiter.wish, at: loop.now) else {
            return waiter.caller.connectionFailed(ExchangeFailure(.noEndpoint, retry: .never))
        }
        let seat = seats[index]
        if let connection = idleConnection(of: seat) { return hand(connection, to: waiter.caller) }
        if takeOver(seat, for: waiter, isSecond: false) { return }
        if open < configuration.maxConnections {
            return connect(seat, for: waiter, isSecond: false)
        }
        // Idle connections of another endpoint must not keep the caller waiting for this one.
        for other in seats where other !== seat && other.state.isAvailable(at: loop.now) {
            if let connection = idleConnection(of: other) { return hand(connection, to: waiter.caller) }
        }
        wait(waiter)
    }

    /// Lets a call wait, if there is room in the queue.
    private func wait(_ waiter: Waiter) {
        guard waiting.count < configuration.maxPending else {
            return waiter.caller.connectionFailed(ExchangeFailure(.poolFull, retry: .never))
        }
        waiting.append(waiter)
    }

    /// Serves waiting calls while connections can be had. Not at once: whoever gives a connection back may still have the
    /// head of its reply in the loop's table.
    private func serveWaiting() {
        guard !waiting.isEmpty, !isServing else { return }
        isServing = true
        loop.eventLoop.putOff { [self] in
            isServing = false
            serveThoseWaiting()
        }
    }

    private func serveThoseWaiting() {
        // Each once: who is put off again stands at the end.
        var left = waiting.count
        while left > 0, !waiting.isEmpty, !isClosed,
            open < configuration.maxConnections || seats.contains(where: { !$0.idle.isEmpty })
        {
            left -= 1
            serve(waiting.removeFirst())
        }
    }

    /// The idle connection of an endpoint that was used last, if one can still be used.
    private func idleConnection(of seat: PoolSeat) -> UpstreamConnection? {
        while let connection = seat.idle.popLast() {
            if connection.isUsable { return connection }
            retire(connection)
        }
        return nil
    }

    /// Gives an idle connection to `caller`.
    private func hand(_ connection: UpstreamConnection, to caller: any UpstreamCaller) {
        connection.seat.leased += 1
        leased += 1
        connection.lease(to: caller)
        caller.connected(connection)
    }

    /// Stops waiting: `caller` will hear nothing more.
    package func withdraw(_ caller: any UpstreamCaller) {
        if let attempt = connecting.removeValue(forKey: ObjectIdentifier(caller)) {
            attempt.waiter = nil
            attempt.seat.abandoned.append(attempt)
        }
        waiting.removeAll { $0.caller === caller }
    }

    /// Closes what is idle; connections in use end with their exchange.
    package func close() {
        isClosed = true
        for seat in seats { empty(seat) }
    }

    // MARK: What calls tell

    /// Notes a reply that has begun well. The endpoint's errors are forgiven when it has ended well, too.
    func noteReply(of seat: PoolSeat, after time: TimeAmount) {
        if configuration.balancing == .peakEWMA { seat.note(latency: Double(time.nanoseconds), at: loop.now) }
        service.recordCall(isFailure: false, in: counter, at: loop.now)
    }

    /// Notes a call that failed by its endpoint's doing.
    func noteFailure(of seat: PoolSeat) {
        seat.noteFailure(penalty: Double(configuration.connectTimeout.nanoseconds), at: loop.now)
        service.recordFailure(of: seat.state, at: loop.now)
        service.recordCall(isFailure: true, in: counter, at: loop.now)
    }

    // MARK: Connections come back

    /// A connection whose exchange is over and that can be used again.
    func giveBack(_ connection: UpstreamConnection) {
        let seat = connection.seat
        seat.leased -= 1
        leased -= 1
        guard !isClosed, !seat.isGone, !connection.isForOneCall else {
            retire(connection)
            return serveWaiting()
        }
        if !waiting.isEmpty { return hand(connection, to: waiting.removeFirst().caller) }
        connection.restUntil(loop.now + configuration.idleTimeout)
        seat.idle.append(connection)
    }

    /// A connection that is closed. Each is removed once, however often its end is noticed.
    func remove(_ connection: UpstreamConnection) {
        guard connection.isEstablished else { return }
        connection.isEstablished = false
        open -= 1
        if let position = connection.seat.idle.lastIndex(where: { $0 === connection }) {
            connection.seat.idle.remove(at: position)
        } else {
            connection.seat.leased -= 1
            leased -= 1
        }
        serveWaiting()
    }

    // MARK: Connecting

    /// Opens a connection for a call.
    ///
    /// - Parameter isSecond: another endpoint has refused already. Nothing has been sent, so that costs no repetition; but
    ///   with many endpoints down, one call does not try all of them.
    private func connect(_ seat: PoolSeat, for waiter: Waiter, isSecond: Bool) {
        open += 1
        seat.leased += 1
        leased += 1
        let attempt = Attempt(waiter, isSecond: isSecond, seat: seat)
        connecting[ObjectIdentifier(waiter.caller)] = attempt
        if attempt.needsHTTP1 { return beginHTTP1(attempt, seat) }
        if let stream = stream(of: seat) { return settle(attempt, seat, with: stream) }
        begin(attempt, seat)
    }

    /// Lets a call have the connection that is being opened for one that has gone, the youngest of them.
    private func takeOver(_ seat: PoolSeat, for waiter: Waiter, isSecond: Bool) -> Bool {
        // A connection of HTTP/2 that has room is better than one that may never come about.
        guard waiter.wish.needsHTTP1 || !seat.sessions.contains(where: \.takesCalls),
            let position = seat.abandoned.lastIndex(where: { $0.needsHTTP1 == waiter.wish.needsHTTP1 })
        else { return false }
        let attempt = seat.abandoned.remove(at: position)
        attempt.waiter = waiter
        attempt.isSecond = isSecond
        connecting[ObjectIdentifier(waiter.caller)] = attempt
        return true
    }

    /// Begins to connect, or joins those who wait for a connection that takes them all.
    private func begin(_ attempt: Attempt, _ seat: PoolSeat) {
        // What is not known yet is taken for the best: who is wrong connects once more.
        if configuration.protocols != .http1, seat.speaksHTTP2 != false {
            if seat.joining != nil {
                seat.joining?.append(attempt)
                return
            }
            seat.joining = []
        }
        let protocols = configuration.protocols
        UpstreamConnector.connect(to: seat.state.endpoint, configuration, speaking: protocols, loop: loop) {
            [self] result in
            let joined = seat.joining ?? []
            seat.joining = nil
            switch result {
            case .success(let established) where established.speaksHTTP2:
                seat.hasToldHandshake = false
                open(established.stream, for: [attempt] + joined, seat)
            case .success(let established):
                seat.hasToldHandshake = false
                seat.speaksHTTP2 = false
                settle(attempt, seat, with: established.stream)
                for other in joined { begin(other, seat) }
            case .failure(let failure):
                for one in [attempt] + joined { settle(one, seat, after: failure) }
            }
        }
    }

    /// Connects for a call that HTTP/2 could not serve.
    private func beginHTTP1(_ attempt: Attempt, _ seat: PoolSeat) {
        UpstreamConnector.connect(to: seat.state.endpoint, configuration, speaking: .http1, loop: loop) {
            [self] result in
            switch result {
            case .success(let established): settle(attempt, seat, with: established.stream)
            case .failure(let failure): settle(attempt, seat, after: failure)
            }
        }
    }

    /// Begins to speak HTTP/2 and serves the calls that have waited for it.
    private func open(_ stream: any ByteStream, for attempts: [Attempt], _ seat: PoolSeat) {
        seat.speaksHTTP2 = true
        let isSecure = seat.state.endpoint.security != .none
        let session = HTTP2ClientConnection(
            stream, isSecure: isSecure, loop: loop, headLimits: configuration.head,
            idleTimeout: configuration.idleTimeout
        ) { [weak seat] session in seat?.sessions.removeAll { $0 === session } }
        do {
            try session.start()
        } catch {
            for attempt in attempts { settle(attempt, seat, after: .refused) }
            return
        }
        seat.sessions.append(session)
        for attempt in attempts {
            if let stream = self.stream(of: seat) {
                settle(attempt, seat, with: stream)
            } else {
                begin(attempt, seat)
            }
        }
        if isClosed || seat.isGone { session.endWhenIdle() }
    }

    /// A stream of a connection of HTTP/2 that takes one more.
    private func stream(of seat: PoolSeat) -> HTTP2ClientStream? {
        for session in seat.sessions {
            if let stream = session.makeStream() { return stream }
        }
        return nil
    }

    /// The call that waits for an attempt, which waits no longer then; nil if it has gone.
    private func takeUp(_ attempt: Attempt) -> Waiter? {
        guard let waiter = attempt.waiter else {
            attempt.seat.abandoned.removeAll { $0 === attempt }
            return nil
        }
        attempt.waiter = nil
        connecting[ObjectIdentifier(waiter.caller)] = nil
        return waiter
    }

    /// Hands a connection over a stream to the call that it was opened for.
    private func settle(_ attempt: Attempt, _ seat: PoolSeat, with stream: any ByteStream) {
        let waiter = takeUp(attempt)
        let connection = UpstreamConnection(
            stream, seat: seat, loop: loop, headLimits: configuration.head, pool: self)
        do {
            try connection.start()
        } catch {
            return settle(attempt, seat, waiter, after: .refused)
        }
        connection.isEstablished = true
        guard let caller = waiter?.caller else { return giveBack(connection) }
        connection.lease(to: caller)
        caller.connected(connection)
    }

    /// Tells the call that its connection has come to nothing.
    private func settle(_ attempt: Attempt, _ seat: PoolSeat, after failure: UpstreamConnectFailure) {
        settle(attempt, seat, takeUp(attempt), after: failure)
    }

    private func settle(
        _ attempt: Attempt, _ seat: PoolSeat, _ waiter: Waiter?, after failure: UpstreamConnectFailure
    ) {
        open -= 1
        seat.leased -= 1
        leased -= 1
        if case .handshake(let reason) = failure, !seat.hasToldHandshake {
            seat.hasToldHandshake = true
            service.tell(.handshakeFailed(seat.state.endpoint.name, reason: reason))
        }
        noteFailure(of: seat)
        if let waiter { connectionFailed(failure, seat: seat, waiter, isSecond: attempt.isSecond) }
        serveWaiting()
    }

    /// Tries another endpoint, or tells the caller.
    private func connectionFailed(
        _ failure: UpstreamConnectFailure, seat: PoolSeat, _ waiter: Waiter, isSecond: Bool
    ) {
        if !isSecond, seats.count > 1, !isClosed {
            var wish = waiter.wish
            wish.avoided = seat.state
            if let other = balancer.choose(among: seats, table: table, wish: wish, at: loop.now),
                seats[other] !== seat
            {
                if let connection = idleConnection(of: seats[other]) { return hand(connection, to: waiter.caller) }
                let waiter = Waiter(caller: waiter.caller, wish: wish)
                if takeOver(seats[other], for: waiter, isSecond: true) { return }
                if open < configuration.maxConnections { return connect(seats[other], for: waiter, isSecond: true) }
            }
        }
        waiter.caller.connectionFailed(failure.exchangeFailure)
    }
}
