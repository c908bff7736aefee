import GatewayTelemetry
import Glibc
import HTTPExchanges
import MessageContracts
import NIOCore
import RequestRouting
import ResponseCaching
import TrafficPolicies
import UpstreamCalls

/// One event loop at work: its share of everything, so that no exchange ever leaves its thread.
///
/// A worker holds the snapshot that new exchanges begin with, its own connections to the upstreams, its own counters,
/// log buffer and working space. Exchanges are objects that are used again and again.
final class GatewayWorker: ExchangeResponderProvider {
    /// Number of the worker, from 0.
    let index: Int
    /// The loop's shared state.
    let loop: ExchangeLoop
    /// What new exchanges begin with.
    private(set) var serving: ServingState
    /// Sagas that are being undone; they outlive their exchanges.
    var sagas: [ObjectIdentifier: CompositionRun] = [:]
    /// Tunnels that are open.
    var tunnels: [ObjectIdentifier: Tunnel] = [:]
    /// The worker's counters.
    let metrics: MetricsShard
    /// The worker's log; nil when the settings say `none`.
    private var log: AccessLog?
    /// Makes request ids.
    private var requestIDs = RequestIDGenerator()
    /// The store of the process.
    let cache: ResponseCache
    /// The second level of the store; nil where there is none.
    var shared: SharedStore?
    /// What the store did since the last flush, by decision.
    var cacheDecisions = [UInt64](repeating: 0, count: CacheStatus.Decision.allCases.count)
    /// Where that is added up.
    private let cacheMetrics: CacheMetrics
    /// Working space for a path that is not in canonical form.
    var pathBuffer = PathBuffer()
    /// Pages of the documentation that were read here.
    var pages = PageCache()
    /// The worker's part in traces; nil where none are sent.
    var tracer: WorkerTracer?
    /// Working space for the values of path parameters.
    var captures = RouteCaptures()
    /// Working space for contract checks.
    var contracts = ContractWorkspace()
    /// The callers of rate limits, for all workers; nil where nothing is limited.
    var limits: RateLimitTable?
    /// Requests under way by caller, for all workers; nil where nothing limits them.
    var concurrency: ConcurrencyTable?
    /// Notices that there is too much; nil where nothing is said about that.
    var overload: OverloadGate?
    /// Working space for checking credentials.
    var credentials = CredentialWorkspace()
    /// Exchanges that wait for keys, at most ``waitingLimit``.
    var waiting: [GatewayExchange] = []
    /// Fetches keys; it holds the workers, not the other way round.
    weak var keySets: KeySetKeeper?
    private var idle: [GatewayExchange] = []

    /// A worker on `loop` that serves `snapshot`.
    init(
        index: Int, loop: ExchangeLoop, snapshot: Snapshot, services: [UpstreamService], metrics: MetricsShard,
        log: AccessLog?, cache: ResponseCache = ResponseCache(budget: 0), cacheMetrics: CacheMetrics = CacheMetrics()
    ) {
        self.cache = cache
        self.cacheMetrics = cacheMetrics
        self.index = index
        self.loop = loop
        serving = ServingState(snapshot, services, loop: loop)
        self.metrics = metrics
        self.log = log
    }

    /// Starts what runs beside the exchanges: the log's flush, the pools' gauges, and looking whether there is too much.
    /// Called on the loop.
    func start(_ memory: MemoryWatch) {
        loop.startTicking()
        let worker = NIOLoopBound(self, eventLoop: loop.eventLoop)
        loop.eventLoop.scheduleRepeatedTask(initialDelay: .milliseconds(200), delay: .milliseconds(200)) { _ in
            worker.value.flush()
        }
        loop.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: MemoryWatch.interval) { _ in
            worker.value.lookForOverload(memory)
        }
    }

    /// Looks whether there is too much.
    private func lookForOverload(_ memory: MemoryWatch) {
        if index == 0 {
            memory.look()
            metrics.setMemory(bytes: memory.residentBytes)
        }
        guard let overload, let wait = loop.eventLoop.queueWatch?.takeShortest() else { return }
        overload.shed?.observe(wait)
    }

    /// Flushes the log and states the gauges.
    func flush() {
        log?.flush()
        tracer?.flush()
        metrics.samples.turn(at: Self.wallClock())
        flushCacheDecisions()
        metrics.setConnections(
            accepted: loop.acceptedConnections, refused: loop.refusedConnections, open: loop.openConnections)
        for lane in serving.lanes {
            let census = lane.pool.census
            metrics.setPool(
                PoolGauges(open: census.open, leased: census.leased, pending: census.pending),
                upstream: lane.plan.metrics)
        }
    }

    /// Adds up what the store did.
    private func flushCacheDecisions() {
        guard cacheDecisions.contains(where: { $0 > 0 }) || index == 0 && cacheMetrics.isUsed else { return }
        let figures = index == 0 ? cache.statistics : nil
        cacheMetrics.add(
            zip(CacheStatus.Decision.allCases, cacheDecisions).filter { $0.1 > 0 }.map { ($0.0.rawValue, $0.1) },
            bytes: figures.map(\.bytes), entries: figures.map(\.entries), evictions: figures.map(\.evictions))
        for place in cacheDecisions.indices { cacheDecisions[place] = 0 }
    }

    /// Makes the stored replies of these groups invalid, here and in the fleet.
    func invalidateStored(_ groups: [[UInt8]]) {
        cache.invalidate(groups: groups)
        shared?.invalidate(groups)
    }

    /// Logs from now on to `log`, or nowhere.
    func change(log next: AccessLog?) {
        log?.flush()
        log = next
    }

    /// Closes the connections to upstreams that are at rest: the loop is about to end.
    func end() {
        for lane in serving.lanes { lane.pool.close() }
    }

    // MARK: Exchanges

    func responder() -> any ExchangeResponder {
        idle.popLast() ?? GatewayExchange(worker: self)
    }

    /// Takes an exchange back that is over.
    func giveBack(_ exchange: GatewayExchange) {
        if idle.count < 1024, exchange.serving === serving { idle.append(exchange) } else { exchange.retire() }
    }

    /// Has new exchanges begin with another snapshot. Those under way finish on theirs.
    func serve(_ snapshot: Snapshot, _ services: [UpstreamService], insights: InsightKeeper?) {
        let previous = serving
        serving = ServingState(snapshot, services, loop: loop, insights: insights, replacing: previous)
        // Objects that rest would keep what they served before, and all that hangs on it.
        for exchange in idle { exchange.retire() }
        idle.removeAll()
        // The gauges of an upstream that is gone do not stay where they stood.
        let remaining = Set(serving.lanes.map(\.plan.metrics))
        for lane in previous.lanes where !remaining.contains(lane.plan.metrics) {
            metrics.setPool(PoolGauges(open: 0, leased: 0, pending: 0), upstream: lane.plan.metrics)
        }
    }

    /// Makes a request id.
    func makeRequestID(into bytes: inout [UInt8]) {
        let id = requestIDs.next()
        bytes.removeAll(keepingCapacity: true)
        withUnsafeTemporaryAllocation(byteCount: RequestID.length, alignment: 1) { space in
            let count = id.write(to: space)
            bytes.append(contentsOf: space[..<count])
        }
    }

    /// Writes the line of an exchange that is over.
    func record(_ entry: borrowing AccessLogEntry) {
        log?.record(entry)
    }

    /// Whether exchanges are logged at all.
    var isLogging: Bool { log != nil }

    /// Nanoseconds since 1970, for the log.
    static func wallClock() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
