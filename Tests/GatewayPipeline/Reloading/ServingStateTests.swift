import GatewayTelemetry
import HTTPExchanges
import NIOCore
import SocketTransport
import TestSupport
import Testing
import UpstreamCalls

@testable import GatewayPipeline

@Suite("What a worker serves, over a reload")
struct ServingStateTests {
    /// The counters of the process.
    private static let metrics = MetricsRegistry(workers: 1)

    /// A snapshot without routes over upstreams of these names and limits.
    private static func snapshot(_ limits: [(name: String, connections: Int)]) throws -> Snapshot {
        let folder = try TemporaryFolder([
            "routes/all.yaml": "version: 1\nupstreams:\n"
                + limits.map {
                    "  \($0.name): { targets: [http://127.0.0.1:1], pool: { maxConnections: \($0.connections) } }\n"
                }
                .joined() + "apis: { a: { spec: ../a.yaml, upstream: \(limits[0].name) } }\n",
            "a.yaml": "openapi: 3.1.0\ninfo: { title: a, version: '1' }\npaths: {}\n",
        ])
        let outcome = SnapshotBuilder.load(routes: folder.file("routes"), metrics: metrics)
        return try #require(outcome.snapshot, "\(outcome.diagnostics.map(\.message))").resolvingNames()
    }

    /// Runs `body` on a loop with a worker that serves `snapshot`.
    private static func onWorker(
        _ snapshot: Snapshot, _ body: @escaping @Sendable (GatewayWorker, UpstreamKeeper) throws -> Void
    ) async throws {
        let group = try SocketLoopGroup(count: 1)
        let loop = group.loops[0]
        let done = loop.submit {
            let keeper = UpstreamKeeper { _ in }
            let worker = GatewayWorker(
                index: 0, loop: ExchangeLoop(eventLoop: loop, fields: 100) { 0 }, snapshot: snapshot,
                services: keeper.services(for: snapshot), metrics: MetricsRegistry(workers: 1).shard(worker: 0),
                log: nil)
            try body(worker, keeper)
        }
        do { try await done.get() } catch {
            await group.shutdown()
            throw error
        }
        await group.shutdown()
    }

    @Test("connections to an upstream that stays the same are kept, and what was learnt with them; others are new")
    func lanes() async throws {
        let first = try Self.snapshot([("a", 8), ("b", 8)])
        let second = try Self.snapshot([("c", 8), ("b", 16), ("a", 8)])
        try await Self.onWorker(first) { worker, keeper in
            let old = worker.serving
            _ = old.lanes[0].pool.mayRepeat()
            worker.serve(second, keeper.services(for: second), insights: nil)
            let new = worker.serving
            #expect(new.snapshot === second)
            #expect(new.lanes.map(\.plan.configuration.name) == ["c", "b", "a"])
            #expect(new.lanes[2] === old.lanes[0])
            #expect(new.lanes[1] !== old.lanes[1])
            #expect(new.lanes[1].plan.configuration.maxConnections > old.lanes[1].plan.configuration.maxConnections)
        }
    }

    @Test("an exchange keeps what it began with until it is over; then nothing of it is left")
    func lifetime() async throws {
        let first = try Self.snapshot([("a", 8)])
        let second = try Self.snapshot([("a", 16)])
        try await Self.onWorker(first) { worker, keeper in
            let resting = try #require(worker.responder() as? GatewayExchange)
            let running = try #require(worker.responder() as? GatewayExchange)
            worker.giveBack(resting)
            weak let state = worker.serving
            weak let lane = worker.serving.lanes[0]
            worker.serve(second, keeper.services(for: second), insights: nil)
            #expect(running.snapshot === first)
            #expect(running.serving === state)
            #expect(resting.slot == -1, "an object at rest would keep the state")
            worker.giveBack(running)
            #expect(running.slot == -1)
            let next = try #require(worker.responder() as? GatewayExchange)
            #expect(next.snapshot === second)
            running.serving = worker.serving
            resting.serving = worker.serving
            #expect(state == nil)
            #expect(lane == nil)
        }
    }

    @Test("a limit that stays the same keeps its callers; one that changes counts anew")
    func limits() throws {
        func number(_ limit: String, _ key: String = "address") throws -> Int {
            let folder = try TemporaryFolder([
                "routes/all.yaml": """
                version: 1
                upstreams: { u: { targets: [http://127.0.0.1:1] } }
                policies: { slow: { rateLimit: { key: \(key), limit: \(limit) } } }
                apis: { a: { spec: ../a.yaml, upstream: u, use: [slow], undeclared: pass } }
                """,
                "a.yaml": "openapi: 3.1.0\ninfo: { title: a, version: '1' }\npaths: {}\n",
            ])
            let snapshot = try #require(SnapshotBuilder.load(routes: folder.file("routes")).snapshot)
            let plan = try #require(snapshot.mounts.first?.undeclared?.traffic)
            return try #require((plan.byAddress + plan.byCaller).first?.number)
        }
        #expect(try number("10/1s") == number("10/1s"))
        #expect(try number("10/1s") != number("20/1s"))
        #expect(try number("10/1s") != number("10/2s"))
        #expect(try number("10/1s") != number("10/1s", "operation"))
    }

    @Test("a name that cannot be looked up for now keeps the address that it had")
    func names() throws {
        let plan = UpstreamPlan(
            configuration: UpstreamConfiguration(name: "a", endpoints: []),
            targets: [UpstreamTarget(host: "nowhere.invalid", port: 1)], metrics: 0)
        let empty = try Self.snapshot([("a", 8)])
        func snapshot(_ plan: UpstreamPlan) -> Snapshot {
            Snapshot(
                table: empty.table, rows: [], mounts: [], mountOfRow: [], upstreams: [plan], hash: "")
        }
        var known = plan
        known.configuration.endpoints = [
            UpstreamEndpoint(address: try SocketAddress(ipAddress: "127.0.0.1", port: 1), name: "nowhere.invalid:1")
        ]
        #expect(snapshot(plan).resolvingNames().upstreams[0].configuration.endpoints.isEmpty)
        #expect(
            snapshot(plan).resolvingNames(after: snapshot(known)).upstreams[0].configuration.endpoints
                == known.configuration.endpoints)
    }
}
