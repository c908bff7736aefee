import NIOCore
import Synchronization

/// What all loops know together about one endpoint: its health.
///
/// | state | event | next |
/// |---|---|---|
/// | available | `consecutiveErrors` failures in a row, and few enough others are out | ejected |
/// | ejected | its time is over | available, in slow start |
/// | available, ejected | `downAfter` checks in a row fail | down |
/// | down | `upAfter` checks in a row succeed | available, in slow start |
///
/// Every field is an atomic of its own, read on each call and written when something changes: a loop may see a change a
/// moment late, which costs at most a call that fails and is repeated. Nothing is locked.
package final class EndpointState: Sendable {
    /// The health of an endpoint in a word.
    package enum Health: String, Sendable, CaseIterable {
        /// It takes calls.
        case available
        /// It failed, and is left out for a while.
        case ejected
        /// It does not answer when asked for its health.
        case down
    }

    /// Counters and state at a moment, for people.
    package struct Report: Sendable {
        /// The endpoint's name.
        package let name: String
        /// Its weight.
        package let weight: Int
        /// Its health.
        package let health: Health
        /// Failures since the last success.
        package let errors: Int
        /// Times it was left out.
        package let ejections: UInt64
        /// Times it came back, from either.
        package let recoveries: UInt64
        /// Checks that succeeded.
        package let checksPassed: UInt64
        /// Checks that failed.
        package let checksFailed: UInt64
    }

    /// The endpoint.
    package let endpoint: UpstreamEndpoint
    private let errors = Atomic<Int>(0)
    /// Uptime in nanoseconds until which it is left out; 0 when it is not.
    private let ejectedUntil = Atomic<UInt64>(0)
    private let isDown = Atomic<Bool>(false)
    /// Uptime in nanoseconds at which slow start began; 0 for an endpoint that was there from the beginning.
    private let availableSince: Atomic<UInt64>
    private let ejections = Atomic<UInt64>(0)
    private let recoveries = Atomic<UInt64>(0)
    private let checksPassed = Atomic<UInt64>(0)
    private let checksFailed = Atomic<UInt64>(0)

    /// An endpoint of which nothing bad is known.
    ///
    /// - Parameter since: when it joined others that serve already; nil for the first ones.
    package init(_ endpoint: UpstreamEndpoint, since: NIODeadline? = nil) {
        self.endpoint = endpoint
        availableSince = Atomic(since?.uptimeNanoseconds ?? 0)
    }

    /// Its health at `now`.
    package func health(at now: NIODeadline) -> Health {
        if isDown.load(ordering: .relaxed) { return .down }
        return ejectedUntil.load(ordering: .relaxed) > now.uptimeNanoseconds ? .ejected : .available
    }

    /// Whether it takes calls. Notes the end of an ejection, whoever sees it first.
    func isAvailable(at now: NIODeadline) -> Bool {
        if isDown.load(ordering: .relaxed) { return false }
        let until = ejectedUntil.load(ordering: .relaxed)
        guard until != 0 else { return true }
        guard until <= now.uptimeNanoseconds else { return false }
        if ejectedUntil.compareExchange(expected: until, desired: 0, ordering: .relaxed).exchanged { recovered(now) }
        return true
    }

    /// The share of its weight that an endpoint takes in slow start, from a tenth to 1.
    func warmth(at now: NIODeadline, slowStart: TimeAmount) -> Double {
        guard slowStart > .zero else { return 1 }
        let since = availableSince.load(ordering: .relaxed)
        guard since != 0 else { return 1 }
        let elapsed = now.uptimeNanoseconds > since ? now.uptimeNanoseconds - since : 0
        return min(1, max(0.1, Double(elapsed) / Double(slowStart.nanoseconds)))
    }

    /// Notes a success.
    func recordSuccess() {
        // Read first: a store by every call would drag the cache line from core to core.
        if errors.load(ordering: .relaxed) != 0 { errors.store(0, ordering: .relaxed) }
    }

    /// Notes a failure; returns how many there were in a row.
    func recordFailure() -> Int { errors.wrappingAdd(1, ordering: .relaxed).newValue }

    /// Leaves the endpoint out until `deadline`.
    func eject(until deadline: NIODeadline) {
        ejectedUntil.store(max(1, deadline.uptimeNanoseconds), ordering: .relaxed)
        ejections.wrappingAdd(1, ordering: .relaxed)
        errors.store(0, ordering: .relaxed)
    }

    /// Counts failures from the beginning again: the endpoint could not be left out.
    func pardon() { errors.store(0, ordering: .relaxed) }

    /// Notes a check; true when it changed whether the endpoint is down.
    ///
    /// - Parameter isDown: what the checks together say now.
    func recordCheck(hasPassed: Bool, isDown: Bool, at now: NIODeadline) -> Bool {
        if hasPassed {
            checksPassed.wrappingAdd(1, ordering: .relaxed)
        } else {
            checksFailed.wrappingAdd(1, ordering: .relaxed)
        }
        let was = self.isDown.exchange(isDown, ordering: .relaxed)
        if was, !isDown { recovered(now) }
        return was != isDown
    }

    private func recovered(_ now: NIODeadline) {
        recoveries.wrappingAdd(1, ordering: .relaxed)
        availableSince.store(now.uptimeNanoseconds, ordering: .relaxed)
        errors.store(0, ordering: .relaxed)
    }

    /// Counters and state at `now`.
    package func report(at now: NIODeadline) -> Report {
        Report(
            name: endpoint.name, weight: endpoint.weight, health: health(at: now),
            errors: errors.load(ordering: .relaxed), ejections: ejections.load(ordering: .relaxed),
            recoveries: recoveries.load(ordering: .relaxed), checksPassed: checksPassed.load(ordering: .relaxed),
            checksFailed: checksFailed.load(ordering: .relaxed))
    }
}
