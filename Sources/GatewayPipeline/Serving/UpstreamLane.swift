import HTTPExchanges
import UpstreamCalls

/// One worker's way to an upstream: its connections and what they have learnt, and the budget for retries.
///
/// Serving states share the lanes of upstreams whose settings are the same, so connections, health and budget outlive a
/// reload. A lane that no state holds any more closes its connections: exchanges hold their state, so the last of them
/// has ended by then.
final class UpstreamLane {
    /// The upstream as the settings describe it.
    let plan: UpstreamPlan
    /// The connections.
    let pool: UpstreamPool
    /// What may be tried again.
    var budget: RetryBudget

    /// A way without connections.
    init(_ plan: UpstreamPlan, loop: ExchangeLoop) {
        self.plan = plan
        pool = UpstreamPool(configuration: plan.configuration, loop: loop)
        budget = RetryBudget(share: plan.retryBudget)
    }

    deinit { pool.close() }
}
