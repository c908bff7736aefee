import GatewayTelemetry
import KeySetFetching
import NIOCore
import TrafficPolicies

/// The refreshers of all key sets that a gateway's snapshot needs, one for each origin.
///
/// All live on one event loop of the workers; what they bring goes to each worker by a task on its loop. Whoever swaps in
/// another snapshot calls ``serve(_:)`` right behind: origins that stay keep their keys and their schedule, and requests
/// that need a new one wait for its first fetch.
final class KeySetKeeper: Sendable {
    private let workers: [NIOLoopBound<GatewayWorker>]
    private let home: NIOLoopBound<Home>
    /// What became of the fetches.
    let metrics: KeySetMetrics
    private let notify: @Sendable (String) -> Void

    /// What belongs to the refreshers' loop.
    private final class Home {
        var refreshers: [KeySetOrigin: KeySetRefresher] = [:]
    }

    /// A keeper whose refreshers live on the first worker's loop; called on that loop.
    ///
    /// - Parameters:
    ///   - workers: at least one.
    ///   - notify: writes a line for the operator.
    init(
        workers: [NIOLoopBound<GatewayWorker>], on eventLoop: any EventLoop, metrics: KeySetMetrics,
        notify: @escaping @Sendable (String) -> Void
    ) {
        self.workers = workers
        self.metrics = metrics
        self.notify = notify
        home = NIOLoopBound(Home(), eventLoop: eventLoop)
    }

    /// Starts what a snapshot needs and ends what it does not. Does not wait for the first fetches.
    func serve(_ snapshot: Snapshot) async {
        var fetchers: [(KeySetOrigin, KeySetFetcher)] = []
        for origin in snapshot.keySetOrigins {
            do throws(KeySetFetchFailure) {
                fetchers.append((origin, try KeySetFetcher(origin)))
            } catch {
                notify("lintel: the keys of \(origin.url) cannot be fetched: \(error)")
                // Nobody waits for what does not come.
                let never = KeyRotation.Standing(isFetching: false, isFailing: true, asksFrom: .now + .seconds(86_400))
                Self.hand(Keyring.Entry(keys: nil, standing: never), of: origin, to: workers)
            }
        }
        let found = fetchers
        try? await home.eventLoop.submit { self.adopt(found) }.get()
    }

    /// A worker met a token whose key is not at hand. May be called on any loop.
    func keyWasMissed(of origin: KeySetOrigin) {
        home.eventLoop.execute { [home] in home.value.refreshers[origin]?.keyWasMissed() }
    }

    /// Ends all refreshers.
    func stop() {
        home.eventLoop.execute { [home] in
            for refresher in home.value.refreshers.values { refresher.stop() }
            home.value.refreshers = [:]
        }
    }

    /// Replaces the refreshers; on their loop.
    private func adopt(_ fetchers: [(origin: KeySetOrigin, fetcher: KeySetFetcher)]) {
        let home = home.value
        let wanted = Set(fetchers.map(\.origin))
        for (origin, refresher) in home.refreshers where !wanted.contains(origin) {
            refresher.stop()
            home.refreshers[origin] = nil
            Self.hand(nil, of: origin, to: workers)
        }
        for (origin, fetcher) in fetchers where home.refreshers[origin] == nil {
            let refresher = KeySetRefresher(
                origin, fetcher: fetcher, on: self.home.eventLoop, metrics: metrics,
                publish: { [workers] entry in Self.hand(entry, of: origin, to: workers) }, notify: notify)
            home.refreshers[origin] = refresher
            refresher.start()
        }
    }

    /// Hands an entry to each worker on its loop.
    private static func hand(
        _ entry: Keyring.Entry?, of origin: KeySetOrigin, to workers: [NIOLoopBound<GatewayWorker>]
    ) {
        for worker in workers {
            worker.eventLoop.execute { worker.value.take(entry, of: origin) }
        }
    }
}

extension Snapshot {
    /// The key sets that somebody has to fetch for the snapshot, each once.
    package var keySetOrigins: Set<KeySetOrigin> {
        let rows = rows + mounts.compactMap(\.undeclared)
        return Set(rows.flatMap { $0.security?.keySetOrigins ?? [] })
    }
}
