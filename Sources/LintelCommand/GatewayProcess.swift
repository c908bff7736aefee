import ArgumentParser
import GatewayPipeline
import GatewaySettings
import GatewayTelemetry
import Glibc
import HTTPExchanges
import HTTPServing
import NIOCore
import RedisConnections
import SourceDiagnostics

/// A gateway as a process runs it: loaded, started, waiting for the signal to end.
struct GatewayProcess {
    /// The running gateway.
    let gateway: Gateway
    private let reloader: GatewayReloader
    private var signals: SignalWaiter
    /// Looks at the files; nil when nobody does.
    private let watching: Task<Void, Never>?
    /// Where the next process gets the listeners; nil when it does not.
    private let point: HandOverPoint?

    /// Loads and starts a gateway; says what is wrong and ends with exit code 2 when it cannot.
    ///
    /// - Parameters:
    ///   - publicPort: a port on 127.0.0.1 that replaces the public listeners of the settings.
    ///   - watches: whether changed files are loaded while it serves.
    ///   - handOver: path of the socket through which listening sockets pass from one process to the next.
    static func start(
        _ option: RoutesOption, publicPort: Int? = nil, watches: Bool = true, handOver: String? = nil
    ) async throws -> GatewayProcess {
        signal(SIGPIPE, SIG_IGN)
        let signals = SignalWaiter([SIGTERM, SIGINT, SIGHUP])
        let outcome = option.load(withPages: true)
        guard let settings = outcome.settings, let snapshot = outcome.snapshot else {
            Terminal.error.write(outcome.diagnostics)
            Terminal.error.write(Summary.text(outcome.diagnostics, in: option.folder))
            throw ExitCode(2)
        }
        Terminal.error.write(outcome.diagnostics)
        let resolved = snapshot.resolvingNames()
        for plan in resolved.upstreams where plan.configuration.endpoints.count < plan.targets.count {
            Terminal.error.write("lintel: some targets of the upstream \(plan.configuration.name) have no address")
        }
        let surroundings = GatewayReloader.Surroundings(
            folder: option.folder,
            configuration: { settings, listeners in
                var configuration = Self.configuration(settings, listeners)
                configuration.notify = { Terminal.error.write($0) }
                if let publicPort {
                    configuration.listeners = [
                        ListenerPlan(name: "public", address: .tcp(host: "127.0.0.1", port: publicPort))
                    ]
                }
                return configuration
            },
            notify: { Terminal.error.write($0) }, now: { wallClock() })
        do {
            let claim = try handOver.flatMap { try HandOverClaim($0) }
            var configuration = surroundings.configuration(settings, outcome.listeners)
            configuration.traces = outcome.traces
            configuration.adopted = claim?.sockets ?? [:]
            let gateway = try await Gateway.start(
                configuration, snapshot: resolved, metrics: outcome.metrics,
                report: AdminReport(
                    routes: RouteListing(resolved).json,
                    configuration: ConfigurationListing(
                        outcome, resolved, reload: ReloadReport(startedAt: Double(wallClock()) / 1e9)
                    ).json))
            let reloader = GatewayReloader(gateway, serving: resolved, of: outcome, surroundings)
            for (name, listener) in gateway.listeners {
                Terminal.error.write("listening on \(text(listener.address)) (\(name))")
            }
            if let admin = gateway.admin { Terminal.error.write("listening on \(text(admin.address)) (admin)") }
            let point = try handOver.map { path in
                try HandOverPoint(path, gateway: gateway, taken: signals.handedOver)
            }
            claim?.complete(taking: gateway.listenerNames)
            if claim != nil { Terminal.error.write("took over from the process before") }
            let watching = watches ? Task { await reloader.keepUp() } : nil
            return GatewayProcess(
                gateway: gateway, reloader: reloader, signals: signals, watching: watching, point: point)
        } catch {
            Terminal.error.write("lintel: cannot listen: \(error)")
            throw ExitCode(2)
        }
    }

    /// Serves until the process is asked to end, or another one has taken over; exchanges in flight finish. SIGHUP has
    /// everything loaded anew meanwhile.
    mutating func serveToTheEnd() async {
        var taken: Set<String> = []
        waiting: while let arrival = await signals.next() {
            switch arrival {
            case .signal(SIGHUP): Task { [reloader] in await reloader.reload() }
            case .signal: break waiting
            case .handedOver(let names):
                taken = names
                break waiting
            }
        }
        watching?.cancel()
        point?.stop()
        Terminal.error.write(taken.isEmpty ? "draining" : "draining: another process has taken over")
        let isEmpty = await gateway.drain(handedOver: taken)
        Terminal.error.write(isEmpty ? "drained" : "ended with exchanges in flight")
    }

    /// What the gateway is started with.
    private static func configuration(
        _ settings: GatewaySettings, _ listeners: [ListenerPlan]
    ) -> Gateway.Configuration {
        var configuration = Gateway.Configuration()
        let defaults = settings.resolve(api: "").exchange
        configuration.listeners = listeners
        configuration.admin = ListenerAddress(settings.admin.bind)
        configuration.workers = settings.workers
        if let cache = settings.cache {
            configuration.cacheMemory = cache.memory
            configuration.cacheServer = cache.redis?.withBytes { RedisAddress($0) }
            configuration.cacheServer?.authorities = cache.redisAuthorities?.content.withBytes { $0 }
        }
        configuration.limits.head = HeadLimits(
            bytes: defaults.limits.requestHead.value, fields: defaults.limits.headerCount.value)
        configuration.limits.headTimeout = TimeAmount(defaults.timeouts.requestHead.value)
        configuration.limits.contentTimeout = TimeAmount(defaults.timeouts.requestBody.value)
        configuration.limits.idleTimeout = TimeAmount(defaults.timeouts.idle.value)
        configuration.limits.connections = OpenFiles.connectionLimit(
            workers: settings.workers,
            upstreamConnections: settings.upstreams.reduce(0) { $0 + $1.value.pool.maxConnections })
        configuration.targetLatency = settings.overload?.targetLatency.map { TimeAmount($0) }
        configuration.memoryBudget = settings.overload?.memory
        configuration.readinessDelay = TimeAmount(settings.drain.readinessDelay)
        configuration.grace = TimeAmount(settings.drain.grace)
        configuration.accessLog =
            switch settings.telemetry.accessLog {
            case .json: .json
            case .text: .text
            case .none: nil
            }
        return configuration
    }

    /// Nanoseconds since 1970.
    private static func wallClock() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// An address as people write it.
    private static func text(_ address: SocketAddress) -> String {
        if let path = address.pathname, !path.isEmpty { return "unix:\(path)" }
        let host = address.ipAddress ?? "?"
        return "\(host.contains(":") ? "[\(host)]" : host):\(address.port ?? 0)"
    }
}

/// The process' limit on open files.
enum OpenFiles {
    /// Raises the limit as far as is allowed and says how many client connections each worker may then hold.
    ///
    /// - Parameter upstreamConnections: most connections that the pools may open; those files are kept for them, and
    ///   some for everything else.
    static func connectionLimit(workers: Int, upstreamConnections: Int) -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 512 }
        limit.rlim_cur = min(limit.rlim_max, 1 << 20)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let files = Int(min(limit.rlim_cur, 1 << 20))
        // However many upstreams there are, clients get at least half.
        let reserved = min(upstreamConnections + 64, files / 2)
        return max(16, (files - reserved) / max(1, workers))
    }
}
