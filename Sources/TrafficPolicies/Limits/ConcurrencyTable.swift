import Synchronization

/// How many requests each caller of a limit has under way, over all event loops.
///
/// A caller is a fingerprint as in ``RateLimitTable``. There is an entry as long as the caller has a request, so never more
/// entries than requests. A lock guards 1/64 of them and is held for a look-up, on limited operations only.
package final class ConcurrencyTable: Sendable {
    /// A lock with its callers. A class, because a lock cannot be moved.
    private final class Shard: Sendable {
        let callers = Mutex<[UInt64: Int]>([:])
    }

    private let shards = (0..<64).map { _ in Shard() }

    /// A table without callers.
    package init() {}

    /// Takes a place; false where the caller has `limit` already.
    package func enter(_ caller: UInt64, limit: Int) -> Bool {
        shard(of: caller).callers.withLock { callers in
            let count = callers[caller, default: 0]
            guard count < limit else { return false }
            callers[caller] = count + 1
            return true
        }
    }

    /// Gives a place back.
    package func leave(_ caller: UInt64) {
        shard(of: caller).callers.withLock { callers in
            guard let count = callers[caller] else { return }
            callers[caller] = count > 1 ? count - 1 : nil
        }
    }

    /// Callers that have a request under way.
    package var count: Int { shards.reduce(0) { $0 + $1.callers.withLock { $0.count } } }

    private func shard(of caller: UInt64) -> Shard { shards[Int(caller >> 58)] }
}
