import Synchronization

/// What became of fetching key sets, by URL: for `/metrics` and for `/keys`.
///
/// A few events in a minute, never one for each request, so a lock around plain values is all that is needed.
package final class KeySetMetrics: Sendable {
    /// The state of one key set.
    package struct Row: Sendable, Equatable {
        /// The URL.
        package let url: String
        /// Fetches by outcome.
        package fileprivate(set) var fetches: [String: UInt64] = [:]
        /// Keys that serve now.
        package fileprivate(set) var keys = 0
        /// Keys of the last good set that were left out, each with the reason.
        package fileprivate(set) var skipped: [String] = []
        /// When a set came last, in seconds since 1970; nil: never.
        package fileprivate(set) var succeededAt: Double?
        /// Why the last fetch failed; nil where it did not.
        package fileprivate(set) var failure: String?
        /// Requests that waited for a fetch.
        package fileprivate(set) var waits: UInt64 = 0

        /// A set that nobody has fetched.
        fileprivate init(url: String) { self.url = url }
    }

    /// The outcome of a fetch that brought keys.
    package static let success = "success"

    private let rows = Mutex<[Row]>([])

    /// No sets.
    init() {}

    /// The sets in the order in which they were met.
    package var all: [Row] { rows.withLock { $0 } }

    /// Makes a set known before its first fetch is over.
    package func add(url: String) { change(url) { _ in } }

    /// Records a fetch that brought keys.
    ///
    /// - Parameters:
    ///   - keys: number of keys that serve now.
    ///   - skipped: what was left out and why.
    ///   - time: seconds since 1970.
    package func recordSuccess(url: String, keys: Int, skipped: [String], at time: Double) {
        change(url) { row in
            row.fetches[Self.success, default: 0] += 1
            (row.keys, row.skipped, row.succeededAt, row.failure) = (keys, skipped, time, nil)
        }
    }

    /// Records a fetch that failed.
    ///
    /// - Parameters:
    ///   - outcome: the kind, a label's value.
    ///   - reason: what happened, in words.
    package func recordFailure(url: String, outcome: String, reason: String) {
        change(url) { row in
            row.fetches[outcome, default: 0] += 1
            row.failure = reason
        }
    }

    /// Records that the keys are too old and serve no longer.
    package func recordWithdrawal(url: String) { change(url) { $0.keys = 0 } }

    /// Records requests that wait for a fetch.
    package func recordWait(url: String) { change(url) { $0.waits += 1 } }

    private func change(_ url: String, _ body: (inout Row) -> Void) {
        rows.withLock { rows in
            if let index = rows.firstIndex(where: { $0.url == url }) {
                body(&rows[index])
            } else {
                var row = Row(url: url)
                body(&row)
                rows.append(row)
            }
        }
    }

    /// Writes the series; none where no key set is fetched.
    func render(into text: inout PrometheusText) {
        let rows = all
        guard !rows.isEmpty else { return }
        text.family("lintel_jwks_fetch_total", .counter, "Fetches of key sets, by URL and outcome.")
        for row in rows {
            for (outcome, count) in row.fetches.sorted(by: { $0.key < $1.key }) {
                text.sample("lintel_jwks_fetch_total", [("url", row.url), ("outcome", outcome)], count)
            }
        }
        text.family("lintel_jwks_keys", .gauge, "Keys of a fetched set that serve now.")
        for row in rows { text.sample("lintel_jwks_keys", [("url", row.url)], UInt64(row.keys)) }
        text.family(
            "lintel_jwks_last_success_timestamp_seconds", .gauge, "When a key set came last, in seconds since 1970.")
        for row in rows {
            guard let time = row.succeededAt else { continue }
            text.sample("lintel_jwks_last_success_timestamp_seconds", [("url", row.url)], time)
        }
        text.family("lintel_jwks_waits_total", .counter, "Requests that waited for a fetch of keys.")
        for row in rows { text.sample("lintel_jwks_waits_total", [("url", row.url)], row.waits) }
    }
}
