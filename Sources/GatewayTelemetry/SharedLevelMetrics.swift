import Synchronization

/// What the second level of the cache did, and whether it is there.
package final class SharedLevelMetrics: Sendable {
    /// What came of a look-up, or that something was stored.
    package enum Event: String, CaseIterable, Sendable {
        /// Found.
        case hit
        /// Not found, or not to be used.
        case miss
        /// No answer in time, or nobody to ask.
        case unanswered
        /// Given to the other nodes.
        case stored
    }

    private let hits = Atomic<UInt64>(0)
    private let misses = Atomic<UInt64>(0)
    private let unanswered = Atomic<UInt64>(0)
    private let stored = Atomic<UInt64>(0)
    private let open = Atomic<Int>(0)
    private let isUsedFlag = Atomic<Bool>(false)

    /// Nothing counted.
    package init() {}

    /// Whether there is a second level.
    package var isUsed: Bool { isUsedFlag.load(ordering: .relaxed) }
    /// Connections that take commands.
    package var connections: Int { open.load(ordering: .relaxed) }

    /// Says that there is a second level.
    package func use() { isUsedFlag.store(true, ordering: .relaxed) }

    /// Counts an event.
    package func count(_ event: Event) {
        switch event {
        case .hit: hits.add(1, ordering: .relaxed)
        case .miss: misses.add(1, ordering: .relaxed)
        case .unanswered: unanswered.add(1, ordering: .relaxed)
        case .stored: stored.add(1, ordering: .relaxed)
        }
    }

    /// Notes that connections came or went.
    package func connections(change: Int) { open.add(change, ordering: .relaxed) }

    /// Events and their counts.
    package var counts: [(event: Event, count: UInt64)] {
        [
            (.hit, hits.load(ordering: .relaxed)), (.miss, misses.load(ordering: .relaxed)),
            (.unanswered, unanswered.load(ordering: .relaxed)), (.stored, stored.load(ordering: .relaxed)),
        ]
    }

    /// Writes the series; none without a second level.
    func render(into text: inout PrometheusText) {
        guard isUsed else { return }
        text.family("lintel_cache_shared_total", .counter, "Events of the second level of the cache.")
        for (event, count) in counts { text.sample("lintel_cache_shared_total", [("event", event.rawValue)], count) }
        text.family("lintel_cache_shared_connections", .gauge, "Connections to the second level that take commands.")
        text.sample("lintel_cache_shared_connections", [], UInt64(max(0, connections)))
    }
}
