import HTTPExchanges
import NIOCore
import ResponseCaching

/// Replays traces against the store's own code and against simulated LRU, SIEVE and the optimum with room for as many keys,
/// and prints each one's share of misses as JSON.
///
/// Usage: `CacheBenchmark [--requests 1000000]`
@main
struct CacheBenchmark {
    /// Keys that the store has room for, about.
    private static let room = 10_000

    static func main() {
        var arguments = CommandLine.arguments.dropFirst()
        var count = 1_000_000
        while let argument = arguments.popFirst() {
            guard argument == "--requests", let number = arguments.popFirst().flatMap({ Int($0) }), number > 0 else {
                return print("usage: CacheBenchmark [--requests 1000000]")
            }
            count = number
        }
        let store = StoreUnderTest(room: room)
        let capacity = store.capacity
        let lines = Trace.all(requests: count, capacity: capacity).map { trace in
            let figures = [
                ("Lintel", store.misses(trace.keys)), ("LRU", LRU.misses(trace.keys, capacity: capacity)),
                ("SIEVE", Sieve.misses(trace.keys, capacity: capacity)),
                ("optimum", Optimum.misses(trace.keys, capacity: capacity)),
            ]
            let shares = figures.map { "\"\($0)\": \(Double($1) / Double(trace.keys.count))" }
            return "{\"trace\": \"\(trace.name)\", \(shares.joined(separator: ", "))}"
        }
        print("{\"capacity\": \(capacity), \"traces\": [\(lines.joined(separator: ", "))]}")
    }
}

/// The store, in one shard, with replies of one size.
struct StoreUnderTest {
    private let budget: Int
    private let fields = FieldList([("cache-control", "max-age=1000000")])
    private let head: StoredHead
    /// Keys that fit in.
    let capacity: Int

    /// A store with room for about so many keys.
    init(room: Int) {
        head = StoredHead(
            status: 200, fields: fields,
            freshness: Freshness(
                of: fields, status: 200, directives: ResponseDirectives(fields), rules: CacheRules(), requestedAt: 0,
                receivedAt: 0),
            rules: CacheRules(), request: FieldList())
        let probe = ResponseCache(budget: 1 << 30, shards: 1)
        _ = probe.store(Self.reply(head), under: Self.key(0))
        budget = probe.statistics.bytes * room
        let full = ResponseCache(budget: budget, shards: 1)
        for key in 0..<(room * 2) { _ = full.store(Self.reply(head), under: Self.key(key)) }
        capacity = full.statistics.entries
    }

    private static func reply(_ head: StoredHead) -> StoredReply {
        StoredReply(
            head: head, headBytes: ByteBuffer(string: "h"), content: ByteBuffer(string: "c"), groups: [], sequence: 0)
    }

    /// Keys of one length.
    private static func key(_ number: Int) -> CacheKey { CacheKey(Array("\(number + 1_000_000_000)".utf8)) }

    /// Requests that were not in store; each is stored after it.
    func misses(_ keys: [Int]) -> Int {
        let cache = ResponseCache(budget: budget, shards: 1)
        var misses = 0
        for number in keys {
            let key = Self.key(number)
            if case .found = cache.lookup(key, request: FieldList()) { continue }
            misses += 1
            _ = cache.store(Self.reply(head), under: key)
        }
        return misses
    }
}
