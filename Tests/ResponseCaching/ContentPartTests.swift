import NIOCore
import ResponseCaching
import Testing

@Suite("Parts of content, replies to HEAD, defaults in keys")
struct ContentPartTests {
    private static func part(_ range: Range<Int>, _ total: Int) -> ContentPart? { ContentPart(range, of: total) }

    @Test(
        "Content-Range is read or refused (RFC 9110 §14.4)",
        arguments: [
            ("bytes 0-4/10", 0..<5, 10), ("BYTES 9-9/10", 9..<10, 10),
            ("bytes 0-2147483645/2147483647", 0..<2_147_483_646, 2_147_483_647),
            ("bytes 0-4/*", nil, 0), ("bytes */10", nil, 0), ("bytes 4-0/10", nil, 0), ("bytes 0-10/10", nil, 0),
            ("items 0-4/10", nil, 0), ("bytes=0-4/10", nil, 0), ("bytes 0-4", nil, 0), ("bytes -4/10", nil, 0),
            ("bytes 0-/10", nil, 0), ("bytes 0-4/", nil, 0), ("bytes 0-4/10x", nil, 0), ("bytes 0-4 /10", nil, 0),
            ("bytes 0-99999999999999999999/99999999999999999999", nil, 0), ("", nil, 0),
        ] as [(String, Range<Int>?, Int)])
    func reading(_ text: String, _ range: Range<Int>?, _ total: Int) {
        let found = ContentPart(FieldList([("Content-Range", text)]))
        #expect(found?.range == range)
        if range != nil { #expect(found?.total == total) }
        #expect(ContentPart(FieldList([("Content-Range", text), ("Content-Range", text)])) == nil)
    }

    @Test("two parts are one exactly where no octet between them is missing")
    func joining() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<5000 {
            let total = Int.random(in: 1...12, using: &random)
            func some() -> Range<Int> {
                let start = Int.random(in: 0..<total, using: &random)
                return start..<Int.random(in: (start + 1)...total, using: &random)
            }
            let (first, second) = (some(), some())
            let held = Set(first).union(second)
            let isWhole = held.count == (held.max() ?? 0) - (held.min() ?? 0) + 1
            let joined = try #require(Self.part(first, total)).joined(with: try #require(Self.part(second, total)))
            #expect(joined.map { Set($0.range) } == (isWhole ? held : nil), "\(first) and \(second)")
            #expect(joined.map(\.isWhole) ?? false == (isWhole && held.count == total))
        }
        #expect(Self.part(0..<5, 10)?.joined(with: try #require(Self.part(5..<10, 11))) == nil)
    }

    @Test("a part is stored only where one was asked for; 416 never (RFC 9111 §3.3)")
    func storing() {
        let fields = FieldList([("Cache-Control", "max-age=60"), ("Content-Range", "bytes 0-4/10")])
        func decide(_ status: Int, _ part: ContentPart?) -> Storability {
            Storability.decide(
                request: RequestCaching(FieldList()), status: status, fields: fields, rules: CacheRules(),
                hasPrincipal: false, part: part, requestedAt: caseTime * 1000, receivedAt: caseTime * 1000)
        }
        #expect(decide(206, nil) == .refused(.partial))
        #expect(decide(416, Self.part(0..<5, 10)) == .refused(.partial))
        guard case .stored = decide(206, Self.part(0..<5, 10)) else {
            Issue.record("the part is not stored")
            return
        }
    }

    @Test(
        "a reply to HEAD speaks of what is stored where no validator and no length says otherwise (RFC 9111 §4.3.5)",
        arguments: [
            ([], true), ([("Content-Length", "10")], true), ([("Content-Length", "11")], false),
            ([("Content-Length", "ten")], false), ([("ETag", "\"a\"")], true), ([("ETag", "\"b\"")], false),
            ([("ETag", "W/\"a\"")], false), ([("Last-Modified", "Wed, 01 Jan 2020 00:00:00 GMT")], true),
            ([("Last-Modified", "Thu, 02 Jan 2020 00:00:00 GMT")], false),
        ] as [([(String, String)], Bool)])
    func heads(_ update: [(String, String)], _ speaks: Bool) {
        let stored = storedHead([
            ("Cache-Control", "max-age=60"), ("ETag", "\"a\""), ("Last-Modified", "Wed, 01 Jan 2020 00:00:00 GMT"),
        ])
        let fields = FieldList(update)
        #expect(HeadMerging.speaksOf(stored, length: 10, isOwnTag: false, toHEAD: fields) == speaks)
        // A tag that was made here says nothing about the service's.
        let isAboutTag = update.first?.0 == "ETag"
        #expect(HeadMerging.speaksOf(stored, length: 10, isOwnTag: true, toHEAD: fields) == (speaks && !isAboutTag))
    }

    @Test("a reply that is marked stale counts as purged; another one of the key does not")
    func marking() {
        let cache = ResponseCache(budget: 1_000_000)
        let key = CacheKey(Array("k".utf8))
        func reply(_ language: String) -> StoredReply {
            StoredReply(
                head: storedHead(
                    [("Cache-Control", "max-age=60"), ("Vary", "Accept-Language")],
                    request: [("Accept-Language", language)]), headBytes: ByteBuffer(string: "h"),
                content: ByteBuffer(string: language), groups: [], sequence: cache.sequence)
        }
        func isPurged(_ language: String) -> Bool? {
            guard
                case .found(_, let isPurged) = cache.lookup(key, request: FieldList([("Accept-Language", language)]))
            else { return nil }
            return isPurged
        }
        let (english, german) = (reply("en"), reply("de"))
        #expect(cache.store(english, under: key) && cache.store(german, under: key))
        cache.markStale(german, under: key)
        #expect(isPurged("en") == false && isPurged("de") == true)
    }

    @Test(
        "what states a default is the same as what leaves it out",
        arguments: [
            ("limit=20", ""), ("limit=21", "limit=21"), ("a=1&limit=20", "a=1"),
            ("limit=20&limit=20", "limit=20&limit=20"),
            ("%6Cimit=2%30", ""), ("tag=a&tag=b", ""), ("tag=b&tag=a", "tag=b&tag=a"), ("tag=a", "tag=a"),
            ("x&tag=a&limit=20&tag=b", "x"), ("limit", "limit"), ("limit=", "limit="),
        ])
    func defaults(_ query: String, _ expected: String) {
        func text(_ text: String) -> [UInt8] { Array(text.utf8) }
        let declared = [text("limit"): [text("limit=20")], text("tag"): [text("tag=a"), text("tag=b")]]
        let found = text(query).withUnsafeBytes { CanonicalQuery.bytes(of: $0, defaults: declared) }
        #expect(String(decoding: found, as: UTF8.self) == expected)
    }
}
