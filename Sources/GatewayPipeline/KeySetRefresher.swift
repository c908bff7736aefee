import GatewayTelemetry
import KeySetFetching
import NIOCore
import TrafficPolicies

/// Keeps the keys of one origin fresh: carries out what a ``KeyRotation`` says, on one event loop.
///
/// ```
///   KeyRotation   <- timer, fetched, failed, key was missed
///        | fetch                        | adopt, keep, withdraw, tell
///   KeySetFetcher -> JWKSet             publish: a Keyring.Entry to every worker's loop
/// ```
/// Every call happens on `eventLoop`.
final class KeySetRefresher {
    /// Where the keys come from.
    let origin: KeySetOrigin
    private let eventLoop: any EventLoop
    private let fetcher: KeySetFetcher
    private let metrics: KeySetMetrics
    private let publish: (Keyring.Entry) -> Void
    private let notify: @Sendable (String) -> Void
    private var rotation: KeyRotation
    private var keys: JWKSet?
    private var timer: Scheduled<Void>?
    private var isStopped = false
    /// Whether the last fetch failed: what goes on is not told again.
    private var wasFailing = false

    /// A refresher that does nothing before ``start()``.
    ///
    /// - Parameters:
    ///   - publish: hands an entry to all workers.
    ///   - notify: writes a line for the operator.
    init(
        _ origin: KeySetOrigin, fetcher: KeySetFetcher, on eventLoop: any EventLoop, metrics: KeySetMetrics,
        publish: @escaping (Keyring.Entry) -> Void, notify: @escaping @Sendable (String) -> Void
    ) {
        self.origin = origin
        self.eventLoop = eventLoop
        self.fetcher = fetcher
        self.metrics = metrics
        self.publish = publish
        self.notify = notify
        rotation = KeyRotation(origin.rules, at: .now)
        metrics.add(url: origin.url)
    }

    /// Begins with the first fetch.
    func start() { timePassed() }

    /// Ends; nothing is published any more.
    func stop() {
        isStopped = true
        timer?.cancel()
    }

    /// A token names a key that is not at hand. What comes of it is published, in any case.
    func keyWasMissed() {
        guard !isStopped else { return }
        perform(rotation.keyWasMissed(at: .now))
    }

    private func timePassed() {
        guard !isStopped else { return }
        perform(rotation.timePassed(at: .now))
    }

    private func perform(_ action: KeyRotation.Action) {
        switch action {
        case .none: break
        case .fetch: fetch()
        case .adopt, .keep, .tell: tell()
        case .withdraw:
            keys = nil
            metrics.recordWithdrawal(url: origin.url)
            notify("lintel: the keys of \(origin.url) are too old to be trusted; its tokens are answered 503")
            tell()
        }
        setTimer()
    }

    private func tell() { publish(Keyring.Entry(keys: keys, standing: rotation.standing)) }

    private func setTimer() {
        timer?.cancel()
        timer = nil
        guard !isStopped, let moment = rotation.wakesAt else { return }
        let (seconds, attoseconds) = (moment - .now).components
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        timer = eventLoop.scheduleTask(in: .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)) {
            bound.value.timePassed()
        }
    }

    // MARK: Fetching

    private func fetch() {
        tell()
        fetcher.fetch(for: eventLoop).assumeIsolated().whenComplete { result in
            guard !self.isStopped else { return }
            switch result {
            case .success(let reply): self.received(reply)
            case .failure(let error):
                self.failed(error as? KeySetFetchFailure ?? KeySetFetchFailure(.connect, "\(error)"))
            }
        }
    }

    private func received(_ reply: KeySetReply) {
        do throws(CredentialPolicyError) {
            let set = try JWKSet(parsing: reply.content, algorithms: Set(origin.algorithms), tolerance: .lenient)
            keys = set
            metrics.recordSuccess(
                url: origin.url, keys: set.keys.count, skipped: set.skipped,
                at: Double(GatewayWorker.wallClock()) / 1e9)
            if wasFailing { notify("lintel: the keys of \(origin.url) can be fetched again") }
            wasFailing = false
            perform(rotation.fetched(lifetime: reply.lifetime, at: .now))
        } catch {
            failed(KeySetFetchFailure(.content, error.message))
        }
    }

    private func failed(_ failure: KeySetFetchFailure) {
        metrics.recordFailure(url: origin.url, outcome: failure.kind.rawValue, reason: failure.description)
        if !wasFailing {
            let consequence = keys == nil ? "there are none to use" : "the last good ones go on serving"
            notify("lintel: the keys of \(origin.url) cannot be fetched, and \(consequence): \(failure)")
        }
        wasFailing = true
        perform(rotation.failed(at: .now, chance: .random(in: 0...1)))
    }
}
