import HTTPExchanges
import NIOCore
import ResponseCaching
import Synchronization
import Testing

@Suite("The store: budget, eviction, groups, flights")
struct ResponseCacheTests {
    private static func reply(_ text: String, group: String = "g", in cache: ResponseCache) -> StoredReply {
        StoredReply(
            head: storedHead([("Cache-Control", "max-age=60")]), headBytes: ByteBuffer(string: "h"),
            content: ByteBuffer(string: text), groups: [CacheKey.digest(Array(group.utf8))], sequence: cache.sequence)
    }

    private static func key(_ number: Int) -> CacheKey { CacheKey(Array("k\(number)".utf8)) }

    private static func text(_ finding: ResponseCache.Finding) -> String? {
        guard case .found(let reply, _) = finding else { return nil }
        return String(buffer: reply.content)
    }

    @Test("random keys never exceed the budget, and a key gives back what was stored under it")
    func budget() {
        var random = SystemRandomNumberGenerator()
        let cache = ResponseCache(budget: 400_000)
        for _ in 0..<20_000 {
            let number = Int.random(in: 0..<2000, using: &random)
            if Bool.random(using: &random) {
                _ = cache.store(
                    Self.reply("\(number)" + String(repeating: "x", count: number), in: cache), under: Self.key(number))
            } else if let text = Self.text(cache.lookup(Self.key(number), request: FieldList())) {
                #expect(text.hasPrefix("\(number)x") || number == 0)
            }
            #expect(cache.statistics.bytes <= 400_000)
        }
        #expect(cache.statistics.entries > 0)
        #expect(cache.statistics.evictions > 0)
    }

    @Test("an object above 1 % of the budget is not stored")
    func objectLimit() {
        let cache = ResponseCache(budget: 400_000)
        #expect(!cache.store(Self.reply(String(repeating: "x", count: 4000), in: cache), under: Self.key(1)))
        #expect(cache.store(Self.reply("x", in: cache), under: Self.key(1)))
    }

    @Test("what is asked for stays when a scan passes (S3-FIFO)")
    func scan() {
        let cache = ResponseCache(budget: 1_000_000, shards: 1)
        for number in 0..<100 { _ = cache.store(Self.reply("hot", in: cache), under: Self.key(number)) }
        for _ in 0..<3 { for number in 0..<100 { _ = cache.lookup(Self.key(number), request: FieldList()) } }
        for number in 1000..<20_000 { _ = cache.store(Self.reply("cold", in: cache), under: Self.key(number)) }
        let kept = (0..<100).count { Self.text(cache.lookup(Self.key($0), request: FieldList())) == "hot" }
        #expect(kept == 100)
    }

    @Test("a group that is invalidated is gone, also what was on its way")
    func groups() {
        let cache = ResponseCache(budget: 1_000_000)
        let early = Self.reply("early", in: cache)
        #expect(cache.store(Self.reply("a", in: cache), under: Self.key(1)))
        #expect(cache.store(Self.reply("b", group: "other", in: cache), under: Self.key(2)))
        cache.invalidate(groups: [Array("g".utf8)])
        #expect(Self.text(cache.lookup(Self.key(1), request: FieldList())) == nil)
        #expect(Self.text(cache.lookup(Self.key(2), request: FieldList())) == "b")
        #expect(!cache.store(early, under: Self.key(1)))
        #expect(cache.store(Self.reply("late", in: cache), under: Self.key(1)))
        cache.invalidate(groups: [Array("g".utf8)], isSoft: true)
        guard case .found(_, let isPurged) = cache.lookup(Self.key(1), request: FieldList()) else {
            Issue.record("a soft purge keeps the reply")
            return
        }
        #expect(isPurged)
    }

    @Test("one leads, the others hear of it; an unshared reply sends all of them alone for a while")
    func flights() {
        let cache = ResponseCache(budget: 1_000_000)
        let told = Atomic<Int>(0)
        guard case .lead(let flight) = cache.depart(Self.key(1), at: 0, waiter: nil) else {
            Issue.record("the first leads")
            return
        }
        for _ in 0..<1000 {
            guard case .wait = cache.depart(Self.key(1), at: 0, waiter: { _ in told.add(1, ordering: .relaxed) }) else {
                Issue.record("the others wait")
                return
            }
        }
        cache.land(flight, .unshared, at: 0)
        cache.land(flight, .failed, at: 0)
        #expect(told.load(ordering: .relaxed) == 1000)
        guard case .alone = cache.depart(Self.key(1), at: 9999, waiter: { _ in }) else {
            Issue.record("hit-for-miss")
            return
        }
        guard case .lead = cache.depart(Self.key(1), at: 10_001, waiter: { _ in }) else {
            Issue.record("hit-for-miss ends")
            return
        }
    }
}
