import Synchronization

/// The arrival times of all callers of rate limits, in a fixed amount of memory however many callers there are.
///
/// A caller is a 64-bit fingerprint, seeded anew by each process, so that nobody can choose callers that meet. He has eight
/// places; when all are taken, the one whose allowance is whole soonest makes way. Most often it is whole already, and
/// nothing is lost. A crowd of new callers, each with one request, pushes each other out, not those that come often.
///
/// The table is shared by all event loops, because a limit holds for the gateway and not for a loop. A lock guards
/// 1/64 of it and is held for some ten nanoseconds, on limited operations only.
package final class RateLimitTable: Sendable {
    /// A caller.
    private struct Place {
        /// The fingerprint; 0 where nobody is.
        var caller: UInt64 = 0
        /// The theoretical arrival time.
        var arrival: Int64 = 0
    }

    /// Places for one fingerprint.
    private static let ways = 8
    /// Parts with a lock each.
    private static let shardCount = 64

    private let shards: [Shard]
    /// How many groups of places a shard has: a power of two.
    private let groups: Int

    /// A lock with its places. A class, because a lock cannot be moved.
    private final class Shard: Sendable {
        let places: Mutex<[Place]>
        init(_ count: Int) { places = Mutex(Array(repeating: Place(), count: count)) }
    }

    /// A table for at least so many callers at a time; 16 bytes each.
    package init(callers: Int = 262_144) {
        var groups = 1
        while groups * Self.ways * Self.shardCount < callers { groups *= 2 }
        self.groups = groups
        shards = (0..<Self.shardCount).map { _ in Shard(groups * Self.ways) }
    }

    /// The bytes that the places take.
    package var byteCount: Int { Self.shardCount * groups * Self.ways * MemoryLayout<Place>.stride }

    /// The fingerprint of a caller under a limit.
    ///
    /// - Parameters:
    ///   - limit: Tells limits apart.
    ///   - name: Whatever names the caller.
    package static func fingerprint(limit: Int, name: UnsafeRawBufferPointer) -> UInt64 {
        // The standard library's hash is SipHash with a seed of the process.
        var hasher = Hasher()
        hasher.combine(limit)
        hasher.combine(bytes: name)
        return UInt64(bitPattern: Int64(hasher.finalize())) | 1
    }

    /// Judges a request of a caller.
    package func judge(_ caller: UInt64, by limit: RateLimit, now: Int64) -> RateLimit.Verdict {
        let shard = shards[Int(truncatingIfNeeded: (caller >> 58) & UInt64(Self.shardCount - 1))]
        let first = Int(truncatingIfNeeded: (caller >> 8) & UInt64(groups - 1)) * Self.ways
        return shard.places.withLock { places in
            var chosen = first
            for place in first..<first + Self.ways {
                if places[place].caller == caller {
                    return limit.judge(&places[place].arrival, now: now)
                }
                if places[place].arrival < places[chosen].arrival { chosen = place }
            }
            places[chosen] = Place(caller: caller, arrival: 0)
            return limit.judge(&places[chosen].arrival, now: now)
        }
    }
}
