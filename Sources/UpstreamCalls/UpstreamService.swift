import NIOCore
import Synchronization

/// One upstream of the process, as all loops know it together: its endpoints with their health, and its circuit.
///
/// Every loop has an ``UpstreamPool`` of its own over it, which balances by what that loop sees. What loops tell each
/// other goes by atomics (health, circuit) or by a task posted to each loop (endpoints that come and go). The lock here
/// is taken when endpoints change, when one is left out, and by whoever reads the report: never by a call that succeeds.
package final class UpstreamService: Sendable {
    /// The endpoints at a time.
    struct Membership: Sendable {
        /// Their states, the same object as long as an endpoint is there.
        let states: [EndpointState]
        /// Which key belongs to whom; nil where no hash balances.
        let table: HashTable?
    }

    /// Something that happened to an endpoint or the circuit, for the operator.
    package enum Event: Sendable, Equatable {
        /// An endpoint failed too often and is left out for a while.
        case ejected(String)
        /// An endpoint does not answer when asked for its health.
        case down(String, reason: String)
        /// It answers again.
        case up(String)
        /// No secure connection to an endpoint comes about; told once until one does.
        case handshakeFailed(String, reason: String)
        /// Too many calls fail: no more are made for a while.
        case circuitOpened
        /// Calls succeed again.
        case circuitClosed
        /// Other endpoints than before.
        case endpoints([String])
    }

    private struct State {
        var membership: Membership
        var listeners: [Int: @Sendable (Membership) -> Void] = [:]
        var nextListener = 0
    }

    /// Most endpoints of one upstream; a name that resolves to more is cut off there.
    package static let mostEndpoints = 1024

    /// The settings.
    package let configuration: UpstreamConfiguration
    /// Whether it is called at all; nil where nothing keeps it from that.
    package let circuit: CircuitBreaker?
    private let state: Mutex<State>
    private let notify: @Sendable (Event) -> Void

    /// An upstream whose endpoints are all in good health as far as anybody knows.
    ///
    /// - Parameter notify: hears what an operator wants to know, on whatever thread it happens.
    package init(_ configuration: UpstreamConfiguration, notify: @escaping @Sendable (Event) -> Void = { _ in }) {
        self.configuration = configuration
        self.notify = notify
        circuit = configuration.circuit.map { CircuitBreaker($0) }
        let endpoints = Array(configuration.endpoints.prefix(Self.mostEndpoints))
        state = Mutex(
            State(
                membership: Membership(
                    states: endpoints.map { EndpointState($0) },
                    table: configuration.balancing == .hash ? HashTable(endpoints) : nil)))
    }

    // MARK: Endpoints

    /// The endpoints at the moment.
    package var endpoints: [EndpointState] { state.withLock { $0.membership.states } }

    /// Replaces the endpoints. Those that stay keep their health and connections; new ones begin in slow start.
    package func use(_ endpoints: [UpstreamEndpoint], at now: NIODeadline) {
        let endpoints = Array(endpoints.prefix(Self.mostEndpoints))
        let told = state.withLock { state -> (Membership, [@Sendable (Membership) -> Void])? in
            let known = state.membership.states
            guard Set(known.map(\.endpoint)) != Set(endpoints) else { return nil }
            let states = endpoints.map { endpoint in
                known.first { $0.endpoint == endpoint } ?? EndpointState(endpoint, since: known.isEmpty ? nil : now)
            }
            state.membership = Membership(
                states: states, table: configuration.balancing == .hash ? HashTable(endpoints) : nil)
            return (state.membership, Array(state.listeners.values))
        }
        guard let (membership, listeners) = told else { return }
        for listener in listeners { listener(membership) }
        notify(.endpoints(endpoints.map(\.name)))
    }

    /// Calls `listener` when the endpoints change; returns them as they are now, and the number to stop listening by.
    func listen(_ listener: @escaping @Sendable (Membership) -> Void) -> (Membership, Int) {
        state.withLock { state in
            state.nextListener += 1
            state.listeners[state.nextListener] = listener
            return (state.membership, state.nextListener)
        }
    }

    /// Stops listening.
    func stopListening(_ number: Int) { state.withLock { $0.listeners[number] = nil } }

    // MARK: Health

    /// Notes a failed call; leaves the endpoint out when there were too many in a row and enough others are left.
    package func recordFailure(of endpoint: EndpointState, at now: NIODeadline) {
        guard endpoint.recordFailure() >= configuration.consecutiveErrors else { return }
        let isEjected = state.withLock { state -> Bool in
            // Another loop may have been faster.
            guard endpoint.health(at: now) == .available else { return true }
            let states = state.membership.states
            let out = states.count { $0.health(at: now) == .ejected }
            guard Double(out + 1) <= Double(states.count) * configuration.maxEjected else {
                endpoint.pardon()
                return true
            }
            endpoint.eject(until: now + configuration.ejectionTime)
            return false
        }
        if !isEjected { notify(.ejected(endpoint.endpoint.name)) }
    }

    /// Notes what a check found.
    package func recordCheck(
        of endpoint: EndpointState, hasPassed: Bool, isDown: Bool, reason: String, at now: NIODeadline
    ) {
        guard endpoint.recordCheck(hasPassed: hasPassed, isDown: isDown, at: now) else { return }
        notify(isDown ? .down(endpoint.endpoint.name, reason: reason) : .up(endpoint.endpoint.name))
    }

    /// Tells the operator of something that only a loop has seen.
    func tell(_ event: Event) { notify(event) }

    /// Notes the end of a call for the circuit.
    func recordCall(isFailure: Bool, in counter: CircuitBreaker.Counter?, at now: NIODeadline) {
        guard let circuit, let counter else { return }
        guard circuit.record(isFailure: isFailure, in: counter, at: now) else { return }
        notify(circuit.isOpen(at: now) ? .circuitOpened : .circuitClosed)
    }
}
