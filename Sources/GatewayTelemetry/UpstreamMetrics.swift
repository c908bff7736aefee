/// Where the counters of one upstream lie in a row of a metrics chunk.
enum UpstreamRow {
    /// Attempts that were started, retries included.
    static let attempts = 0
    /// Attempts beyond an exchange's first.
    static let retries = 1
    /// First counter of the failures by kind.
    static let failures = 2
    /// Open connections of the pool (gauge).
    static let open = failures + UpstreamFailureKind.allCases.count
    /// Connections that serve an exchange right now (gauge).
    static let leased = open + 1
    /// Exchanges that wait for a connection (gauge).
    static let pending = open + 2
    /// First latency bucket of the attempts, not cumulative.
    static let buckets = open + 3
    /// The sum of the attempts' latencies, in nanoseconds.
    static let latencySum = buckets + LatencyBuckets.count
    /// Counters per upstream.
    static let width = latencySum + 1
}

/// Why an attempt at an upstream failed: the label `reason`.
package enum UpstreamFailureKind: Int, Sendable, CaseIterable {
    /// No connection came about: refused, unreachable, name not found.
    case connect
    /// A deadline passed: connect, response head, or silence within the response.
    case timeout
    /// The upstream closed or reset the connection before the response was complete.
    case reset
    /// What it sent is not HTTP.
    case malformed
    /// What it sent is HTTP and breaks the contract, under `enforce`.
    case contract
    /// It answered with a 5xx of its own.
    case status
    /// The pool was full: no connection was to be had.
    case poolFull
    /// No attempt was made: too many before it had failed.
    case circuitOpen

    /// The label's value.
    package var label: String {
        switch self {
        case .connect: "connect"
        case .timeout: "timeout"
        case .reset: "reset"
        case .malformed: "malformed"
        case .contract: "contract"
        case .status: "status"
        case .poolFull: "pool_full"
        case .circuitOpen: "circuit_open"
        }
    }
}

/// What a worker's pool of an upstream holds at one moment.
package struct PoolGauges: Sendable, Equatable {
    /// Open connections, idle and leased.
    package var open: Int
    /// Connections that serve an exchange.
    package var leased: Int
    /// Exchanges that wait for a connection.
    package var pending: Int

    /// States a pool's occupation.
    package init(open: Int = 0, leased: Int = 0, pending: Int = 0) {
        self.open = open
        self.leased = leased
        self.pending = pending
    }
}
