import NIOCore

/// Chooses the endpoint of a call by what one loop knows.
///
/// Two steps. First every endpoint gets the weight at which it takes part now: nothing for one that is ejected or down
/// (unless too few are left, then health is not looked at: that is the panic threshold), nothing for a far one while
/// enough near ones are well, a part of it in slow start. Then one algorithm draws among those weights.
package struct Balancer {
    private let algorithm: BalancingAlgorithm
    private let slowStart: TimeAmount
    private let panicBelow: Double
    private var random: RandomSource
    /// Working space: by seat, the weight at which it takes part.
    private var weights: [Double] = []

    /// A balancer whose draws follow from `seed`.
    package init(_ configuration: UpstreamConfiguration, seed: UInt64) {
        algorithm = configuration.balancing
        slowStart = configuration.slowStart
        panicBelow = configuration.panicBelow
        random = RandomSource(seed: seed)
    }

    /// A place to begin at in round-robin, from 0 up to 1.
    mutating func beginning() -> Double { random.next(below: 1) }

    /// The number of the seat for a call; nil when no endpoint takes calls.
    package mutating func choose(
        among seats: [PoolSeat], table: HashTable?, wish: EndpointWish, at now: NIODeadline
    ) -> Int? {
        if seats.count == 1, let only = seats.first {
            guard only.state.endpoint.weight > 0 else { return nil }
            return only.state.isAvailable(at: now) || panicBelow > 0 ? 0 : nil
        }
        let (total, count) = weigh(seats, avoiding: wish.avoided, at: now)
        guard count > 1 else { return weights.firstIndex { $0 > 0 } }
        switch algorithm {
        case .roundRobin: return next(of: seats, total: total)
        case .leastRequest: return better(of: seats, total: total) { Double($0.leased) / $1 }
        case .peakEWMA: return better(of: seats, total: total) { seat, _ in seat.expectedWait(at: now) }
        case .hash:
            return table?.endpoint(of: wish.key) { weights.indices.contains($0) && weights[$0] > 0 }
                ?? draw(total: total, without: nil)
        }
    }

    // MARK: Who takes part

    /// Fills ``weights``; returns their sum and how many take part.
    private mutating func weigh(
        _ seats: [PoolSeat], avoiding avoided: EndpointState?, at now: NIODeadline
    ) -> (total: Double, count: Int) {
        if weights.count != seats.count { weights = [Double](repeating: 0, count: seats.count) }
        var (members, available) = (0, 0)
        var (near, nearAvailable) = (0, 0)
        for index in seats.indices {
            let state = seats[index].state
            weights[index] = 0
            guard state.endpoint.weight > 0 else { continue }
            members += 1
            if state.endpoint.isNear { near += 1 }
            guard state.isAvailable(at: now) else { continue }
            available += 1
            if state.endpoint.isNear { nearAvailable += 1 }
            weights[index] = Double(state.endpoint.weight) * state.warmth(at: now, slowStart: slowStart)
        }
        if Double(available) < Double(members) * panicBelow {
            for index in seats.indices { weights[index] = Double(seats[index].state.endpoint.weight) }
        } else if nearAvailable > 0, nearAvailable < available, nearAvailable * 2 >= near {
            // Half of the near ones can bear what the near ones bear; with fewer, the far ones help.
            for index in seats.indices where !seats[index].state.endpoint.isNear { weights[index] = 0 }
        }
        var (total, count) = (0.0, 0)
        for weight in weights where weight > 0 { (total, count) = (total + weight, count + 1) }
        if let avoided, count > 1, let index = seats.firstIndex(where: { $0.state === avoided }), weights[index] > 0 {
            (total, count) = (total - weights[index], count - 1)
            weights[index] = 0
        }
        return (total, count)
    }

    // MARK: Algorithms

    /// Smooth weighted round-robin: everybody is owed its weight, who is owed most is taken and pays the sum. A heavy
    /// endpoint's turns are spread between the others' instead of coming in a row.
    private func next(of seats: [PoolSeat], total: Double) -> Int? {
        var best: Int?
        var most = -Double.infinity
        for index in seats.indices where weights[index] > 0 {
            seats[index].turn += weights[index]
            if seats[index].turn > most { (best, most) = (index, seats[index].turn) }
        }
        if let best { seats[best].turn -= total }
        return best
    }

    /// The better of two that are drawn in the proportion of their weights (Mitzenmacher, "The power of two choices in
    /// randomized load balancing"): nearly as even as asking all, without sending every call of a moment to the same one.
    private mutating func better(
        of seats: [PoolSeat], total: Double, by cost: (PoolSeat, Double) -> Double
    ) -> Int? {
        guard let first = draw(total: total, without: nil) else { return nil }
        guard let second = draw(total: total - weights[first], without: first) else { return first }
        return cost(seats[second], weights[second]) < cost(seats[first], weights[first]) ? second : first
    }

    /// Draws a seat in the proportion of the weights.
    private mutating func draw(total: Double, without excluded: Int?) -> Int? {
        var place = random.next(below: total)
        var last: Int?
        for index in weights.indices where weights[index] > 0 && index != excluded {
            if place < weights[index] { return index }
            place -= weights[index]
            last = index
        }
        // Sums of fractions are not exact: who falls behind the end takes the last.
        return last
    }
}
