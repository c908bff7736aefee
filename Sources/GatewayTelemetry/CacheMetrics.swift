import Synchronization

/// What the response cache did, by decision, and what it holds. Workers add up what they counted a few times a second.
package final class CacheMetrics: Sendable {
    private struct State {
        var decisions: [String: UInt64] = [:]
        var bytes = 0
        var entries = 0
        var evictions = 0
    }

    private let state = Mutex(State())
    /// The second level.
    package let shared = SharedLevelMetrics()

    /// Nothing counted.
    package init() {}

    /// Whether anything was counted.
    package var isUsed: Bool { state.withLock { !$0.decisions.isEmpty } }

    /// Decisions and how often they were made, sorted by name.
    package var decisions: [(name: String, count: UInt64)] {
        state.withLock { $0.decisions.map { ($0.key, $0.value) } }.sorted { $0.0 < $1.0 }
    }

    /// Adds decisions, and states what the store holds where that is known.
    package func add(_ decisions: [(String, UInt64)], bytes: Int?, entries: Int?, evictions: Int?) {
        state.withLock { state in
            for (name, count) in decisions { state.decisions[name, default: 0] += count }
            state.bytes = bytes ?? state.bytes
            state.entries = entries ?? state.entries
            state.evictions = evictions ?? state.evictions
        }
    }

    /// Writes the series; none where nothing is cached.
    func render(into text: inout PrometheusText) {
        shared.render(into: &text)
        guard isUsed else { return }
        let (bytes, entries, evictions) = state.withLock { ($0.bytes, $0.entries, $0.evictions) }
        text.family("lintel_cache_requests_total", .counter, "Requests of cached operations, by what the cache did.")
        for (name, count) in decisions { text.sample("lintel_cache_requests_total", [("decision", name)], count) }
        text.family("lintel_cache_bytes", .gauge, "Bytes of stored replies, overhead included.")
        text.sample("lintel_cache_bytes", [], UInt64(max(0, bytes)))
        text.family("lintel_cache_entries", .gauge, "Keys in store.")
        text.sample("lintel_cache_entries", [], UInt64(max(0, entries)))
        text.family("lintel_cache_evictions_total", .counter, "Keys that were pushed out.")
        text.sample("lintel_cache_evictions_total", [], UInt64(max(0, evictions)))
    }
}
