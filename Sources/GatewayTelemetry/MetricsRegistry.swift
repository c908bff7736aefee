import Synchronization

/// All counters of the process: one shard per worker, the names behind the integer indices, and the sums over the
/// shards.
///
/// What and why: event loops count by index into their own shard (`MetricsShard`), which costs a few moves; names, sums
/// and text are made when somebody asks for `/metrics`. Indices are handed out when a snapshot is built; the same
/// labels get the same index for the life of the process, so counters go on over a reload and an operation that is gone
/// keeps its series.
///
/// Invariant: index 0 of the operations is `OperationLabels.unmatched`. An index is valid in every shard before it is
/// returned.
package final class MetricsRegistry: Sendable {
    /// The names behind the indices.
    private struct Names: Sendable {
        /// Labels by operation index.
        var operations: [OperationLabels] = []
        /// Operation index by labels.
        var operationIndices: [OperationLabels: Int] = [:]
        /// Names by upstream index.
        var upstreams: [String] = []
        /// Upstream index by name.
        var upstreamIndices: [String: Int] = [:]
        /// Labels by step index.
        var steps: [StepLabels] = []
        /// Step index by labels.
        var stepIndices: [StepLabels: Int] = [:]
    }

    /// The state of the last load of settings and documents.
    private struct ReloadState: Sendable {
        /// Whether the last load succeeded; nil before the first.
        var succeeded: Bool?
        /// When the last load that succeeded ended, in seconds since 1970.
        var successTime: Double = 0
        /// Loads that succeeded.
        var successes: UInt64 = 0
        /// Loads that failed.
        var failures: UInt64 = 0
    }

    /// The label values of the gateway's own replies, by index.
    package let reasons: [String]

    /// The counters of each worker.
    private let shards: [MetricsShard]

    /// Guards the names and the growth of the shards.
    private let names = Mutex(Names())

    /// Guards the reload figures.
    private let reload = Mutex(ReloadState())

    /// What became of fetching key sets.
    package let keySets = KeySetMetrics()

    /// What the response cache did.
    package let cache = CacheMetrics()
    /// Spans of traces on their way out.
    package let spans = SpanQueue()
    /// Health of the upstreams' endpoints.
    package let endpoints = EndpointMetrics()

    /// Makes the counters of a process.
    ///
    /// - Parameters:
    ///   - workers: number of event loops; at least one shard is made.
    ///   - reasons: names of the reasons for which the gateway replies itself (`upstream-refused`, …), by index.
    package init(workers: Int, reasons: [String] = []) {
        self.reasons = reasons
        shards = (0..<max(1, workers)).map { _ in MetricsShard(reasonCount: reasons.count) }
        _ = index(of: .unmatched)
    }

    /// The shard of a worker; only that worker's event loop may record into it.
    ///
    /// - Parameter worker: number of the event loop from 0; a number outside wraps around.
    package func shard(worker: Int) -> MetricsShard {
        shards[Int(worker.magnitude % UInt(shards.count))]
    }

    /// Exchanges to look at, of all workers.
    package var samples: SampleListing { SampleListing(shards.map(\.samples)) }

    /// The index under which an operation is recorded. For load time: takes a lock, may allocate.
    ///
    /// - Parameter labels: the operation's labels.
    /// - Returns: the index, the same for the same labels; 0 once the table is full.
    package func index(of labels: OperationLabels) -> Int {
        names.withLock { names in
            if let known = names.operationIndices[labels] { return known }
            let index = names.operations.count
            guard index < MetricsShard.maximumRows else { return 0 }
            for shard in shards { shard.operations.grow(to: index + 1) }
            names.operations.append(labels)
            names.operationIndices[labels] = index
            return index
        }
    }

    /// The index under which an upstream is recorded. For load time: takes a lock, may allocate.
    ///
    /// - Parameter name: the upstream's name in the settings.
    /// - Returns: the index, the same for the same name; -1 (which records nothing) once the table is full.
    package func index(ofUpstream name: String) -> Int {
        names.withLock { names in
            if let known = names.upstreamIndices[name] { return known }
            let index = names.upstreams.count
            guard index < MetricsShard.maximumRows else { return -1 }
            for shard in shards { shard.upstreams.grow(to: index + 1) }
            names.upstreams.append(name)
            names.upstreamIndices[name] = index
            return index
        }
    }

    /// The index under which a step of a composition is recorded. For load time: takes a lock, may allocate.
    ///
    /// - Parameter labels: the step's labels.
    /// - Returns: the index, the same for the same labels; -1 (which records nothing) once the table is full.
    package func index(ofStep labels: StepLabels) -> Int {
        names.withLock { names in
            if let known = names.stepIndices[labels] { return known }
            let index = names.steps.count
            guard index < MetricsShard.maximumRows else { return -1 }
            for shard in shards { shard.steps.grow(to: index + 1) }
            names.steps.append(labels)
            names.stepIndices[labels] = index
            return index
        }
    }

    /// States how a load of settings and documents ended.
    ///
    /// - Parameters:
    ///   - succeeded: whether its snapshot serves now.
    ///   - secondsSince1970: the wall clock.
    package func recordReload(succeeded: Bool, at secondsSince1970: Double) {
        reload.withLock { state in
            state.succeeded = succeeded
            if succeeded {
                state.successes += 1
                state.successTime = secondsSince1970
            } else {
                state.failures += 1
            }
        }
    }

    /// The sums of one operation over all workers.
    ///
    /// - Parameter index: the operation's index.
    package func totals(operation index: Int) -> OperationTotals {
        var totals = OperationTotals()
        for counter in 0..<OperationRow.statusClassCount {
            totals.requests[counter] = sum(operation: index, counter: OperationRow.statusClasses + counter)
        }
        for counter in 0..<totals.violations.count {
            totals.violations[counter] = sum(operation: index, counter: OperationRow.violations + counter)
        }
        for counter in 0..<LatencyBuckets.count {
            totals.buckets[counter] = sum(operation: index, counter: OperationRow.buckets + counter)
        }
        totals.latencyNanoseconds = sum(operation: index, counter: OperationRow.latencySum)
        return totals
    }

    /// How many exchanges and violations an operation has had.
    package struct Activity: Sendable {
        /// Exchanges that are over.
        package var requests: UInt64 = 0
        /// Violations of the contract.
        package var violations: UInt64 = 0

        /// None.
        package init() {}
    }

    /// How much has happened to one operation, over all workers. Allocates nothing.
    ///
    /// - Parameter index: the operation's index.
    package func activity(operation index: Int) -> Activity {
        var activity = Activity()
        for counter in OperationRow.statusClasses..<OperationRow.violations {
            activity.requests &+= sum(operation: index, counter: counter)
        }
        for counter in OperationRow.violations..<OperationRow.buckets {
            activity.violations &+= sum(operation: index, counter: counter)
        }
        return activity
    }

    /// The sums of one upstream over all workers.
    ///
    /// - Parameter index: the upstream's index.
    package func totals(upstream index: Int) -> UpstreamTotals {
        UpstreamTotals(
            attempts: sum(upstream: index, counter: UpstreamRow.attempts),
            failures: UpstreamFailureKind.allCases.map {
                sum(upstream: index, counter: UpstreamRow.failures + $0.rawValue)
            },
            open: sum(upstream: index, counter: UpstreamRow.open),
            leased: sum(upstream: index, counter: UpstreamRow.leased))
    }

    /// Writes every series. Series of operations and upstreams that were never used are left out; O(operations ×
    /// workers).
    ///
    /// - Parameter text: what to append to.
    package func render(into text: inout PrometheusText) {
        let (operations, upstreams, steps) = names.withLock { ($0.operations, $0.upstreams, $0.steps) }
        renderOperations(operations, into: &text)
        renderFailures(into: &text)
        renderUpstreams(upstreams, into: &text)
        renderSteps(steps, into: &text)
        renderTotals(into: &text)
        renderReload(into: &text)
        endpoints.render(into: &text)
        spans.render(into: &text)
        keySets.render(into: &text)
        cache.render(into: &text)
    }

    // MARK: - One family each

    /// Requests, violations, latencies.
    private func renderOperations(_ operations: [OperationLabels], into text: inout PrometheusText) {
        let used = operations.enumerated().map { ($1, totals(operation: $0)) }.filter { !$1.isEmpty }
        text.family("lintel_requests_total", .counter, "Exchanges finished, by operation and class of the status sent.")
        for (labels, totals) in used {
            for (index, count) in totals.requests.enumerated() where count > 0 {
                text.sample(
                    "lintel_requests_total", labels.pairs + [("status", OperationRow.statusClassNames[index])], count)
            }
        }
        text.family(
            "lintel_violations_total", .counter, "Violations of the contract, by operation, message and place (in).")
        for (labels, totals) in used {
            for place in ViolationPlace.allCases where totals.violations[place.rawValue] > 0 {
                text.sample(
                    "lintel_violations_total", labels.pairs + [("message", place.message), ("in", place.place)],
                    totals.violations[place.rawValue])
            }
        }
        text.family(
            "lintel_request_duration_seconds", .histogram,
            "Time from the first byte of a request to the last byte of its reply, by operation.")
        for (labels, totals) in used where totals.buckets.contains(where: { $0 > 0 }) {
            text.histogram(
                "lintel_request_duration_seconds", labels.pairs, buckets: totals.buckets,
                nanoseconds: totals.latencyNanoseconds)
        }
    }

    /// Replies of the gateway's own.
    private func renderFailures(into text: inout PrometheusText) {
        text.family("lintel_failures_total", .counter, "Exchanges that the gateway answered itself, by reason.")
        for (index, reason) in reasons.enumerated() {
            let count = total(TotalsRow.width + index)
            text.sample("lintel_failures_total", [("reason", reason)], count)
        }
    }

    /// Attempts, failures, latencies and pools.
    private func renderUpstreams(_ upstreams: [String], into text: inout PrometheusText) {
        func each(_ name: String, _ kind: PrometheusText.Kind, _ help: String, _ counter: Int) {
            text.family(name, kind, help)
            for (index, upstream) in upstreams.enumerated() {
                text.sample(name, [("upstream", upstream)], sum(upstream: index, counter: counter))
            }
        }
        each(
            "lintel_upstream_attempts_total", .counter, "Attempts at an upstream, retries included.",
            UpstreamRow.attempts)
        each("lintel_upstream_retries_total", .counter, "Attempts beyond an exchange's first.", UpstreamRow.retries)
        each("lintel_pool_open", .gauge, "Open connections to an upstream.", UpstreamRow.open)
        each(
            "lintel_pool_leased", .gauge, "Connections to an upstream that serve an exchange.",
            UpstreamRow.leased)
        each(
            "lintel_pool_pending", .gauge, "Exchanges that wait for a connection to an upstream.",
            UpstreamRow.pending)

        text.family("lintel_upstream_failures_total", .counter, "Attempts at an upstream that failed, by reason.")
        for (index, upstream) in upstreams.enumerated() {
            for kind in UpstreamFailureKind.allCases {
                let count = sum(upstream: index, counter: UpstreamRow.failures + kind.rawValue)
                text.sample(
                    "lintel_upstream_failures_total", [("upstream", upstream), ("reason", kind.label)], count)
            }
        }
        text.family(
            "lintel_upstream_duration_seconds", .histogram,
            "Time from the lease of a connection to the last byte of the upstream's response.")
        for (index, upstream) in upstreams.enumerated() {
            let buckets = (0..<LatencyBuckets.count).map { sum(upstream: index, counter: UpstreamRow.buckets + $0) }
            guard buckets.contains(where: { $0 > 0 }) else { continue }
            text.histogram(
                "lintel_upstream_duration_seconds", [("upstream", upstream)], buckets: buckets,
                nanoseconds: sum(upstream: index, counter: UpstreamRow.latencySum))
        }
    }

    /// Connections and bytes.
    private func renderTotals(into text: inout PrometheusText) {
        text.family("lintel_connections_total", .counter, "Connections accepted from clients.")
        text.sample("lintel_connections_total", [], total(TotalsRow.accepted))
        text.family(
            "lintel_connections_refused_total", .counter, "Connections refused or cut because of a limit.")
        text.sample("lintel_connections_refused_total", [], total(TotalsRow.refused))
        text.family("lintel_connections_open", .gauge, "Open connections from clients.")
        text.sample("lintel_connections_open", [], total(TotalsRow.open))
        text.family(
            "lintel_shed_requests_total", .counter, "Requests turned away because there was too much, by reason.")
        for reason in ShedReason.allCases {
            text.sample(
                "lintel_shed_requests_total", [("reason", reason.label)], total(TotalsRow.shed + reason.rawValue))
        }
        text.family("lintel_bytes_total", .counter, "Bytes moved, by peer and direction as the gateway sees it.")
        for (peer, direction, counter) in [
            ("client", "received", TotalsRow.clientReceived), ("client", "sent", TotalsRow.clientSent),
            ("upstream", "received", TotalsRow.upstreamReceived), ("upstream", "sent", TotalsRow.upstreamSent),
        ] {
            text.sample("lintel_bytes_total", [("peer", peer), ("direction", direction)], total(counter))
        }
        text.family("lintel_resident_memory_bytes", .gauge, "Resident memory of the process.")
        text.sample("lintel_resident_memory_bytes", [], total(TotalsRow.memory))
        text.family("lintel_workers", .gauge, "Event loops.")
        text.sample("lintel_workers", [], UInt64(shards.count))
    }

    /// Loads of settings and documents; absent before the first.
    private func renderReload(into text: inout PrometheusText) {
        let state = reload.withLock { $0 }
        guard let succeeded = state.succeeded else { return }
        text.family(
            "lintel_config_last_reload_successful", .gauge,
            "1 if the last load of settings and documents succeeded, 0 if an older snapshot goes on serving.")
        text.sample("lintel_config_last_reload_successful", [], UInt64(succeeded ? 1 : 0))
        text.family(
            "lintel_config_last_reload_success_timestamp_seconds", .gauge,
            "When the last load that succeeded ended, in seconds since 1970.")
        text.sample("lintel_config_last_reload_success_timestamp_seconds", [], state.successTime)
        text.family("lintel_config_reloads_total", .counter, "Loads of settings and documents, by result.")
        text.sample("lintel_config_reloads_total", [("result", "success")], state.successes)
        text.sample("lintel_config_reloads_total", [("result", "failure")], state.failures)
    }

    // MARK: - Sums

    /// One counter that belongs to no operation over all workers.
    private func total(_ counter: Int) -> UInt64 {
        shards.reduce(0) { $0 &+ ($1.totals.row(0)?[counter] ?? 0) }
    }

    /// One counter of an operation over all workers.
    private func sum(operation: Int, counter: Int) -> UInt64 {
        shards.reduce(0) { $0 &+ ($1.operations.row(operation)?[counter] ?? 0) }
    }

    /// One counter of a step over all workers.
    func sum(step: Int, counter: Int) -> UInt64 {
        shards.reduce(0) { $0 &+ ($1.steps.row(step)?[counter] ?? 0) }
    }

    /// One counter of an upstream over all workers.
    private func sum(upstream: Int, counter: Int) -> UInt64 {
        shards.reduce(0) { $0 &+ ($1.upstreams.row(upstream)?[counter] ?? 0) }
    }
}

/// The sums of one upstream over all workers.
package struct UpstreamTotals: Sendable {
    /// Attempts, retries included.
    package let attempts: UInt64
    /// Attempts that failed, by `UpstreamFailureKind`.
    package let failures: [UInt64]
    /// Open connections.
    package let open: UInt64
    /// Connections that serve an exchange.
    package let leased: UInt64
}

/// The sums of one operation over all workers, for the documentation pages and for `/metrics`.
package struct OperationTotals: Sendable, Equatable {
    /// Exchanges by status class: 1xx, 2xx, 3xx, 4xx, 5xx, none.
    package var requests = [UInt64](repeating: 0, count: OperationRow.statusClassCount)
    /// The names of the status classes, in the order of `requests`.
    package static var statusClassNames: [String] { OperationRow.statusClassNames }
    /// Violations by `ViolationPlace`.
    package var violations = [UInt64](repeating: 0, count: ViolationPlace.allCases.count)
    /// Latencies by bucket, not cumulative.
    package var buckets = [UInt64](repeating: 0, count: LatencyBuckets.count)
    /// The sum of the latencies.
    package var latencyNanoseconds: UInt64 = 0

    /// Sums that are all zero.
    package init() {}

    /// Whether nothing was ever counted.
    package var isEmpty: Bool {
        !requests.contains { $0 > 0 } && !violations.contains { $0 > 0 }
    }
}

extension OperationLabels {
    /// The labels as name and value.
    fileprivate var pairs: [PrometheusText.Label] { [("api", api), ("operation", operation)] }
}
