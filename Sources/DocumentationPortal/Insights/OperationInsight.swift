import SourceDiagnostics

/// What a running gateway knows of an operation.
package struct OperationInsight: Sendable {
    /// A number with what it counts.
    package typealias Count = (label: String, count: UInt64)

    /// Exchanges by class of the status: `2xx`.
    package var requests: [Count]
    /// Violations of the contract by place: `request body`.
    package var violations: [Count]
    /// Exchanges in each interval, the latest last.
    package var history: [UInt64]
    /// Violations in each interval.
    package var violationHistory: [UInt64]
    /// The length of an interval, in seconds.
    package var interval: Int
    /// What lint says about the operation; nil while it is still reading.
    package var findings: [Finding]?
    /// The service behind it; nil where there is none of its own.
    package var upstream: UpstreamInsight?

    /// States what is known.
    package init(
        requests: [Count], violations: [Count], history: [UInt64], violationHistory: [UInt64], interval: Int,
        findings: [Finding]?, upstream: UpstreamInsight?
    ) {
        self.requests = requests
        self.violations = violations
        self.history = history
        self.violationHistory = violationHistory
        self.interval = interval
        self.findings = findings
        self.upstream = upstream
    }

    /// All exchanges.
    var requestCount: UInt64 { requests.reduce(0) { $0 &+ $1.count } }
    /// All violations.
    var violationCount: UInt64 { violations.reduce(0) { $0 &+ $1.count } }
}

/// What a running gateway knows of the service behind an operation.
package struct UpstreamInsight: Sendable {
    /// The name in the settings.
    package var name: String
    /// Where its instances are.
    package var instances: [String]
    /// Attempts to call it.
    package var attempts: UInt64
    /// Attempts that failed, by reason.
    package var failures: [OperationInsight.Count]
    /// Connections that are open, and those of them that are in use.
    package var connections: (open: UInt64, leased: UInt64)

    /// States what is known.
    package init(
        name: String, instances: [String], attempts: UInt64, failures: [OperationInsight.Count],
        connections: (open: UInt64, leased: UInt64)
    ) {
        self.name = name
        self.instances = instances
        self.attempts = attempts
        self.failures = failures
        self.connections = connections
    }
}

/// Who knows how operations fare.
package protocol InsightSource: Sendable {
    /// What is known of an operation, by its number in its API's document; nil for one that does not exist.
    func insight(api: String, operation: Int) -> OperationInsight?
}
