import DocumentationPortal
import GatewayTelemetry
import NIOCore
import ResponseCaching
import Synchronization
import TrafficPolicies

/// Puts snapshots into service: each worker gets its new state by a task on its loop, the admin listener its new view.
///
/// What does not belong to a snapshot goes on: stored replies, whose keys name the contract; callers of rate limits, whose
/// keys name the policy; fetched keys, by origin; the counters.
final class ServingSwitch: Sendable {
    /// What is in service.
    private struct Current {
        var insights: InsightKeeper?
        var limits: RateLimitTable?
        var concurrency: ConcurrencyTable?
    }

    private let posts: [Gateway.Post]
    private let metrics: MetricsRegistry
    private let upstreams: UpstreamKeeper
    private let keySets: KeySetKeeper
    private let cache: ResponseCache
    private let share: (@Sendable ([UInt8], [[UInt8]]) -> Void)?
    /// Gives admin connections their responders.
    let admin: NIOLoopBound<AdminResponderProvider>
    private let current = Mutex(Current())

    /// A switch for the workers of `posts`, of which there is at least one.
    ///
    /// - Parameter share: passes requests to purge on to other nodes.
    init(
        _ posts: [Gateway.Post], metrics: MetricsRegistry, upstreams: UpstreamKeeper, keySets: KeySetKeeper,
        cache: ResponseCache,
        share: (@Sendable ([UInt8], [[UInt8]]) -> Void)?, admin: NIOLoopBound<AdminResponderProvider>
    ) {
        self.posts = posts
        self.metrics = metrics
        self.upstreams = upstreams
        self.keySets = keySets
        self.cache = cache
        self.share = share
        self.admin = admin
        let interval = TimeAmount.seconds(Int64(InsightKeeper.interval))
        // The loop ends its repeated tasks with itself.
        admin.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { [weak self] _ in
            self?.current.withLock { $0.insights }?.sample()
        }
    }

    /// Has every new exchange begin with `snapshot`; returns when all workers do. One call at a time.
    ///
    /// - Throws: when an event loop has ended.
    func serve(_ snapshot: Snapshot, report: AdminReport) async throws {
        // What documents do not declare may be limited, too.
        let plans = (snapshot.rows + snapshot.mounts.compactMap(\.undeclared)).compactMap(\.traffic)
        let (insights, limits, concurrency) = current.withLock { current in
            current.insights = InsightKeeper(snapshot, metrics: metrics, replacing: current.insights)
            if current.limits == nil, plans.contains(where: \.limitsRate) {
                current.limits = RateLimitTable()
            }
            if current.concurrency == nil, plans.contains(where: { !$0.concurrency.isEmpty }) {
                current.concurrency = ConcurrencyTable()
            }
            return (current.insights, current.limits, current.concurrency)
        }
        let services = upstreams.services(for: snapshot)
        for post in posts {
            try await post.worker.eventLoop.submit {
                let worker = post.worker.value
                worker.limits = limits
                worker.concurrency = concurrency
                worker.serve(snapshot, services, insights: insights)
            }.get()
        }
        try await upstreams.attend(on: posts.map(\.loop))
        // Only now: nobody on the snapshot before asks for keys that are given up here.
        await keySets.serve(snapshot)
        let purge = CachePurge(cache: cache, snapshot: snapshot, metrics: metrics.cache, share: share)
        try await admin.eventLoop.submit { [admin] in
            admin.value.view = AdminView(report: report, pages: snapshot.portal, insights: insights, purge: purge)
        }.get()
    }

    /// Shows another report of the same snapshot.
    func show(_ report: AdminReport) async throws {
        try await admin.eventLoop.submit { [admin] in
            let view = admin.value.view
            admin.value.view = AdminView(
                report: report, pages: view.pages, insights: view.insights, purge: view.purge)
        }.get()
    }
}
