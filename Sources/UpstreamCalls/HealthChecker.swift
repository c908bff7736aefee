import HTTPExchanges
import NIOCore

/// Asks the endpoints of one upstream for their health, all from one loop: what it finds holds for every loop.
///
/// Each endpoint is asked on a connection of its own that serves for nothing else, so that a full pool does not make an
/// endpoint look sick. A reply from 200 to 399 in time is good; anything else is not.
package final class HealthChecker {
    /// The way from other threads to a checker that may be gone by then.
    private final class Address {
        weak var checker: HealthChecker?
        init(_ checker: HealthChecker) { self.checker = checker }
    }

    private let service: UpstreamService
    private let policy: ActiveHealthPolicy
    private let loop: ExchangeLoop
    private var random: RandomSource
    private var probes: [HealthProbe] = []
    private var subscription = 0

    /// A checker that begins at once; nil where the settings want none. Called on the loop.
    package init?(_ service: UpstreamService, loop: ExchangeLoop, seed: UInt64) {
        guard let policy = service.configuration.activeHealth else { return nil }
        self.service = service
        self.policy = policy
        self.loop = loop
        random = RandomSource(seed: seed)
        let eventLoop = loop.eventLoop
        let address = NIOLoopBound(Address(self), eventLoop: eventLoop)
        let (membership, number) = service.listen { membership in
            eventLoop.execute { address.value.checker?.use(membership) }
        }
        subscription = number
        use(membership)
    }

    /// Ends all questions. Called on the loop.
    package func stop() {
        service.stopListening(subscription)
        for probe in probes { probe.stop() }
        probes = []
    }

    /// Asks these endpoints from now on.
    private func use(_ membership: UpstreamService.Membership) {
        let before = probes
        probes = membership.states.map { state in
            before.first { $0.state === state }
                ?? HealthProbe(state, of: service, policy: policy, loop: loop, seed: random.next())
        }
        for probe in before where !probes.contains(where: { $0 === probe }) { probe.stop() }
    }
}

/// Asks one endpoint for its health, again and again.
private final class HealthProbe: UpstreamCaller, DeadlineOwner {
    /// The endpoint.
    let state: EndpointState
    private let service: UpstreamService
    private let policy: ActiveHealthPolicy
    private let loop: ExchangeLoop
    private let pool: UpstreamPool
    private let question: ByteBuffer
    private var random: RandomSource
    private var slot = -1
    private var isAsking = false
    private var connection: UpstreamConnection?
    /// Results in a row: passed ones above zero, failed ones below.
    private var run = 0
    private var isDown = false

    init(
        _ state: EndpointState, of service: UpstreamService, policy: ActiveHealthPolicy, loop: ExchangeLoop,
        seed: UInt64
    ) {
        self.state = state
        self.service = service
        self.policy = policy
        self.loop = loop
        random = RandomSource(seed: seed)
        // The same settings, so that questions go the way that calls go, but nothing that would judge by the answers.
        var configuration = service.configuration
        configuration.endpoints = [
            UpstreamEndpoint(
                address: state.endpoint.address, name: state.endpoint.name, security: state.endpoint.security)
        ]
        configuration.balancing = .roundRobin
        configuration.activeHealth = nil
        configuration.circuit = nil
        configuration.maxEjected = 0
        configuration.connectTimeout = policy.timeout
        pool = UpstreamPool(UpstreamService(configuration), loop: loop, seed: seed)
        question = ByteBuffer(
            string: """
                GET \(policy.path) HTTP/1.1\r
                Host: \(state.endpoint.name)\r
                User-Agent: Lintel-Health\r
                Connection: close\r
                \r

                """)
        slot = loop.deadlines.register(self)
        // At once, but not all in the same moment.
        loop.deadlines.set(slot, to: loop.now + .nanoseconds(Int64(random.next(below: 50e6))))
    }

    /// Ends the questions.
    func stop() {
        loop.deadlines.unregister(slot)
        slot = -1
        giveUp()
        pool.close()
    }

    func deadlinePassed(now: NIODeadline) {
        guard slot >= 0 else { return }
        if isAsking {
            giveUp()
            return judge(false, "no reply in time")
        }
        isAsking = true
        loop.deadlines.set(slot, to: now + policy.timeout)
        pool.lease(to: self)
    }

    private func giveUp() {
        if isAsking { pool.withdraw(self) }
        connection?.cancel()
        connection = nil
    }

    /// Notes an answer and puts the next question off.
    private func judge(_ hasPassed: Bool, _ reason: String) {
        guard isAsking, slot >= 0 else { return }
        isAsking = false
        run = hasPassed ? max(1, run + 1) : min(-1, run - 1)
        if run >= policy.upAfter { isDown = false }
        if run <= -policy.downAfter { isDown = true }
        service.recordCheck(of: state, hasPassed: hasPassed, isDown: isDown, reason: reason, at: loop.now)
        // A tenth more or less, so that gateways that began together do not go on asking together.
        let interval = Double(policy.interval.nanoseconds) * (0.9 + random.next(below: 0.2))
        loop.deadlines.set(slot, to: loop.now + .nanoseconds(Int64(interval)))
    }

    // MARK: The answer

    func connected(_ connection: UpstreamConnection) {
        guard isAsking, slot >= 0 else { return connection.cancel() }
        self.connection = connection
        connection.send(head: question, answersHEAD: false, isComplete: true)
    }

    func connectionFailed(_ failure: ExchangeFailure) { judge(false, failure.name) }

    func callFailed(_ failure: ExchangeFailure) {
        connection = nil
        judge(false, failure.name)
    }

    func received(
        _ table: HeadTable, head: ByteBuffer, bytes: UnsafeRawBufferPointer, content: ByteBuffer?, isComplete: Bool
    ) {
        let status = table.status
        // Nobody reads what it has to say.
        if !isComplete { connection?.cancel() }
        connection = nil
        judge((200..<400).contains(status), "status \(status)")
    }

    func receivedInterim(_ table: HeadTable, bytes: UnsafeRawBufferPointer) {}
    func received(content: ByteBuffer) {}
    func receivedEnd(trailers: [UInt8]) {}
    func upstreamWritabilityChanged(_ isWritable: Bool) {}
}
