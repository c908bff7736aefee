import NIOCore
import Synchronization

/// Whether an upstream as a whole is called at all: shared by all loops.
///
/// | state | event | next |
/// |---|---|---|
/// | closed | of at least `minRequests` calls within `window` the share `errorRate` failed | open |
/// | open | a call before `openFor` is over | open; the call is refused at once |
/// | open | the first call after that | open for as long again; this one call is let through |
/// | open | a call succeeds, that one or one begun before | closed, nothing counted |
/// | open | a call fails | open as long as it was |
///
/// One word holds the state: the time until which the circuit is open, 0 for closed. A call that is let through and
/// vanishes (its client has gone) needs no care: the next is let through when the time is over again.
///
/// Each loop counts into slices of its own (one writer, so no locked instruction); only a failure adds up the slices of
/// all loops.
package final class CircuitBreaker: Sendable {
    /// What one loop counted during a tenth of the window.
    fileprivate final class Slice: Sendable {
        /// Number of the tenth, counted from the beginning of time.
        let epoch = Atomic<UInt64>(0)
        let calls = Atomic<Int>(0)
        let failures = Atomic<Int>(0)
    }

    /// What one loop counts into.
    package struct Counter: Sendable {
        fileprivate let slices: [Slice]
    }

    private static let sliceCount: UInt64 = 10
    private let policy: CircuitPolicy
    private let sliceLength: UInt64
    private let openUntil = Atomic<UInt64>(0)
    private let openings = Atomic<UInt64>(0)
    private let refusals = Atomic<UInt64>(0)
    private let counters = Mutex<[Counter]>([])

    /// A closed circuit.
    package init(_ policy: CircuitPolicy) {
        self.policy = policy
        sliceLength = max(1, UInt64(max(1, policy.window.nanoseconds)) / Self.sliceCount)
    }

    /// A counter for one more loop.
    package func makeCounter() -> Counter {
        let counter = Counter(slices: (0...Self.sliceCount).map { _ in Slice() })
        counters.withLock { $0.append(counter) }
        return counter
    }

    /// Gives up a loop's counter.
    package func remove(_ counter: Counter) {
        counters.withLock { all in all.removeAll { $0.slices.first === counter.slices.first } }
    }

    /// Whether calls are refused at `now`.
    package func isOpen(at now: NIODeadline) -> Bool {
        openUntil.load(ordering: .relaxed) > now.uptimeNanoseconds
    }

    /// Whether one more call may be made; after ``CircuitPolicy/openFor`` one call alone is let through.
    package func admits(at now: NIODeadline) -> Bool {
        let until = openUntil.load(ordering: .relaxed)
        guard until != 0 else { return true }
        if until <= now.uptimeNanoseconds {
            let next = (now + policy.openFor).uptimeNanoseconds
            if openUntil.compareExchange(expected: until, desired: next, ordering: .relaxed).exchanged { return true }
        }
        refusals.wrappingAdd(1, ordering: .relaxed)
        return false
    }

    /// Notes the end of a call; true when that opened or closed the circuit.
    package func record(isFailure: Bool, in counter: Counter, at now: NIODeadline) -> Bool {
        let until = openUntil.load(ordering: .relaxed)
        guard until == 0 else { return !isFailure && close() }
        let epoch = now.uptimeNanoseconds / sliceLength
        let slice = counter.slices[Int(epoch % UInt64(counter.slices.count))]
        if slice.epoch.load(ordering: .relaxed) != epoch {
            slice.calls.store(0, ordering: .relaxed)
            slice.failures.store(0, ordering: .relaxed)
            slice.epoch.store(epoch, ordering: .relaxed)
        }
        slice.calls.store(slice.calls.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
        guard isFailure else { return false }
        slice.failures.store(slice.failures.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
        return open(epoch: epoch, at: now)
    }

    /// Closes the circuit, with nothing counted; false when another loop has just done so.
    private func close() -> Bool {
        counters.withLock { all in
            for slice in all.flatMap(\.slices) { slice.epoch.store(0, ordering: .relaxed) }
        }
        return openUntil.exchange(0, ordering: .relaxed) != 0
    }

    /// Opens the circuit if the calls of all loops together say so.
    private func open(epoch: UInt64, at now: NIODeadline) -> Bool {
        var (calls, failures) = (0, 0)
        let oldest = epoch > Self.sliceCount ? epoch - Self.sliceCount : 1
        for counter in counters.withLock({ $0 }) {
            for slice in counter.slices where slice.epoch.load(ordering: .relaxed) >= oldest {
                calls &+= slice.calls.load(ordering: .relaxed)
                failures &+= slice.failures.load(ordering: .relaxed)
            }
        }
        guard calls >= policy.minRequests, Double(failures) >= Double(calls) * policy.errorRate else { return false }
        let until = (now + policy.openFor).uptimeNanoseconds
        guard openUntil.compareExchange(expected: 0, desired: until, ordering: .relaxed).exchanged else { return false }
        openings.wrappingAdd(1, ordering: .relaxed)
        return true
    }

    /// How often it opened, and how many calls it refused.
    package var counts: (openings: UInt64, refusals: UInt64) {
        (openings.load(ordering: .relaxed), refusals.load(ordering: .relaxed))
    }
}
