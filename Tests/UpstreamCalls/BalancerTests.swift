import NIOCore
import Testing
import UpstreamCalls

@Suite("Balancing over the instances of a service")
struct BalancerTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    /// Instances with these weights, and a balancer over them.
    private final class Scene {
        var balancer: Balancer
        let service: UpstreamService
        let seats: [PoolSeat]
        let table: HashTable?
        var now = BalancerTests.start

        init(
            _ algorithm: BalancingAlgorithm, weights: [Int], near: [Bool]? = nil,
            _ adjust: (inout UpstreamConfiguration) -> Void = { _ in }
        ) throws {
            let endpoints = try weights.enumerated().map { index, weight in
                UpstreamEndpoint(
                    address: try SocketAddress(ipAddress: "10.0.0.\(index + 1)", port: 80),
                    name: "10.0.0.\(index + 1):80",
                    weight: weight, isNear: near?[index] ?? true)
            }
            var configuration = UpstreamConfiguration(name: "test", endpoints: endpoints)
            configuration.balancing = algorithm
            adjust(&configuration)
            service = UpstreamService(configuration)
            balancer = Balancer(configuration, seed: 7)
            seats = service.endpoints.map { PoolSeat($0, turn: 0) }
            table = HashTable(endpoints)
        }

        func choose(key: UInt64 = 0, avoiding index: Int? = nil) -> Int? {
            let wish = EndpointWish(key: key, avoided: index.map { seats[$0].state })
            return balancer.choose(among: seats, table: table, wish: wish, at: now)
        }

        /// How often each is chosen in `count` calls that end before the next begins.
        func counts(_ count: Int, avoiding index: Int? = nil) -> [Int] {
            var counts = [Int](repeating: 0, count: seats.count)
            for call in 0..<count {
                if let chosen = choose(key: AffinityHash.of("key \(call)".utf8), avoiding: index) {
                    counts[chosen] += 1
                }
            }
            return counts
        }

        /// Says that an instance is down.
        func down(_ index: Int, isDown: Bool = true) {
            service.recordCheck(of: seats[index].state, hasPassed: !isDown, isDown: isDown, reason: "", at: now)
        }
    }

    private static let all: [BalancingAlgorithm] = [.roundRobin, .leastRequest, .peakEWMA, .hash]

    @Test("round-robin gives everybody exactly its weight, a heavy instance's turns between the others'")
    func roundRobin() throws {
        let even = try Scene(.roundRobin, weights: [1, 1, 1])
        #expect(even.counts(300) == [100, 100, 100])
        let scene = try Scene(.roundRobin, weights: [5, 1, 1])
        let turns = (0..<7).map { _ in scene.choose() }
        #expect(turns == [0, 0, 1, 0, 2, 0, 0])
        #expect(scene.counts(700) == [500, 100, 100])
    }

    @Test("idle instances of every algorithm share calls by weight", arguments: all)
    func weights(algorithm: BalancingAlgorithm) throws {
        let scene = try Scene(algorithm, weights: [3, 1, 0, 1])
        let counts = scene.counts(20_000)
        #expect(counts[2] == 0, "a weight of 0 takes nothing")
        #expect(abs(counts[0] - 12_000) < 500 && abs(counts[1] - 4_000) < 300, "\(counts)")
    }

    @Test("least-request leaves a busy instance alone")
    func leastRequest() throws {
        let scene = try Scene(.leastRequest, weights: [1, 1, 1])
        scene.seats[0].leased = 4
        scene.seats[1].leased = 1
        let counts = scene.counts(3_000)
        #expect(counts[0] == 0, "of two that are drawn the other is better every time")
        #expect(counts[2] > 1_800 && counts[1] > 800, "\(counts)")
    }

    @Test("peak-EWMA goes by how long replies take, and what failed is slow however fast it failed")
    func peakEWMA() throws {
        let scene = try Scene(.peakEWMA, weights: [1, 1, 1])
        for _ in 0..<20 {
            scene.seats[0].note(latency: 100e6, at: scene.now)
            scene.seats[1].note(latency: 1e6, at: scene.now)
            scene.seats[2].note(latency: 1e6, at: scene.now)
        }
        #expect(scene.counts(3_000)[0] == 0)
        // Many calls at the fast ones make the slow one worth while.
        (scene.seats[1].leased, scene.seats[2].leased) = (150, 150)
        #expect(scene.counts(3_000)[0] > 1_500)
        (scene.seats[1].leased, scene.seats[2].leased) = (0, 0)
        scene.seats[1].noteFailure(penalty: 1e9, at: scene.now)
        #expect(scene.counts(3_000)[1] == 0)
        // In time that is forgiven.
        scene.now = scene.now + .seconds(120)
        for seat in [0, 2] { scene.seats[seat].note(latency: 1e6, at: scene.now) }
        #expect(scene.counts(3_000)[1] > 0)
    }

    @Test("an instance of which nothing is known is tried by one call at a time")
    func unknown() throws {
        let scene = try Scene(.peakEWMA, weights: [1, 1])
        scene.seats[0].note(latency: 5e6, at: scene.now)
        #expect(scene.choose() == 1)
        scene.seats[1].leased = 1
        #expect(scene.counts(100) == [100, 0])
    }

    @Test("a key goes to the same instance; when one goes, only its keys move, and come back with it")
    func hash() throws {
        let scene = try Scene(.hash, weights: [1, 1, 1, 1])
        let keys = (0..<4_000).map { AffinityHash.of("client \($0)".utf8) }
        let before = keys.map { scene.choose(key: $0) }
        #expect(before == keys.map { scene.choose(key: $0) })
        scene.down(2)
        let during = keys.map { scene.choose(key: $0) }
        #expect(zip(before, during).allSatisfy { $0 == 2 ? $1 != 2 : $0 == $1 })
        #expect(
            Set(zip(before, during).filter { $0.0 == 2 }.map(\.1)).count == 3, "its keys are spread over the others")
        scene.down(2, isDown: false)
        #expect(before == keys.map { scene.choose(key: $0) })
    }

    @Test("an instance more moves hardly more keys than its share")
    func hashGrows() throws {
        func endpoints(_ count: Int) throws -> [UpstreamEndpoint] {
            try (1...count).map {
                UpstreamEndpoint(
                    address: try SocketAddress(ipAddress: "10.0.0.\($0)", port: 80), name: "10.0.0.\($0):80")
            }
        }
        let (nine, ten) = (try #require(HashTable(try endpoints(9))), try #require(HashTable(try endpoints(10))))
        let keys = (0..<20_000).map { AffinityHash.of("\($0)".utf8) }
        let moved = keys.count { nine.endpoint(of: $0) { _ in true } != ten.endpoint(of: $0) { _ in true } }
        #expect(Double(moved) / 20_000 < 0.17, "a tenth has to move, not much more: \(moved)")
        let counts = Dictionary(grouping: keys) { ten.endpoint(of: $0) { _ in true } }.mapValues(\.count)
        #expect(counts.values.allSatisfy { abs($0 - 2_000) < 250 }, "\(counts)")
    }

    @Test("the order in which instances are learned does not matter to a key")
    func hashOrder() throws {
        let endpoints = try (1...5).map {
            UpstreamEndpoint(address: try SocketAddress(ipAddress: "10.0.0.\($0)", port: 80), name: "10.0.0.\($0):80")
        }
        let (one, other) = (try #require(HashTable(endpoints)), try #require(HashTable(endpoints.reversed())))
        for key in (0..<500).map({ AffinityHash.of("\($0)".utf8) }) {
            let first = one.endpoint(of: key) { _ in true }.map { endpoints[$0].name }
            let second = other.endpoint(of: key) { _ in true }.map { endpoints[4 - $0].name }
            #expect(first == second)
        }
        #expect(HashTable([]) == nil)
    }

    @Test("who is ejected or down takes nothing", arguments: all)
    func unavailable(algorithm: BalancingAlgorithm) throws {
        let scene = try Scene(algorithm, weights: [1, 1, 1])
        scene.down(0)
        for _ in 0..<5 { scene.service.recordFailure(of: scene.seats[1].state, at: scene.now) }
        #expect(scene.counts(500) == [0, 0, 500])
        scene.now = scene.now + .seconds(31)
        #expect(scene.counts(500)[1] > 0, "the ejection is over")
    }

    @Test("when too few are well, health is not looked at; with a threshold of 0 nobody is called", arguments: all)
    func panics(algorithm: BalancingAlgorithm) throws {
        let scene = try Scene(algorithm, weights: [1, 1, 1, 1]) { $0.panicBelow = 0.5 }
        for index in 0..<3 { scene.down(index) }
        #expect(scene.counts(1_000).allSatisfy { $0 > 0 })
        scene.down(0, isDown: false)
        #expect(scene.counts(1_000)[1...2] == [0, 0])
        let strict = try Scene(algorithm, weights: [1, 1]) { $0.panicBelow = 0 }
        strict.down(0)
        strict.down(1)
        #expect(strict.choose() == nil)
        let single = try Scene(algorithm, weights: [1]) { $0.panicBelow = 0 }
        #expect(single.choose() == 0)
        single.down(0)
        #expect(single.choose() == nil)
    }

    @Test("the instance that has just failed is avoided, but better than none", arguments: all)
    func avoided(algorithm: BalancingAlgorithm) throws {
        let scene = try Scene(algorithm, weights: [1, 1, 1])
        #expect(scene.counts(500, avoiding: 1)[1] == 0)
        scene.down(0)
        scene.down(2)
        #expect(scene.counts(100, avoiding: 1)[1] == 100)
    }

    @Test("near instances are preferred as long as half of them are well", arguments: all)
    func zones(algorithm: BalancingAlgorithm) throws {
        let scene = try Scene(algorithm, weights: [1, 1, 1, 1], near: [true, true, true, false])
        #expect(scene.counts(400)[3] == 0)
        scene.down(0)
        #expect(scene.counts(400)[3] == 0)
        scene.down(1)
        #expect(scene.counts(400)[3] > 100)
    }

    @Test(
        "an instance that has recovered takes a tenth of its share at first, and more and more",
        arguments: [BalancingAlgorithm.roundRobin, .leastRequest, .peakEWMA])
    func slowStart(algorithm: BalancingAlgorithm) throws {
        let scene = try Scene(algorithm, weights: [1, 1]) { $0.slowStart = .seconds(10) }
        #expect(abs(scene.counts(2_000)[0] - 1_000) < 120, "those that were there from the beginning are warm")
        scene.down(0)
        scene.down(0, isDown: false)
        let cold = scene.counts(2_000)[0]
        #expect(abs(cold - 182) < 70, "a tenth beside a whole: \(cold)")
        scene.now = scene.now + .seconds(5)
        let half = scene.counts(2_000)[0]
        #expect(abs(half - 667) < 120, "\(half)")
        scene.now = scene.now + .seconds(5)
        #expect(abs(scene.counts(2_000)[0] - 1_000) < 120)
    }
}
