import HTTPExchanges
import NIOCore
import Synchronization

/// The store in the process' memory: shards with a lock each, which only requests of cached operations take.
package final class ResponseCache: Sendable {
    /// A shard behind its lock.
    private final class Seat: Sendable {
        let state: Mutex<CacheShard>
        let waiters = Mutex<[ObjectIdentifier: [CacheFlight.Waiter]]>([:])

        init(budget: Int) { state = Mutex(CacheShard(budget: budget)) }
    }

    /// What a look into the store gives.
    package enum Finding: Sendable {
        /// A reply, and whether it was purged softly.
        case found(StoredReply, isPurged: Bool)
        /// Nothing is stored under the key.
        case missing
        /// Something is stored, selected by other fields of Vary.
        case otherVariant
    }

    /// What the one who has to ask the service does.
    package enum Departure: Sendable {
        /// It leads; it ends the flight by ``land(_:_:)``.
        case lead(CacheFlight)
        /// It waits; its waiter will be called.
        case wait
        /// It goes alone.
        case alone
    }

    /// Figures for `GET /cache`.
    package struct Statistics: Sendable {
        /// Bytes that may be used.
        package var budget = 0
        /// Bytes in use, overhead included.
        package var bytes = 0
        /// Keys in store.
        package var entries = 0
        /// Keys that were pushed out.
        package var evictions = 0
        /// Requests to services that others may wait for.
        package var flights = 0
    }

    /// Bytes that may be used.
    package let budget: Int
    private let seats: [Seat]
    private let generations = GenerationTable()

    /// Time for which a key counts as not shareable, in milliseconds.
    private static let passTime: Int64 = 10_000

    /// An empty store of so many bytes.
    ///
    /// - Parameter shards: a power of two; small stores have fewer, so that 1 % of the budget fits one.
    package init(budget: Int, shards: Int = 16) {
        self.budget = max(0, budget)
        seats = (0..<max(1, shards)).map { _ in Seat(budget: max(0, budget) / max(1, shards)) }
    }

    /// Largest cost of one reply: 1 % of the budget.
    package var objectLimit: Int { budget / 100 }

    private func seat(of key: CacheKey) -> Seat { seats[Int(UInt(bitPattern: key.digest) % UInt(seats.count))] }

    // MARK: Look-up

    /// Looks a key up; of several replies that the request selects the newest counts (RFC 9111 §4).
    package func lookup(_ key: CacheKey, request: FieldList) -> Finding {
        let variants = seat(of: key).state.withLock { $0.variants(of: key) }
        guard !variants.isEmpty else { return .missing }
        var best: CacheShard.Variant?
        var isAnyGood = false
        for var variant in variants {
            switch generations.standing(of: variant.reply) {
            case .invalid: continue
            case .stale: variant.isPurged = true
            case .good: break
            }
            isAnyGood = true
            guard variant.reply.head.isSelected(by: request) else { continue }
            if let found = best, found.reply.head.date > variant.reply.head.date { continue }
            best = variant
        }
        if let best { return .found(best.reply, isPurged: best.isPurged) }
        return isAnyGood ? .otherVariant : .missing
    }

    /// Counts a request for a key that is not in store; how many there were.
    package func countUse(of key: CacheKey) -> Int { seat(of: key).state.withLock { $0.countUse(of: key) } }

    // MARK: Flights

    /// Joins or begins the request for a key. `waiter` is kept only for ``Departure/wait``.
    package func depart(_ key: CacheKey, at now: Int64, waiter: CacheFlight.Waiter?) -> Departure {
        let sequence = generations.current
        let seat = seat(of: key)
        return seat.state.withLock { shard in
            if shard.isPass(key, at: now) { return .alone }
            guard let flight = shard.flights[key] else {
                let flight = CacheFlight(key: key, sequence: sequence)
                shard.flights[key] = flight
                return .lead(flight)
            }
            guard let waiter else { return .alone }
            return seat.waiters.withLock { waiters in
                guard waiters[ObjectIdentifier(flight), default: []].count < CacheFlight.waiterLimit else {
                    return .alone
                }
                waiters[ObjectIdentifier(flight), default: []].append(waiter)
                return .wait
            }
        }
    }

    /// Ends a flight and tells those who wait. Once for each flight; a second time nobody is there any more.
    package func land(_ flight: CacheFlight, _ outcome: CacheFlight.Outcome, at now: Int64) {
        let seat = seat(of: flight.key)
        let waiters: [CacheFlight.Waiter] = seat.state.withLock { shard in
            guard shard.flights[flight.key] === flight else { return [] }
            shard.flights[flight.key] = nil
            if case .unshared = outcome { shard.markPass(flight.key, until: now + Self.passTime) }
            return seat.waiters.withLock { $0.removeValue(forKey: ObjectIdentifier(flight)) } ?? []
        }
        for waiter in waiters { waiter(outcome) }
    }

    // MARK: Storing

    /// The number that a request which is sent now goes by.
    package var sequence: UInt64 { generations.current }

    /// Stores a reply; false when it is larger than the store takes, or was invalidated while it came.
    package func store(_ reply: StoredReply, under key: CacheKey) -> Bool {
        guard reply.cost + key.bytes.count <= objectLimit,
            generations.standing(of: reply) != .invalid
        else { return false }
        return seat(of: key).state.withLock { $0.store(reply, under: key) }
    }

    /// Counts a reply as stale from now on, whatever its lifetime.
    package func markStale(_ reply: StoredReply, under key: CacheKey) {
        seat(of: key).state.withLock { $0.markStale(reply, under: key) }
    }

    /// Removes a key.
    package func remove(_ key: CacheKey) { seat(of: key).state.withLock { $0.remove(key) } }

    // MARK: Invalidation

    /// Invalidates groups, whose names are hashed here.
    package func invalidate(groups: [[UInt8]], isSoft: Bool = false) {
        generations.invalidate(groups.map(CacheKey.digest), isSoft: isSoft)
    }

    /// Removes or marks the replies that a condition holds for. Looks at all of them: for the admin listener.
    package func purge(isSoft: Bool, where isMeant: (CacheKey, StoredReply) -> Bool) -> Int {
        seats.reduce(0) { count, seat in
            count
                + seat.state.withLock { shard in
                    shard.purge(isSoft: isSoft) { key, reply in
                        generations.standing(of: reply) != .invalid && isMeant(key, reply)
                    }
                }
        }
    }

    /// Figures of all shards.
    package var statistics: Statistics {
        var sum = Statistics(budget: budget)
        for seat in seats {
            seat.state.withLock { shard in
                sum.bytes += shard.bytes
                sum.entries += shard.count
                sum.evictions += shard.evictions
                sum.flights += shard.flights.count
            }
        }
        return sum
    }
}
