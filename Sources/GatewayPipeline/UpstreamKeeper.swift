import GatewayTelemetry
import HTTPExchanges
import NIOCore
import NIOPosix
import UpstreamCalls

/// What is done for the upstreams beside their calls: their health is asked for, and their names are looked up again.
///
/// Names are looked up by the system's resolver, which blocks, on a thread that does nothing else; so a slow name server
/// delays no exchange, only other names. What it found last serves until it finds something else: a name that cannot be
/// looked up for a while keeps its endpoints.
final class UpstreamKeeper: Sendable {
    /// The upstreams by their index in the snapshot.
    let services: [UpstreamService]
    private let plans: [UpstreamPlan]
    private let notify: @Sendable (String) -> Void
    private let resolver: NIOThreadPool?

    /// The upstreams of `snapshot`, whose names have been resolved once.
    init(_ snapshot: Snapshot, notify: @escaping @Sendable (String) -> Void) {
        plans = snapshot.upstreams
        self.notify = notify
        services = snapshot.upstreams.map { plan in
            let name = plan.configuration.name
            return UpstreamService(plan.configuration) { event in
                notify("lintel: the upstream \(name): \(event.words)")
            }
        }
        let hasNames = plans.contains { $0.targets.contains { !$0.isAddress } }
        resolver = hasNames ? NIOThreadPool(numberOfThreads: 1) : nil
    }

    /// Work that ends with the keeper. Touched on its loop only.
    private final class Chores {
        var checker: HealthChecker?
        var lookups: RepeatedTask?
    }

    /// Begins, spread over these loops; returns what ends it.
    func start(on loops: [NIOLoopBound<ExchangeLoop>]) async throws -> @Sendable () async -> Void {
        resolver?.start()
        var ends: [@Sendable () async -> Void] = []
        for (index, service) in services.enumerated() where !loops.isEmpty {
            let loop = loops[index % loops.count]
            let eventLoop = loop.eventLoop
            let plan = plans[index]
            let chores = try await eventLoop.submit { [self] in
                let chores = Chores()
                chores.checker = HealthChecker(service, loop: loop.value, seed: .random(in: 0...UInt64.max))
                if plan.targets.contains(where: { !$0.isAddress }) {
                    chores.lookups = eventLoop.scheduleRepeatedTask(
                        initialDelay: plan.resolveEvery, delay: plan.resolveEvery
                    ) { [weak self] _ in self?.lookUp(plan, for: service) }
                }
                return NIOLoopBound(chores, eventLoop: eventLoop)
            }.get()
            ends.append {
                try? await eventLoop.submit {
                    chores.value.lookups?.cancel()
                    chores.value.checker?.stop()
                    chores.value.checker = nil
                }.get()
            }
        }
        let all = ends
        return { [resolver] in
            for end in all { await end() }
            try? await resolver?.shutdownGracefully()
        }
    }

    /// Looks the names of an upstream up on the resolver's thread.
    private func lookUp(_ plan: UpstreamPlan, for service: UpstreamService) {
        resolver?.submit { [notify] state in
            guard case .active = state else { return }
            var found: [UpstreamEndpoint] = []
            for target in plan.targets {
                guard let endpoints = target.resolve(), !endpoints.isEmpty else {
                    return notify("lintel: the upstream \(plan.configuration.name): \(target.host) cannot be looked up")
                }
                found += endpoints
            }
            service.use(found, at: .now())
        }
    }
}

extension UpstreamService.Event {
    /// The event in words, behind the upstream's name.
    fileprivate var words: String {
        switch self {
        case .ejected(let endpoint): "\(endpoint) fails and is left out for a while"
        case .down(let endpoint, let reason): "\(endpoint) is down (\(reason))"
        case .up(let endpoint): "\(endpoint) is up again"
        case .circuitOpened: "too many calls fail, no more are made for a while"
        case .circuitClosed: "calls succeed again"
        case .endpoints(let names): "its endpoints are now \(names.joined(separator: ", "))"
        }
    }
}
