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
        /// Listening sockets of the process before, by the names that ``Gateway/listenerNames`` gives.
        package var adopted: [String: [CInt]] = [:]
        /// Where traces go; nil for nowhere.
        package var traces: TraceDestination?
        /// How long a request may wait to be looked at; nil where nothing is turned away for that.
        package var targetLatency: TimeAmount?
        /// Bytes of resident memory beyond which requests are turned away; nil for none.
        package var memoryBudget: Int?
        /// Writes a line for the operator.
        package var notify: @Sendable (String) -> Void = { _ in }

        /// A gateway without listeners.
        package init() {}
    }

    /// One event loop and its worker.
    struct Post: Sendable {
        let loop: NIOLoopBound<ExchangeLoop>
        let worker: NIOLoopBound<GatewayWorker>
    }

    /// All counters.
    package let metrics: MetricsRegistry
    /// What a reload may exchange.
    let standing: Mutex<Standing>
    let group: SocketLoopGroup
    /// The loops with their workers.
    let posts: [Post]
    /// What a reload exchanges.
    let serving: ServingSwitch
    let readiness: Readiness
    /// The keys that are fetched.
    let keySets: KeySetKeeper
    let sharedStore: RedisService?
    /// What is done for the upstreams beside their calls.
    let upstreams: UpstreamKeeper
    /// Sends traces.
    let traces: TraceExporter?
    /// The process' memory.
    let memory: MemoryWatch

    /// What listens, and how.
    struct Standing: Sendable {
        /// What the gateway was started or last reloaded with.
        var configuration: Configuration
        /// The public listeners in use.
        var listeners: [PublicListener]
        /// Listeners that accept nothing any more and may have connections.
        var retiring: [Listener] = []
        /// The admin listener in use.
        var admin: Listener?
        /// Writes the access log.
        var logWriter: AccessLogWriter?
    }

    /// A public listener.
    struct PublicListener: Sendable {
        /// Its name in the settings.
        var name: String
        /// The address in the settings.
        let address: ListenerAddress
        /// The sockets.
        let listener: Listener
    }

    /// The public listeners in use, by name.
    package var listeners: [(name: String, listener: Listener)] {
        standing.withLock { $0.listeners.map { ($0.name, $0.listener) } }
    }

    /// The admin listener in use.
    package var admin: Listener? { standing.withLock { $0.admin } }

    private init(
        _ standing: Standing, metrics: MetricsRegistry, group: SocketLoopGroup, posts: [Post],
        readiness: Readiness, keySets: KeySetKeeper, sharedStore: RedisService?, serving: ServingSwitch,
        upstreams: UpstreamKeeper, traces: TraceExporter?, memory: MemoryWatch
    ) {
        self.memory = memory
        self.standing = Mutex(standing)
        self.serving = serving
        self.upstreams = upstreams
        self.traces = traces
        self.metrics = metrics
        self.group = group
        self.posts = posts
        self.readiness = readiness
        self.keySets = keySets
        self.sharedStore = sharedStore
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
        let upstreams = UpstreamKeeper(notify: configuration.notify)
        metrics.endpoints.use(upstreams.rows)
        let services = upstreams.services(for: snapshot)
        let memory = MemoryWatch()
        var posts: [Post] = []
        var started: [PublicListener] = []
        do {
            for (index, eventLoop) in group.loops.enumerated() {
                let log = configuration
                let post = try await eventLoop.submit { () -> Post in
                    let loop = ExchangeLoop(eventLoop: eventLoop, fields: log.limits.head.fields) { Int64(time(nil)) }
                    let access = log.accessLog.flatMap { format in
                        logWriter.map { AccessLog(format: format, writer: $0) }
                    }
                    let worker = GatewayWorker(
                        index: index, loop: loop, snapshot: snapshot, services: services,
                        metrics: metrics.shard(worker: index), log: access,
                        cache: cache, cacheMetrics: metrics.cache)
                    worker.start(memory)
                    return Post(
                        loop: NIOLoopBound(loop, eventLoop: eventLoop),
                        worker: NIOLoopBound(worker, eventLoop: eventLoop))
                }.get()
                posts.append(post)
            }
            let keySets = try await keepKeySets(posts, configuration, metrics: metrics)
            let serving = try await posts[0].worker.eventLoop.submit { [posts] in
                let provider = AdminResponderProvider(
                    loop: posts[0].loop.value, metrics: metrics, readiness: readiness,
                    view: AdminView(
                        report: report, pages: nil, insights: nil,
                        purge: CachePurge(cache: cache, snapshot: snapshot, metrics: metrics.cache)))
                return ServingSwitch(
                    posts, metrics: metrics, upstreams: upstreams, keySets: keySets, cache: cache,
                    share: purgeElsewhere(posts, configuration),
                    admin: NIOLoopBound(provider, eventLoop: posts[0].worker.eventLoop))
            }.get()
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
            try await Self.watchLoad(configuration, posts, memory)
            try await serving.serve(snapshot, report: report)
            let sharedStore = try await shareStore(posts, configuration, metrics: metrics.cache)
            for plan in configuration.listeners {
                started.append(
                    PublicListener(
                        name: plan.name, address: plan.address,
                        listener: try await startPublic(plan, configuration, posts: posts)))
            }
            let admin = try await startAdmin(configuration, post: posts[0], serving: serving)
            readiness.isReady = true
            return Gateway(
                Standing(configuration: configuration, listeners: started, admin: admin, logWriter: logWriter),
                metrics: metrics, group: group, posts: posts, readiness: readiness, keySets: keySets,
                sharedStore: sharedStore, serving: serving, upstreams: upstreams, traces: traces,
                memory: memory)
        } catch {
            for entry in started { await entry.listener.stopAccepting() }
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

    /// Has every worker notice when there is too much, as far as the settings want that.
    static func watchLoad(_ configuration: Configuration, _ posts: [Post], _ memory: MemoryWatch) async throws {
        memory.set(configuration.memoryBudget)
        let target = configuration.targetLatency
        let isWanted = target != nil || configuration.memoryBudget != nil
        for post in posts {
            try await post.worker.eventLoop.submit {
                let worker = post.worker.value
                worker.overload = isWanted ? OverloadGate(memory, targetLatency: target?.nanoseconds) : nil
                worker.loop.eventLoop.queueWatch = target == nil ? nil : QueueWatch()
            }.get()
        }
    }

    /// Starts a public listener on every loop.
    static func startPublic(
        _ plan: ListenerPlan, _ configuration: Configuration, posts: [Post], sharesPort: Bool = false
    ) async throws -> Listener {
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
        return try await Listener.start(
            on: plan.address, protocols: plan.protocols, limits: configuration.limits, seats: seats,
            adopting: configuration.adopted[publicName(plan.address)] ?? [], sharesPort: sharesPort)
    }

    /// Starts the admin listener on the first loop.
    static func startAdmin(
        _ configuration: Configuration, post: Post, serving: ServingSwitch, sharesPort: Bool = false
    ) async throws -> Listener? {
        guard let address = configuration.admin else { return nil }
        let eventLoop = post.loop.eventLoop
        let seat = try await eventLoop.submit {
            Listener.Seat(
                loop: post.loop,
                provider: NIOLoopBound(serving.admin.value as any ExchangeResponderProvider, eventLoop: eventLoop))
        }.get()
        return try await Listener.start(
            on: address, limits: ServingLimits(), seats: [seat],
            adopting: configuration.adopted[adminName(address)] ?? [], sharesPort: sharesPort)
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
