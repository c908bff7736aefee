/// The counters of one worker (event loop): what the path of a request writes to.
///
/// Recording an exchange is a handful of array increments by the operation's integer index: no allocation, no
/// dictionary, no lock, no read-modify-write instruction (see `CounterTable`). Rows lie in chunks of 64, so that a
/// reload can add operations without moving what another thread reads.
///
/// ```
/// operations:  [chunk 0][chunk 1] …   chunk = 64 rows of OperationRow.width counters
/// upstreams:   the same with UpstreamRow.width
/// steps:       the same with StepRow.width
/// totals:      TotalsRow, then one counter per failure reason
/// ```
///
/// Invariant: only the owning event loop calls the recording methods. The registry alone grows the chunk tables, under
/// its lock, before it hands an index out.
package final class MetricsShard: Sendable {
    /// Counters per operation.
    let operations: CounterTable
    /// Counters and gauges per upstream.
    let upstreams: CounterTable
    /// Counters per step of a composition.
    let steps: CounterTable
    /// One row: connections, bytes, then replies of the gateway's own by reason.
    let totals: CounterTable
    /// Exchanges to look at.
    package let samples = SampleShard()

    /// Operations and upstreams that can be told apart: beyond them nothing is counted.
    static let maximumRows = 262_144

    /// Makes the counters of one worker.
    init(reasonCount: Int) {
        operations = CounterTable(width: OperationRow.width, maximumRows: Self.maximumRows)
        upstreams = CounterTable(width: UpstreamRow.width, maximumRows: Self.maximumRows)
        steps = CounterTable(width: StepRow.width, maximumRows: Self.maximumRows)
        totals = CounterTable(width: TotalsRow.width + reasonCount, maximumRows: 1)
        totals.grow(to: 1)
    }

    /// Counts one finished exchange.
    ///
    /// - Parameters:
    ///   - operation: the index that `MetricsRegistry.index(of:)` gave; 0 for "matched nothing".
    ///   - status: the status code sent to the client, or 0 where the client left before.
    ///   - nanoseconds: from the first byte of the head to the last byte of the reply.
    @inline(__always)
    package func recordExchange(operation: Int, status: Int, nanoseconds: UInt64) {
        guard let row = operations.row(operation) else { return }
        row.add(1, at: OperationRow.statusClasses &+ OperationRow.statusClass(of: status))
        row.add(1, at: OperationRow.buckets &+ LatencyBuckets.index(ofNanoseconds: nanoseconds))
        row.add(nanoseconds, at: OperationRow.latencySum)
    }

    /// Counts violations of a contract.
    ///
    /// - Parameters:
    ///   - operation: the operation's index.
    ///   - place: where in the message.
    ///   - count: how many.
    package func recordViolations(operation: Int, in place: ViolationPlace, count: Int = 1) {
        guard count > 0, let row = operations.row(operation) else { return }
        row.add(UInt64(count), at: OperationRow.violations &+ place.rawValue)
    }

    /// Counts a reply that the gateway made itself.
    ///
    /// - Parameter reason: index into the reasons that the registry was made with; others are ignored.
    package func recordFailure(reason: Int) {
        guard reason >= 0 else { return }
        totals.row(0)?.add(1, at: TotalsRow.width &+ reason)
    }

    /// Counts the start of an attempt at an upstream.
    ///
    /// - Parameters:
    ///   - upstream: the index that `MetricsRegistry.index(ofUpstream:)` gave.
    ///   - isRetry: whether the exchange had an attempt before.
    package func recordAttempt(upstream: Int, isRetry: Bool = false) {
        guard let row = upstreams.row(upstream) else { return }
        row.add(1, at: UpstreamRow.attempts)
        if isRetry { row.add(1, at: UpstreamRow.retries) }
    }

    /// Counts an attempt that brought a whole response.
    ///
    /// - Parameters:
    ///   - upstream: the upstream's index.
    ///   - nanoseconds: from the lease of the connection to the last byte of the response.
    package func recordAttemptDuration(upstream: Int, nanoseconds: UInt64) {
        guard let row = upstreams.row(upstream) else { return }
        row.add(1, at: UpstreamRow.buckets &+ LatencyBuckets.index(ofNanoseconds: nanoseconds))
        row.add(nanoseconds, at: UpstreamRow.latencySum)
    }

    /// Counts an attempt that failed.
    ///
    /// - Parameters:
    ///   - upstream: the upstream's index.
    ///   - kind: why it failed.
    package func recordAttemptFailure(upstream: Int, kind: UpstreamFailureKind) {
        guard let row = upstreams.row(upstream) else { return }
        row.add(1, at: UpstreamRow.failures &+ kind.rawValue)
    }

    /// States what this worker's pool of an upstream holds now.
    ///
    /// - Parameters:
    ///   - gauges: the pool's occupation; negative figures count as 0.
    ///   - upstream: the upstream's index.
    package func setPool(_ gauges: PoolGauges, upstream: Int) {
        guard let row = upstreams.row(upstream) else { return }
        row.set(UInt64(max(0, gauges.open)), at: UpstreamRow.open)
        row.set(UInt64(max(0, gauges.leased)), at: UpstreamRow.leased)
        row.set(UInt64(max(0, gauges.pending)), at: UpstreamRow.pending)
    }

    /// States what became of connections so far.
    ///
    /// - Parameters:
    ///   - accepted: connections that this worker has accepted since it began.
    ///   - refused: those of them that it has closed at once.
    ///   - open: those that are open now.
    package func setConnections(accepted: UInt64, refused: UInt64, open: Int) {
        totals.row(0)?.set(accepted, at: TotalsRow.accepted)
        totals.row(0)?.set(refused, at: TotalsRow.refused)
        totals.row(0)?.set(UInt64(max(0, open)), at: TotalsRow.open)
    }

    /// States the resident memory of the process; for one worker of all.
    package func setMemory(bytes: Int) { totals.row(0)?.set(UInt64(max(0, bytes)), at: TotalsRow.memory) }

    /// Counts a request that was turned away because there was too much already.
    package func recordShed(_ reason: ShedReason) {
        totals.row(0)?.add(1, at: TotalsRow.shed &+ reason.rawValue)
    }

    /// Counts bytes on the wire, heads and framing included where the caller knows them.
    ///
    /// - Parameters:
    ///   - clientReceived: bytes from clients.
    ///   - clientSent: bytes to clients.
    ///   - upstreamReceived: bytes from upstreams.
    ///   - upstreamSent: bytes to upstreams.
    @inline(__always)
    package func recordBytes(
        clientReceived: Int = 0, clientSent: Int = 0, upstreamReceived: Int = 0, upstreamSent: Int = 0
    ) {
        if clientReceived > 0 { totals.row(0)?.add(UInt64(clientReceived), at: TotalsRow.clientReceived) }
        if clientSent > 0 { totals.row(0)?.add(UInt64(clientSent), at: TotalsRow.clientSent) }
        if upstreamReceived > 0 { totals.row(0)?.add(UInt64(upstreamReceived), at: TotalsRow.upstreamReceived) }
        if upstreamSent > 0 { totals.row(0)?.add(UInt64(upstreamSent), at: TotalsRow.upstreamSent) }
    }
}

/// Where the counters that belong to no operation lie.
enum TotalsRow {
    /// Connections accepted.
    static let accepted = 0
    /// Connections open (gauge).
    static let open = 1
    /// Connections refused or cut because of a limit.
    static let refused = 2
    /// Bytes from clients.
    static let clientReceived = 3
    /// Bytes to clients.
    static let clientSent = 4
    /// Bytes from upstreams.
    static let upstreamReceived = 5
    /// Bytes to upstreams.
    static let upstreamSent = 6
    /// Requests turned away, by ``ShedReason``.
    static let shed = 7
    /// Resident memory of the process (gauge).
    static let memory = 10
    /// How many there are.
    static let width = 11
}

/// Why a request was turned away although nothing is wrong with it.
package enum ShedReason: Int, CaseIterable, Sendable {
    /// Requests wait too long to be looked at.
    case latency
    /// The process has no memory left for them.
    case memory
    /// A limit of requests at the same time.
    case concurrency

    /// The name in the metrics.
    var label: String {
        switch self {
        case .latency: "latency"
        case .memory: "memory"
        case .concurrency: "concurrency"
        }
    }
}
