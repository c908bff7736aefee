import GatewayTelemetry
import HTTPExchanges
import NIOCore
import NIOPosix
import Synchronization
import UpstreamCalls

/// What is done for the upstreams beside their calls: their health is asked for, and their names are looked up again.
///
/// Names are looked up by the system's resolver, which blocks, on a thread that does nothing else; so a slow name server
/// delays no exchange, only other names. What it found last serves until it finds something else: a name that cannot be
/// looked up for a while keeps its endpoints.
///
/// A reload keeps what has not changed: an upstream whose settings are the same goes on with its endpoints, their health and
/// its circuit, whatever else is new.
final class UpstreamKeeper: Sendable {
    /// An upstream in service.
    private struct Entry {
        /// Its settings, without the addresses that names had at the time.
        let plan: UpstreamPlan
        let service: UpstreamService
        /// What is done for it; nil until that has begun.
        var chores: NIOLoopBound<Chores>?
    }

    /// Work that ends with the upstream. Touched on its loop only.
    private final class Chores {
        var checker: HealthChecker?
        /// The next time that names are looked up.
        var lookup: Scheduled<Void>?
        var isOver = false

        func end() {
            isOver = true
            lookup?.cancel()
            checker?.stop()
            checker = nil
        }
    }

    private struct State {
        var entries: [Entry] = []
        /// Entries of no snapshot any more, whose chores have to end.
        var left: [Entry] = []
    }

    private let state = Mutex(State())
    private let notify: @Sendable (String) -> Void
    private let resolver = NIOThreadPool(numberOfThreads: 1)

    /// A keeper of no upstreams yet.
    init(notify: @escaping @Sendable (String) -> Void) { self.notify = notify }

    /// The upstreams in service.
    var services: [UpstreamService] { state.withLock { $0.entries.map(\.service) } }

    /// The upstreams of `snapshot`, whose names have been resolved, by its upstream index; those that have not changed are
    /// the ones that served before.
    func services(for snapshot: Snapshot) -> [UpstreamService] {
        state.withLock { state in
            let before = state.entries
            state.entries = snapshot.upstreams.map { plan in
                var bare = plan
                bare.configuration.endpoints = []
                if let same = before.first(where: { $0.plan == bare }) { return same }
                let name = plan.configuration.name
                let service = UpstreamService(plan.configuration) { [notify] event in
                    notify("lintel: the upstream \(name): \(event.words)")
                }
                return Entry(plan: bare, service: service)
            }
            state.left += before.filter { old in !state.entries.contains { $0.service === old.service } }
            return state.entries.map(\.service)
        }
    }

    /// Begins what is to be done for new upstreams, spread over these loops, and ends it for those that are gone.
    func attend(on loops: [NIOLoopBound<ExchangeLoop>]) async throws {
        let (entries, left) = state.withLock { state in
            defer { state.left = [] }
            return (state.entries, state.left)
        }
        await end(left)
        for (index, entry) in entries.enumerated() where entry.chores == nil && !loops.isEmpty {
            let chores = try await begin(entry, on: loops[index % loops.count])
            state.withLock { state in
                guard let place = state.entries.firstIndex(where: { $0.service === entry.service }) else { return }
                state.entries[place].chores = chores
            }
        }
    }

    /// Ends everything.
    func end() async {
        await end(
            state.withLock { state in
                defer { state.entries = [] }
                return state.entries + state.left
            })
        try? await resolver.shutdownGracefully()
    }

    private func end(_ entries: [Entry]) async {
        for chores in entries.compactMap(\.chores) {
            try? await chores.eventLoop.submit { chores.value.end() }.get()
        }
    }

    private func begin(_ entry: Entry, on loop: NIOLoopBound<ExchangeLoop>) async throws -> NIOLoopBound<Chores> {
        let hasNames = entry.plan.targets.contains { !$0.isAddress }
        if hasNames { resolver.start() }
        let eventLoop = loop.eventLoop
        let (plan, service) = (entry.plan, entry.service)
        return try await eventLoop.submit { [self] in
            let chores = Chores()
            chores.checker = HealthChecker(service, loop: loop.value, seed: .random(in: 0...UInt64.max))
            let bound = NIOLoopBound(chores, eventLoop: eventLoop)
            // What was found at the start may hold for a moment only, which nobody knows yet.
            if hasNames {
                schedule(plan, for: service, bound, in: plan.resolver == nil ? plan.resolveEvery : .seconds(1))
            }
            return bound
        }.get()
    }

    /// Has the names of an upstream looked up after a while. Called on the loop of its chores.
    private func schedule(
        _ plan: UpstreamPlan, for service: UpstreamService, _ chores: NIOLoopBound<Chores>, in delay: TimeAmount
    ) {
        guard !chores.value.isOver else { return }
        chores.value.lookup = chores.eventLoop.scheduleTask(in: delay) { [weak self] in
            self?.lookUp(plan, for: service, chores)
        }
    }

    /// Looks the names of an upstream up on the resolver's thread: again when the first of them no longer holds, at least
    /// once a second and at most after `resolveEvery`.
    private func lookUp(_ plan: UpstreamPlan, for service: UpstreamService, _ chores: NIOLoopBound<Chores>) {
        resolver.submit { [weak self, notify] state in
            guard case .active = state else { return }
            var found: [UpstreamEndpoint] = []
            var next = plan.resolveEvery
            for target in plan.targets {
                guard let resolution = target.resolve(by: plan.resolver), !resolution.endpoints.isEmpty else {
                    notify("lintel: the upstream \(plan.configuration.name): \(target.host) cannot be looked up")
                    found = []
                    break
                }
                found += resolution.endpoints
                if let seconds = resolution.timeToLive { next = min(next, .seconds(Int64(max(1, seconds)))) }
            }
            if !found.isEmpty { service.use(found, at: .now()) }
            let (keeper, delay) = (self, next)
            chores.eventLoop.execute { keeper?.schedule(plan, for: service, chores, in: delay) }
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
        case .handshakeFailed(let endpoint, let reason): "no secure connection to \(endpoint): \(reason)"
        case .circuitOpened: "too many calls fail, no more are made for a while"
        case .circuitClosed: "calls succeed again"
        case .endpoints(let names): "its endpoints are now \(names.joined(separator: ", "))"
        }
    }
}
