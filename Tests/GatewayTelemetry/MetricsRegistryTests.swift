import GatewayTelemetry
import Synchronization
import Testing

/// Counts the tasks that have ended.
private final class Finished: Sendable {
    /// How many.
    let count = Atomic<Int>(0)
}

@Suite("Metrics: shards, indices, sums")
struct MetricsRegistryTests {
    @Test("an exchange counts its status class, its bucket and its time")
    func oneExchange() {
        let registry = MetricsRegistry(workers: 2)
        let index = registry.index(of: OperationLabels(api: "shop", operation: "getProduct"))
        registry.shard(worker: 0).recordExchange(operation: index, status: 204, nanoseconds: 1_000_000)
        registry.shard(worker: 1).recordExchange(operation: index, status: 503, nanoseconds: 2_000_000)
        let totals = registry.totals(operation: index)
        #expect(totals.requests == [0, 1, 0, 0, 1, 0])
        #expect(totals.latencyNanoseconds == 3_000_000)
        #expect(totals.buckets.reduce(0, +) == 2)
    }

    @Test(
        "every status falls into its class, and what is none counts as none",
        arguments: [(100, 0), (199, 0), (200, 1), (302, 2), (404, 3), (599, 4), (600, 5), (0, 5), (-1, 5), (99, 5)])
    func statusClasses(status: Int, expected: Int) {
        let registry = MetricsRegistry(workers: 1)
        registry.shard(worker: 0).recordExchange(operation: 0, status: status, nanoseconds: 1)
        #expect(registry.totals(operation: 0).requests.firstIndex(of: 1) == expected)
    }

    @Test("equal labels get one index, so counters go on over a reload")
    func stableIndices() {
        let registry = MetricsRegistry(workers: 1)
        let first = registry.index(of: OperationLabels(api: "a", operation: "x"))
        let second = registry.index(of: OperationLabels(api: "a", operation: "y"))
        #expect(registry.index(of: .unmatched) == 0)
        #expect(first != second)
        #expect(registry.index(of: OperationLabels(api: "a", operation: "x")) == first)
        #expect(registry.index(ofUpstream: "u") == registry.index(ofUpstream: "u"))
    }

    @Test("an index that was never handed out records nothing", arguments: [-1, 64, 262_144, Int.max, Int.min])
    func foreignIndices(index: Int) {
        let registry = MetricsRegistry(workers: 1, reasons: ["a"])
        let shard = registry.shard(worker: 0)
        shard.recordExchange(operation: index, status: 200, nanoseconds: 1)
        shard.recordViolations(operation: index, in: .requestBody)
        shard.recordAttempt(upstream: index)
        shard.setPool(PoolGauges(open: 1), upstream: index)
        shard.recordFailure(reason: index)
        #expect(registry.totals(operation: index) == OperationTotals())
        #expect(registry.totals(operation: 0).isEmpty)
    }

    @Test("thousands of operations keep their own counts")
    func manyOperations() {
        let registry = MetricsRegistry(workers: 1)
        let indices = (0..<5000).map { registry.index(of: OperationLabels(api: "big", operation: "op\($0)")) }
        for (count, index) in indices.enumerated() {
            for _ in 0...(count % 3) {
                registry.shard(worker: 0).recordExchange(operation: index, status: 200, nanoseconds: 1)
            }
        }
        #expect(Set(indices).count == 5000)
        #expect(
            indices.enumerated().allSatisfy { registry.totals(operation: $1).requests[1] == UInt64($0 % 3 + 1) })
    }

    @Test("a worker's number outside the range wraps around", arguments: [0, 3, -1, Int.min, Int.max])
    func workerNumbers(worker: Int) {
        let registry = MetricsRegistry(workers: 2)
        registry.shard(worker: worker).recordExchange(operation: 0, status: 200, nanoseconds: 1)
        #expect(registry.totals(operation: 0).requests[1] == 1)
    }

    @Test("workers count at the same time while operations are added and the text is made, and nothing is lost")
    func concurrency() async {
        let workers = 4
        let rounds = 20_000
        let registry = MetricsRegistry(workers: workers)
        let shared = registry.index(of: OperationLabels(api: "api", operation: "shared"))
        let upstream = registry.index(ofUpstream: "u")
        let finished = Finished()
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<workers {
                group.addTask {
                    let shard = registry.shard(worker: worker)
                    for round in 0..<rounds {
                        shard.recordExchange(operation: shared, status: 200, nanoseconds: UInt64(round))
                        shard.recordAttempt(upstream: upstream)
                        if round % 100 == 0 {
                            let own = registry.index(of: OperationLabels(api: "w\(worker)", operation: "r\(round)"))
                            shard.recordExchange(operation: own, status: 200, nanoseconds: 1)
                        }
                    }
                    finished.count.wrappingAdd(1, ordering: .releasing)
                }
            }
            group.addTask {
                var last: UInt64 = 0
                repeat {
                    let now = registry.totals(operation: shared).requests[1]
                    #expect(now >= last)
                    last = now
                    var text = PrometheusText()
                    registry.render(into: &text)
                    await Task.yield()
                } while finished.count.load(ordering: .acquiring) < workers
            }
        }
        #expect(registry.totals(operation: shared).requests[1] == UInt64(workers * rounds))
        #expect(registry.totals(operation: shared).buckets.reduce(0, +) == UInt64(workers * rounds))
        for worker in 0..<workers {
            let own = registry.index(of: OperationLabels(api: "w\(worker)", operation: "r100"))
            #expect(registry.totals(operation: own).requests[1] == 1)
        }
    }
}

@Suite("Latency buckets")
struct LatencyBucketsTests {
    @Test("a duration falls into the first bucket whose bound is not below it")
    func bounds() {
        for index in 0..<LatencyBuckets.finiteCount {
            let bound = LatencyBuckets.upperBound(of: index)
            #expect(LatencyBuckets.index(ofNanoseconds: bound) == index)
            #expect(LatencyBuckets.index(ofNanoseconds: bound + 1) == index + 1)
        }
        #expect(LatencyBuckets.index(ofNanoseconds: 0) == 0)
        #expect(LatencyBuckets.index(ofNanoseconds: .max) == LatencyBuckets.finiteCount)
    }
}
