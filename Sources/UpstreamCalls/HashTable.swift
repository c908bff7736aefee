/// Which endpoint a key belongs to: the lookup table of Maglev (Eisenbud et al., "Maglev: a fast and reliable software
/// network load balancer", NSDI 2016, §3.4), with turns in the proportion of the weights.
///
/// ```
/// places:  [2][0][1][1][0] …   65,537 places, each with the number of an endpoint
/// key  ->  places[hash mod 65,537]; an endpoint that is not available: the same with another hash of the key
/// ```
///
/// When an endpoint comes or goes, about its share of the places changes and hardly any other. Immutable and shared by
/// all loops: 128 KiB for each upstream that is balanced by hash.
package final class HashTable: Sendable {
    /// Number of places, a prime so that every step walks through all of them.
    static let size = 65_537
    private let places: [UInt16]

    /// The table over endpoints by name and weight; nil where none takes calls.
    package init?(_ endpoints: [UpstreamEndpoint]) {
        // The order must not matter: nodes that learn the same endpoints in another order agree all the same.
        let order = endpoints.indices.prefix(Int(UInt16.max)).filter { endpoints[$0].weight > 0 }
            .sorted { endpoints[$0].name < endpoints[$1].name }
        guard let heaviest = order.map({ endpoints[$0].weight }).max() else { return nil }
        var seekers = order.map { index -> (index: Int, next: Int, step: Int, share: Double, turn: Double) in
            let hash = AffinityHash.of(endpoints[index].name.utf8)
            return (
                index, Int(hash % UInt64(Self.size)), Int(RandomSource.mix(hash) % UInt64(Self.size - 1)) + 1,
                Double(endpoints[index].weight) / Double(heaviest), 0
            )
        }
        var found = [UInt16](repeating: .max, count: Self.size)
        var free = Self.size
        while free > 0 {
            for seeker in seekers.indices where free > 0 {
                seekers[seeker].turn += seekers[seeker].share
                guard seekers[seeker].turn >= 1 else { continue }
                seekers[seeker].turn -= 1
                while found[seekers[seeker].next] != .max {
                    seekers[seeker].next = (seekers[seeker].next + seekers[seeker].step) % Self.size
                }
                found[seekers[seeker].next] = UInt16(seekers[seeker].index)
                free -= 1
            }
        }
        places = found
    }

    /// The endpoint of `key`, among those that `isCandidate` admits; nil where a number of tries met none.
    package func endpoint(of key: UInt64, where isCandidate: (Int) -> Bool) -> Int? {
        var hash = key
        for _ in 0..<32 {
            let index = Int(places[Int(hash % UInt64(Self.size))])
            if isCandidate(index) { return index }
            hash = RandomSource.mix(hash &+ 0x9E37_79B9_7F4A_7C15)
        }
        return nil
    }
}
