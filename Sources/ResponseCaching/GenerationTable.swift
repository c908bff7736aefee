import Synchronization

/// When groups of replies were last invalidated: O(1) whatever the group's size, and of a fixed size whatever the number
/// of groups.
///
/// A group is a hash, seeded for each process; two that share a place are invalidated together, which costs a hit and
/// never correctness. A reply is good if none of its groups was invalidated after its request had been sent: an update
/// that overtakes a slow read is not undone by it.
final class GenerationTable: Sendable {
    /// Number of places; a power of two.
    private static let count = 1 << 16

    private struct State {
        var hard: [UInt64]
        var soft: [UInt64]
    }

    private let state = Mutex(State(hard: Array(repeating: 0, count: count), soft: Array(repeating: 0, count: count)))
    private let sequence = Atomic<UInt64>(1)

    /// The number that a request which is sent now goes by.
    var current: UInt64 { sequence.load(ordering: .acquiring) }

    /// Invalidates groups.
    func invalidate(_ groups: [Int], isSoft: Bool) {
        state.withLock { state in
            let next = sequence.add(1, ordering: .acquiringAndReleasing).newValue
            for group in groups {
                let place = group & (Self.count - 1)
                if isSoft { state.soft[place] = next } else { state.hard[place] = next }
            }
        }
    }

    /// What became of a reply since its request was sent.
    ///
    /// A reply that was good remembers up to which invalidation: as long as there is no newer one nothing is locked.
    func standing(of reply: StoredReply) -> Standing {
        let latest = current
        guard latest != reply.sequence, !reply.groups.isEmpty,
            reply.goodUntil.load(ordering: .acquiring) != latest
        else { return .good }
        return state.withLock { state in
            var standing = Standing.good
            for group in reply.groups {
                let place = group & (Self.count - 1)
                if state.hard[place] > reply.sequence { return .invalid }
                if state.soft[place] > reply.sequence { standing = .stale }
            }
            // Numbers are given under the lock: what has the current one is written.
            if standing == .good { reply.goodUntil.store(current, ordering: .releasing) }
            return standing
        }
    }

    /// What became of a reply.
    enum Standing { case good, stale, invalid }
}
