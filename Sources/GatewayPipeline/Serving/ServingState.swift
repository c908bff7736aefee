import HTTPExchanges

/// What the exchanges of one worker begin with: a snapshot, and everything that the worker has for it.
///
/// An exchange takes hold of the state in its first moment and lets go of it in its last, so it finishes on what it began
/// with, however often the gateway reloads in between. A state belongs to its worker's loop; swapping it is one
/// assignment there, so exchanges need neither a lock nor a counter.
final class ServingState {
    /// The settings, contracts and routes.
    let snapshot: Snapshot
    /// The ways to the upstreams, by the snapshot's upstream index.
    let lanes: [UpstreamLane]
    /// Who knows how operations fare; nil where nobody reads pages.
    let insights: InsightKeeper?

    /// The state of a worker on `loop` that serves `snapshot`.
    ///
    /// - Parameter previous: the state that it replaces; the lanes of upstreams that have not changed are taken over.
    init(
        _ snapshot: Snapshot, loop: ExchangeLoop, insights: InsightKeeper? = nil,
        replacing previous: ServingState? = nil
    ) {
        self.snapshot = snapshot
        self.insights = insights
        var known: [String: UpstreamLane] = [:]
        for lane in previous?.lanes ?? [] { known[lane.plan.configuration.name] = lane }
        lanes = snapshot.upstreams.map { plan in
            guard let lane = known[plan.configuration.name], lane.plan == plan else {
                return UpstreamLane(plan, loop: loop)
            }
            return lane
        }
    }
}
