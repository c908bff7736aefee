import NIOCore
import Synchronization
import Testing
import UpstreamCalls

@Suite("What the loops know together about a service")
struct EndpointHealthTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    /// A service with instances at made-up addresses, and what it told.
    private struct Scene {
        let service: UpstreamService
        let told = Told()

        final class Told: Sendable {
            let events = Mutex<[UpstreamService.Event]>([])
        }

        init(count: Int, _ adjust: (inout UpstreamConfiguration) -> Void = { _ in }) throws {
            var configuration = UpstreamConfiguration(
                name: "test", endpoints: try (1...count).map { try EndpointHealthTests.endpoint($0) })
            adjust(&configuration)
            service = UpstreamService(configuration) { [told] event in told.events.withLock { $0.append(event) } }
        }

        var events: [UpstreamService.Event] { told.events.withLock { $0 } }

        func fail(_ index: Int, times: Int, at now: NIODeadline = EndpointHealthTests.start) {
            for _ in 0..<times { service.recordFailure(of: service.endpoints[index], at: now) }
        }
    }

    private static func endpoint(_ number: Int) throws -> UpstreamEndpoint {
        UpstreamEndpoint(
            address: try SocketAddress(ipAddress: "10.0.0.\(number)", port: 80), name: "10.0.0.\(number):80")
    }

    @Test("failures in a row leave an instance out for its time, and then it is back")
    func ejection() throws {
        let scene = try Scene(count: 2)
        scene.fail(0, times: 4)
        #expect(scene.service.endpoints[0].health(at: Self.start) == .available)
        scene.fail(0, times: 1)
        #expect(scene.service.endpoints[0].health(at: Self.start) == .ejected)
        #expect(scene.service.endpoints[0].health(at: Self.start + .seconds(29)) == .ejected)
        #expect(scene.service.endpoints[0].health(at: Self.start + .seconds(30)) == .available)
        #expect(scene.events == [.ejected("10.0.0.1:80")])
        let report = scene.service.endpoints[0].report(at: Self.start)
        #expect(report.ejections == 1 && report.errors == 0)
    }

    @Test("no more than the share is left out, however many fail", arguments: [(0.5, 2), (0.3, 1), (0, 0), (1, 4)])
    func share(maxEjected: Double, most: Int) throws {
        let scene = try Scene(count: 4) { $0.maxEjected = maxEjected }
        for index in 0..<4 { scene.fail(index, times: 20) }
        #expect(scene.service.endpoints.count { $0.health(at: Self.start) == .ejected } == most)
        #expect(scene.events.count == most)
    }

    @Test("a service told of other instances keeps what it knows of those that stay")
    func membership() throws {
        let scene = try Scene(count: 2)
        scene.fail(0, times: 5)
        let before = scene.service.endpoints
        scene.service.use([try Self.endpoint(1), try Self.endpoint(3)], at: Self.start)
        let after = scene.service.endpoints
        #expect(after[0] === before[0] && after[0].health(at: Self.start) == .ejected)
        #expect(after[1].endpoint.name == "10.0.0.3:80")
        #expect(scene.events.last == .endpoints(["10.0.0.1:80", "10.0.0.3:80"]))
        // The same in another order is no news.
        scene.service.use([try Self.endpoint(3), try Self.endpoint(1)], at: Self.start)
        #expect(scene.events.count == 2)
    }

    @Test("there is a limit to the instances that a name may bring")
    func limit() throws {
        let scene = try Scene(count: 1)
        let many = try (0..<2_000).map { number in
            UpstreamEndpoint(
                address: try SocketAddress(ipAddress: "10.1.\(number / 250).\(number % 250)", port: 80),
                name: "\(number)")
        }
        scene.service.use(many, at: Self.start)
        #expect(scene.service.endpoints.count == UpstreamService.mostEndpoints)
    }

    @Test("of n calls at most the greater of ten and a fifth are repeated", arguments: [1, 10, 50, 51, 1_000, 20_000])
    func budget(calls: Int) {
        var budget = RetryBudget(share: 0.2)
        var repeated = 0
        for _ in 0..<calls {
            budget.recordRequest()
            // A storm: every call would be repeated many times.
            for _ in 0..<5 where budget.take() { repeated += 1 }
        }
        #expect(repeated <= max(10, calls / 5))
        #expect(repeated >= min(calls, max(10, calls / 5) - 1))
    }

    @Test("a share outside 0 to 1 is brought inside", arguments: [(-1.0, 0), (5.0, 10)])
    func strangeShares(share: Double, earned: Int) {
        var budget = RetryBudget(share: share)
        while budget.take() {}
        for _ in 0..<20 { budget.recordRequest() }
        var taken = 0
        for _ in 0..<40 where budget.take() { taken += 1 }
        #expect(taken == earned)
    }

    @Test("after a calm time no more than a hundred come at once; a share of nothing allows none")
    func burst() {
        var budget = RetryBudget(share: 0.2)
        for _ in 0..<100_000 { budget.recordRequest() }
        let atOnce = (0..<1_000).count { _ in budget.take() }
        #expect(atOnce == 100)
        var none = RetryBudget(share: 0)
        none.recordRequest()
        let isAllowed = none.take()
        #expect(!isAllowed)
    }
}

@Suite("Circuits")
struct CircuitBreakerTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private static let policy = CircuitPolicy(
        errorRate: 0.5, window: .seconds(10), minRequests: 20, openFor: .seconds(5))

    /// Records calls, failures first; returns at which call something changed.
    private static func record(
        _ circuit: CircuitBreaker, _ counter: CircuitBreaker.Counter, failures: Int = 0, successes: Int = 0,
        at now: NIODeadline = start
    ) -> [Int] {
        var changes: [Int] = []
        for call in 0..<successes where circuit.record(isFailure: false, in: counter, at: now) { changes.append(call) }
        for call in 0..<failures where circuit.record(isFailure: true, in: counter, at: now) { changes.append(call) }
        return changes
    }

    @Test("it opens when enough calls failed, not before there were enough")
    func opens() {
        let circuit = CircuitBreaker(Self.policy)
        let counter = circuit.makeCounter()
        #expect(Self.record(circuit, counter, failures: 19).isEmpty)
        #expect(circuit.admits(at: Self.start))
        #expect(Self.record(circuit, counter, failures: 1) == [0])
        #expect(circuit.isOpen(at: Self.start) && !circuit.admits(at: Self.start))
        #expect(circuit.counts.openings == 1 && circuit.counts.refusals == 1)
    }

    @Test("it goes by the share of failures, of all loops together")
    func share() {
        let circuit = CircuitBreaker(Self.policy)
        let counters = [circuit.makeCounter(), circuit.makeCounter()]
        #expect(Self.record(circuit, counters[0], successes: 30).isEmpty)
        #expect(Self.record(circuit, counters[1], failures: 29).isEmpty)
        #expect(Self.record(circuit, counters[1], failures: 1) == [0])
    }

    @Test("what lies longer back than the window does not count")
    func window() {
        let circuit = CircuitBreaker(Self.policy)
        let counter = circuit.makeCounter()
        #expect(Self.record(circuit, counter, failures: 19).isEmpty)
        #expect(Self.record(circuit, counter, failures: 19, at: Self.start + .seconds(12)).isEmpty)
        #expect(Self.record(circuit, counter, failures: 1, at: Self.start + .seconds(13)) == [0])
    }

    @Test("after its time one call is let through: it closes the circuit, or the next has to wait as long again")
    func probes() {
        let circuit = CircuitBreaker(Self.policy)
        let counter = circuit.makeCounter()
        _ = Self.record(circuit, counter, failures: 20)
        #expect(!circuit.admits(at: Self.start + .seconds(4)))
        #expect(circuit.admits(at: Self.start + .seconds(5)))
        #expect(!circuit.admits(at: Self.start + .seconds(5)), "one alone")
        #expect(Self.record(circuit, counter, failures: 1, at: Self.start + .seconds(6)).isEmpty)
        #expect(!circuit.admits(at: Self.start + .seconds(9)))
        #expect(circuit.admits(at: Self.start + .seconds(10)))
        #expect(Self.record(circuit, counter, successes: 1, at: Self.start + .seconds(11)) == [0])
        #expect(circuit.admits(at: Self.start + .seconds(11)))
        // What was counted before is forgotten.
        #expect(Self.record(circuit, counter, failures: 19, at: Self.start + .seconds(11)).isEmpty)
    }

    @Test("a loop that has gone counts no longer")
    func removed() {
        let circuit = CircuitBreaker(Self.policy)
        let (gone, left) = (circuit.makeCounter(), circuit.makeCounter())
        _ = Self.record(circuit, gone, failures: 19)
        circuit.remove(gone)
        #expect(Self.record(circuit, left, failures: 1).isEmpty)
    }
}
