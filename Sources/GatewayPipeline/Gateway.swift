import DocumentationPortal
import GatewayTelemetry
import Glibc
import HTTPExchanges
import HTTPServing
import NIOCore
import RedisConnections
import ResponseCaching
import SocketTransport
import Synchronization
import TrafficPolicies

/// The running gateway: event loops with their workers, public listeners, the admin listener, and the drain.
package final class Gateway: Sendable {
    /// What a gateway is started with.
    package struct Configuration: Sendable {
        /// Public listeners.
        package var listeners: [ListenerPlan] = []
        /// The admin listener, if any.
        package var admin: ListenerAddress?
        /// Number of event loops.
        package var workers = 1
        /// What the public listeners allow.
        package var limits = ServingLimits()
        /// How exchanges are logged; nil: not at all.
        package var accessLog: AccessLog.Format?
        /// Time between "not ready" and the end of accepting.
        package var readinessDelay = TimeAmount.zero
        /// Time for exchanges in flight when the gateway ends.
        package var grace = TimeAmount.seconds(25)
        /// Bytes that stored replies may take.
        package var cacheMemory = 64 << 20
        /// The server of the second level; nil for none.
        package var cacheServer: RedisAddress?
        /// Where traces go; nil for nowhere.
        package var traces: TraceDestination?
        /// Writes a line for the operator.
        package var notify: @Sendable (String) -> Void = { _ in }

        /// A gateway without listeners.
        package init() {}
    }

    /// One event loop and its worker.
    private struct Post: Sendable {
        let loop: NIOLoopBound<ExchangeLoop>
        let worker: NIOLoopBound<GatewayWorker>
    }

    /// All counters.
    package let metrics: MetricsRegistry
    /// The public listeners in use, by name.
    package let listeners: [(name: String, listener: Listener)]
    /// The admin listener in use.
    package let admin: Listener?
    private let configuration: Configuration
    private let group: SocketLoopGroup
    private let posts: [Post]
    private let logWriter: AccessLogWriter?
    private let readiness: Readiness
    private let keySets: KeySetKeeper
    private let sharedStore: RedisService?
    private let endUpstreams: @Sendable () async -> Void
    private let traces: TraceExporter?

    private init(
        configuration: Configuration, metrics: MetricsRegistry, group: SocketLoopGroup, posts: [Post],
        listeners: [(name: String, listener: Listener)], admin: Listener?, logWriter: AccessLogWriter?,
        readiness: Readiness, keySets: KeySetKeeper, sharedStore: RedisService?,
        endUpstreams: @escaping @Sendable () async -> Void, traces: TraceExporter?
    ) {
        self.configuration = configuration
        self.metrics = metrics
        self.group = group
        self.posts = posts
        self.listeners = listeners
        self.admin = admin
        self.logWriter = logWriter
        self.readiness = readiness
        self.keySets = keySets
        self.sharedStore = sharedStore
        self.endUpstreams = endUpstreams
        self.traces = traces
    }

    /// Starts serving `snapshot`; returns when every listener accepts connections.
    ///
    /// - Throws: the system's error when an address cannot be bound; everything started before is ended again.
    package static func start(
        _ configuration: Configuration, snapshot: Snapshot, metrics: MetricsRegistry,
        report: AdminReport
    ) async throws -> Gateway {
        let group = try SocketLoopGroup(count: configuration.workers)
        let logWriter = configuration.accessLog.map { _ in AccessLogWriter() }
        let readiness = Readiness()
        let cache = ResponseCache(budget: configuration.cacheMemory)
        let upstreams = UpstreamKeeper(snapshot, notify: configuration.notify)
        metrics.endpoints.use(upstreams.rows)
        var posts: [Post] = []
        var started: [(name: String, listener: Listener)] = []
        do {
            for (index, eventLoop) in group.loops.enumerated() {
                let log = configuration
                let post = try await eventLoop.submit { () -> Post in
                    let loop = ExchangeLoop(eventLoop: eventLoop, fields: log.limits.head.fields) { Int64(time(nil)) }
                    let access = log.accessLog.flatMap { format in
                        logWriter.map { AccessLog(format: format, writer: $0) }
                    }
                    let worker = GatewayWorker(
                        index: index, loop: loop, snapshot: snapshot, services: upstreams.services,
                        metrics: metrics.shard(worker: index), log: access,
                        cache: cache, cacheMetrics: metrics.cache)
                    worker.start()
                    return Post(
                        loop: NIOLoopBound(loop, eventLoop: eventLoop),
                        worker: NIOLoopBound(worker, eventLoop: eventLoop))
                }.get()
                posts.append(post)
            }
            let insights = InsightKeeper(snapshot, metrics: metrics)
            let limits = snapshot.rows.contains { $0.traffic?.limitsRate == true } ? RateLimitTable() : nil
            for post in posts {
                try await post.worker.eventLoop.submit {
                    post.worker.value.insights = insights
                    post.worker.value.limits = limits
                }.get()
            }
            if let insights {
                let interval = TimeAmount.seconds(Int64(InsightKeeper.interval))
                posts[0].worker.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
                    insights.sample()
                }
            }
            let keySets = try await keepKeySets(posts, configuration, metrics: metrics)
            await keySets.serve(snapshot)
            let traces = configuration.traces.map {
                TraceExporter($0, queue: metrics.spans, notify: configuration.notify)
            }
            if let share = configuration.traces?.share {
                for post in posts {
                    try await post.worker.eventLoop.submit {
                        post.worker.value.tracer = WorkerTracer(queue: metrics.spans, share: share)
                    }.get()
                }
            }
            traces?.start()
            let endUpstreams = try await upstreams.start(on: posts.map(\.loop))
            let sharedStore = try await shareStore(posts, configuration, metrics: metrics.cache)
            for plan in configuration.listeners {
                var seats: [Listener.Seat] = []
                for post in posts {
                    let seat = try await post.worker.eventLoop.submit {
                        Listener.Seat(
                            loop: post.loop,
                            provider: NIOLoopBound(
                                post.worker.value as any ExchangeResponderProvider, eventLoop: post.worker.eventLoop))
                    }.get()
                    seats.append(seat)
                }
                started.append(
                    (
                        plan.name,
                        try await Listener.start(
                            on: plan.address, protocols: plan.protocols, limits: configuration.limits, seats: seats)
                    ))
            }
            let admin = try await startAdmin(
                configuration, post: posts[0], metrics: metrics, readiness: readiness, report: report,
                pages: snapshot.portal, insights: insights,
                purge: CachePurge(
                    cache: cache, snapshot: snapshot, metrics: metrics.cache,
                    share: purgeElsewhere(posts, configuration)))
            readiness.isReady = true
            return Gateway(
                configuration: configuration, metrics: metrics, group: group, posts: posts, listeners: started,
                admin: admin, logWriter: logWriter, readiness: readiness, keySets: keySets,
                sharedStore: sharedStore, endUpstreams: endUpstreams, traces: traces)
        } catch {
            for (_, listener) in started { await listener.stopAccepting() }
            await group.shutdown()
            throw error
        }
    }

    /// The keeper of key sets on the first loop, and the way to it from every worker.
    private static func keepKeySets(
        _ posts: [Post], _ configuration: Configuration, metrics: MetricsRegistry
    ) async throws -> KeySetKeeper {
        let eventLoop = posts[0].worker.eventLoop
        let keeper = try await eventLoop.submit {
            KeySetKeeper(
                workers: posts.map(\.worker), on: eventLoop, metrics: metrics.keySets, notify: configuration.notify)
        }.get()
        for post in posts {
            try await post.worker.eventLoop.submit {
                post.worker.value.keySets = keeper
            }.get()
        }
        return keeper
    }

    /// Gives every worker its way to the second level of the store; the connection to it.
    private static func shareStore(
        _ posts: [Post], _ configuration: Configuration, metrics: CacheMetrics
    ) async throws -> RedisService? {
        guard let address = configuration.cacheServer else { return nil }
        metrics.shared.use()
        let node = (0..<16).map { _ in UInt8.random(in: 0...255) }
        var stores: [NIOLoopBound<SharedStore>] = []
        for (index, post) in posts.enumerated() {
            stores.append(
                try await post.worker.eventLoop.submit {
                    let store = SharedStore(
                        worker: post.worker.value, metrics: metrics.shared, node: node, isListening: index == 0,
                        notify: configuration.notify)
                    post.worker.value.shared = store
                    return NIOLoopBound(store, eventLoop: post.worker.eventLoop)
                }.get())
        }
        let all = stores
        let service = try RedisService(
            address, subscription: SharedStore.channel,
            received: { message in
                guard let first = all.first else { return }
                first.eventLoop.execute { first.value.hear(message) }
            },
            changed: { isReady in
                for store in all { store.eventLoop.execute { store.value.changed(isReady) } }
            })
        for store in stores { try await store.eventLoop.submit { store.value.use(service) }.get() }
        service.start()
        return service
    }

    /// Passes requests to purge on to other nodes; nil where there is no second level.
    private static func purgeElsewhere(
        _ posts: [Post], _ configuration: Configuration
    ) -> (@Sendable ([UInt8], [[UInt8]]) -> Void)? {
        guard configuration.cacheServer != nil, let worker = posts.first?.worker else { return nil }
        return { request, groups in
            worker.eventLoop.execute { worker.value.shared?.purge(request, groups: groups) }
        }
    }

    /// Starts the admin listener on the first loop.
    private static func startAdmin(
        _ configuration: Configuration, post: Post, metrics: MetricsRegistry, readiness: Readiness,
        report: AdminReport, pages: DocumentationPortal?, insights: InsightKeeper?, purge: CachePurge
    ) async throws -> Listener? {
        guard let address = configuration.admin else { return nil }
        let eventLoop = post.loop.eventLoop
        let seat = try await eventLoop.submit { () -> Listener.Seat in
            let provider = AdminResponderProvider(
                loop: post.loop.value, metrics: metrics, readiness: readiness, report: report, pages: pages,
                insights: insights, purge: purge)
            return Listener.Seat(
                loop: post.loop,
                provider: NIOLoopBound(provider as any ExchangeResponderProvider, eventLoop: eventLoop))
        }.get()
        return try await Listener.start(on: address, limits: ServingLimits(), seats: [seat])
    }

    /// Ends the gateway: not ready, no new connections, exchanges in flight finish within the grace time.
    ///
    /// - Returns: whether every exchange could finish.
    @discardableResult
    package func drain() async -> Bool {
        readiness.isReady = false
        try? await Task.sleep(nanoseconds: UInt64(max(0, configuration.readinessDelay.nanoseconds)))
        for post in posts {
            try? await post.loop.eventLoop.submit { post.loop.value.isDraining = true }.get()
        }
        for (_, listener) in listeners { await listener.stopAccepting() }
        for (_, listener) in listeners { await listener.drainConnections() }
        let end = NIODeadline.now() + configuration.grace
        var isEmpty = await isIdle()
        while !isEmpty, NIODeadline.now() < end {
            try? await Task.sleep(nanoseconds: 20_000_000)
            isEmpty = await isIdle()
        }
        await stop()
        return isEmpty
    }

    /// Whether nobody is connected, and nothing is being undone for somebody who was.
    private func isIdle() async -> Bool {
        guard await openConnections() == 0 else { return false }
        for post in posts {
            let sagas = try? await post.worker.eventLoop.submit { post.worker.value.sagas.count }.get()
            guard sagas ?? 0 == 0 else { return false }
        }
        return true
    }

    /// Connections of public listeners that are open.
    private func openConnections() async -> Int {
        var count = 0
        for (_, listener) in listeners { count += await listener.connectionCount() }
        return count
    }

    /// Ends everything at once.
    package func stop() async {
        for (_, listener) in listeners { await listener.stopAccepting() }
        await admin?.stopAccepting()
        keySets.stop()
        sharedStore?.stop()
        await endUpstreams()
        for post in posts {
            try? await post.worker.eventLoop.submit {
                post.worker.value.flush()
                post.worker.value.shared = nil
                post.loop.value.stopTicking()
            }.get()
        }
        await traces?.stop()
        logWriter?.stop()
        await group.shutdown()
    }
}

/// Whether the gateway takes new requests, as `/readyz` tells it.
final class Readiness: Sendable {
    private let state = Atomic<Bool>(false)

    /// Set when a snapshot serves and the process is not draining.
    var isReady: Bool {
        get { state.load(ordering: .acquiring) }
        set { state.store(newValue, ordering: .releasing) }
    }
}
