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
    /// The upstream as all workers know it.
    let service: UpstreamService
    /// The connections, and the budget for retries.
    let pool: UpstreamPool

    /// A way without connections.
    init(_ plan: UpstreamPlan, _ service: UpstreamService, loop: ExchangeLoop) {
        self.plan = plan
        self.service = service
        pool = UpstreamPool(service, loop: loop, seed: .random(in: 0...UInt64.max))
    }

    deinit { pool.close() }
}
