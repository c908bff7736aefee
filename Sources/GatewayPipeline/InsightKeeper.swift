import ContractLinting
import DocumentationPortal
import GatewayTelemetry
import LintRulesets
import SourceDiagnostics
import Synchronization

/// Knows how operations fare: the process's counters, how they went in the last minutes, and what lint says.
///
/// Counters are read every ten seconds on one event loop. Documents are linted when somebody first asks, beside the event
/// loops, because that takes a second for a large one; until then a page says so.
final class InsightKeeper: InsightSource {
    /// Seconds between two readings of the counters.
    static let interval = 10
    /// How many readings are kept: ten minutes.
    private static let length = 60

    /// How the counters of an operation went.
    private struct History {
        /// The sums at the last reading.
        var last = MetricsRegistry.Activity()
        /// Exchanges and violations between readings, the latest last.
        var requests: [UInt64] = []
        var violations: [UInt64] = []

        /// Takes a reading.
        mutating func take(_ sums: MetricsRegistry.Activity, keeping length: Int) {
            requests.append(sums.requests &- last.requests)
            violations.append(sums.violations &- last.violations)
            if requests.count > length {
                requests.removeFirst()
                violations.removeFirst()
            }
            last = sums
        }
    }

    /// What changes.
    private struct State {
        /// By API, by operation.
        var histories: [String: [History]]
        /// The findings by API, by operation; nil until the documents have been read.
        var findings: [String: [[Finding]]]?
        /// Whether somebody is reading them.
        var isReading = false
    }

    private let metrics: MetricsRegistry
    private let portal: DocumentationPortal
    private let upstreams: [UpstreamPlan]
    /// The rows by API, in the order of its document.
    private let rows: [String: [RouteRow]]
    private let state: Mutex<State>

    /// Looks after the operations of a snapshot; nil where it has no pages.
    ///
    /// - Parameter previous: the keeper that it replaces; operations of the same name go on with their histories.
    init?(_ snapshot: Snapshot, metrics: MetricsRegistry, replacing previous: InsightKeeper? = nil) {
        guard let portal = snapshot.portal else { return nil }
        self.metrics = metrics
        self.portal = portal
        upstreams = snapshot.upstreams
        rows = Dictionary(grouping: snapshot.rows, by: \.api)
        let known = previous?.historiesByMetrics ?? [:]
        state = Mutex(State(histories: rows.mapValues { $0.map { known[$0.metrics] ?? History() } }))
    }

    /// The histories by the operations' indices in the metrics, which stay the same over a reload.
    private var historiesByMetrics: [Int: History] {
        state.withLock { state in
            var known: [Int: History] = [:]
            for (api, rows) in rows {
                for (row, history) in zip(rows, state.histories[api] ?? []) { known[row.metrics] = history }
            }
            return known
        }
    }

    /// Reads the counters. Called every ``interval``.
    func sample() {
        state.withLock { state in
            for (api, rows) in rows {
                for (number, row) in rows.enumerated() {
                    state.histories[api]?[number].take(
                        metrics.activity(operation: row.metrics), keeping: Self.length)
                }
            }
        }
    }

    func insight(api: String, operation: Int) -> OperationInsight? {
        guard let row = rows[api].flatMap({ $0.indices.contains(operation) ? $0[operation] : nil }) else { return nil }
        readDocuments()
        let totals = metrics.totals(operation: row.metrics)
        let (history, findings) = state.withLock { state in
            (state.histories[api]?[operation], state.findings.map { $0[api]?[operation] ?? [] })
        }
        return OperationInsight(
            requests: zip(OperationTotals.statusClassNames, totals.requests).map { ($0, $1) },
            violations: ViolationPlace.allCases.map { ("\($0.message) \($0.place)", totals.violations[$0.rawValue]) },
            history: Self.filled(history?.requests ?? []), violationHistory: Self.filled(history?.violations ?? []),
            interval: Self.interval, findings: findings, upstream: row.composition == nil ? upstream(of: row) : nil)
    }

    /// Readings with zeros for the time before the first.
    private static func filled(_ readings: [UInt64]) -> [UInt64] {
        Array(repeating: 0, count: max(0, length - readings.count)) + readings
    }

    /// How the service behind a row is.
    private func upstream(of row: RouteRow) -> UpstreamInsight? {
        guard upstreams.indices.contains(row.upstream) else { return nil }
        let plan = upstreams[row.upstream]
        let totals = metrics.totals(upstream: plan.metrics)
        return UpstreamInsight(
            name: plan.configuration.name, instances: plan.targets.map(\.name), attempts: totals.attempts,
            failures: UpstreamFailureKind.allCases.map { ($0.label, totals.failures[$0.rawValue]) },
            connections: (totals.open, totals.leased))
    }

    // MARK: - Lint

    /// Has the documents linted, once.
    private func readDocuments() {
        let isFirst = state.withLock { state in
            guard state.findings == nil, !state.isReading else { return false }
            state.isReading = true
            return true
        }
        guard isFirst else { return }
        Task.detached(priority: .background) { [self] in
            var found: [String: [[Finding]]] = [:]
            for api in portal.apis { found[api.name] = Self.findings(of: api) }
            state.withLock { $0.findings = found }
        }
    }

    /// What lint says of each operation of an API.
    private static func findings(of api: DocumentedAPI) -> [[Finding]] {
        let file = api.document.root.document.file
        // A document that the gateway has made lies in no folder.
        let isMade = api.name == CompositionBuilder.name
        let document = LintLoader().load(file, at: isMade ? nil : file.path)
        let findings = Ruleset.recommended.lint(document, named: file.path)
        let places = api.document.operations.map { ($0.node.document.file.path, $0.node.pointer.tokens) }
        return places.map { path, tokens in
            findings.filter { $0.source == path && $0.path.starts(with: tokens) }
        }
    }
}
