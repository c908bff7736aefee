/// A request to the service that others wait for: the first for a key leads, the others are told what came of it.
///
/// Guarded by its shard's lock; waiters are called outside of it.
package final class CacheFlight: Sendable {
    /// What came of it.
    package enum Outcome: Sendable {
        /// The reply is stored.
        case stored(StoredReply)
        /// The reply cannot be shared: everybody goes alone.
        case unshared
        /// The leader gave up: somebody else may lead.
        case failed
    }

    /// Told what came of the flight, on any thread.
    package typealias Waiter = @Sendable (Outcome) -> Void

    /// Most requests that wait for one; those beyond go alone.
    package static let waiterLimit = 65_536

    /// The key.
    package let key: CacheKey
    /// The store's sequence number when it began.
    package let sequence: UInt64

    /// A flight for a key.
    init(key: CacheKey, sequence: UInt64) {
        self.key = key
        self.sequence = sequence
    }
}
