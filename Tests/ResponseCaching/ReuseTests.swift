import HTTPExchanges
import NIOCore
import ResponseCaching
import Testing

/// A stored reply that was received at the time of all cases.
func storedHead(
    _ fields: [(String, String)], status: Int = 200, rules: CacheRules = CacheRules(), request: [(String, String)] = []
) -> StoredHead {
    let list = FieldList(fields)
    return StoredHead(
        status: status, fields: list,
        freshness: Freshness(
            of: list, status: status, directives: ResponseDirectives(list), rules: rules,
            requestedAt: caseTime * 1000, receivedAt: caseTime * 1000), rules: rules, request: FieldList(request))
}

@Suite("Whether a stored reply answers (RFC 9111 §4)")
struct ReuseTests {
    /// A row of the table.
    struct Row: Sendable, CustomTestStringConvertible {
        let section: String
        let stored: String
        let request: String
        let age: Int64
        let expected: Reuse
        var testDescription: String { "\(section): stored \(stored), asked \(request), after \(age) s" }

        init(_ section: String, _ stored: String, _ request: String, after age: Int64, _ expected: Reuse) {
            (self.section, self.stored, self.request, self.age, self.expected) = (
                section, stored, request, age, expected
            )
        }
    }

    static let rows: [Row] = [
        Row("§4.2", "max-age=60", "", after: 0, .fresh),
        Row("§4.2", "max-age=60", "", after: 59, .fresh),
        Row("§4.2", "max-age=60", "", after: 60, .revalidate(.stale)),
        Row("§5.2.1.4", "max-age=60", "no-cache", after: 0, .revalidate(.request)),
        Row("§5.2.1.4", "max-age=60", "NO-CACHE", after: 0, .revalidate(.request)),
        Row("§5.2.1.1", "max-age=60", "max-age=10", after: 10, .fresh),
        Row("§5.2.1.1", "max-age=60", "max-age=10", after: 11, .revalidate(.request)),
        Row("§5.2.1.1", "max-age=60", "max-age=0", after: 1, .revalidate(.request)),
        Row("§5.2.1.3", "max-age=60", "min-fresh=10", after: 50, .fresh),
        Row("§5.2.1.3", "max-age=60", "min-fresh=10", after: 51, .revalidate(.request)),
        Row("§5.2.1.2", "max-age=60", "max-stale", after: 1000, .staleAllowed),
        Row("§5.2.1.2", "max-age=60", "max-stale=10", after: 70, .staleAllowed),
        Row("§5.2.1.2", "max-age=60", "max-stale=10", after: 71, .revalidate(.stale)),
        Row("§5.2.1.2", "max-age=60", "max-stale=x", after: 61, .revalidate(.stale)),
        Row("§5.2.2.2", "max-age=60, must-revalidate", "max-stale", after: 61, .revalidate(.stale)),
        Row("§5.2.2.8", "max-age=60, proxy-revalidate", "max-stale", after: 61, .revalidate(.stale)),
        Row("§5.2.2.10", "s-maxage=60", "max-stale", after: 61, .revalidate(.stale)),
        Row("§5.2.2.4", "no-cache", "", after: 0, .revalidate(.noCache)),
        Row("§5.2.2.4", "max-age=60, no-cache", "max-stale", after: 0, .revalidate(.noCache)),
        Row("§5.2.2.4", "max-age=60, no-cache=\"x\"", "", after: 0, .fresh),
        Row("§5.2.1.7", "max-age=60", "only-if-cached", after: 0, .fresh),
        Row("RFC 5861 §3", "max-age=60, stale-while-revalidate=10", "", after: 70, .staleWhileRevalidating),
        Row("RFC 5861 §3", "max-age=60, stale-while-revalidate=10", "", after: 71, .revalidate(.stale)),
        Row(
            "RFC 5861 §3", "max-age=60, must-revalidate, stale-while-revalidate=10", "", after: 61,
            .revalidate(.stale)),
        Row("RFC 5861 §3", "max-age=60, stale-while-revalidate=10", "max-age=600", after: 61, .revalidate(.stale)),
        Row("RFC 5861 §3", "max-age=60, stale-while-revalidate=10", "no-cache", after: 61, .revalidate(.request)),
    ]

    @Test("by age, directives of the reply and of the request", arguments: rows)
    func decide(_ row: Row) {
        let stored = storedHead([("Cache-Control", row.stored), ("ETag", "\"a\"")])
        let request = RequestCaching(FieldList(row.request.isEmpty ? [] : [("Cache-Control", row.request)]))
        #expect(Reuse.decide(stored, request: request.directives, at: (caseTime + row.age) * 1000) == row.expected)
    }

    @Test("Pragma: no-cache counts where there is no Cache-Control (RFC 9111 §5.4)")
    func pragma() {
        #expect(RequestCaching(FieldList([("Pragma", "no-cache")])).directives.noCache)
        #expect(
            !RequestCaching(FieldList([("Pragma", "no-cache"), ("Cache-Control", "max-age=1")])).directives.noCache)
    }

    @Test(
        "a stale reply stands in for a failure within its window (RFC 5861 §4)",
        arguments: [
            ("max-age=60, stale-if-error=10", 70, true), ("max-age=60, stale-if-error=10", 71, false),
            ("max-age=60", 61, false), ("max-age=60, must-revalidate, stale-if-error=10", 61, false),
            ("s-maxage=60, stale-if-error=10", 61, true),
        ] as [(String, Int64, Bool)])
    func standsIn(control: String, age: Int64, expected: Bool) {
        #expect(storedHead([("Cache-Control", control)]).mayStandIn(at: (caseTime + age) * 1000) == expected)
    }

    @Test(
        "values of Vary are compared in normal form (RFC 9111 §4.1)",
        arguments: [
            ("Accept-Encoding", "gzip, br", "br,gzip", true), ("Accept-Encoding", "gzip;q=0.5", "gzip", true),
            ("Accept-Encoding", "gzip;q=0", "gzip", false),
            ("Accept-Language", "de, en;q=0.5", "en;q=0.4,de;q=0.9", true),
            ("Accept-Language", "de, en;q=0.5", "en, de;q=0.5", false), ("X-A", "1,2", "1, 2", true),
            ("X-A", "1", "2", false), ("X-A", "1", "", false),
        ] as [(String, String, String, Bool)])
    func vary(name: String, first: String, second: String, isSame: Bool) {
        let stored = storedHead([("Cache-Control", "max-age=60"), ("Vary", name)], request: [(name, first)])
        #expect(stored.isSelected(by: FieldList([(name, second)])) == isSame)
    }

    @Test("an absent field is not an empty one, and coded content varies unasked")
    func varyAbsent() {
        let stored = storedHead([("Vary", "X-A")])
        #expect(stored.isSelected(by: FieldList()))
        #expect(!stored.isSelected(by: FieldList([("X-A", "")])))
        let coded = storedHead([("Content-Encoding", "gzip")], request: [("Accept-Encoding", "gzip")])
        #expect(!coded.isSelected(by: FieldList()))
    }

    @Test(
        "conditions and ranges are answered from the store (RFC 9110 §13, §14)",
        arguments: [
            ([("If-None-Match", "\"a\"")], .notModified), ([("If-None-Match", "W/\"a\"")], .notModified),
            ([("If-None-Match", "\"b\", \"a\"")], .notModified), ([("If-None-Match", "*")], .notModified),
            ([("If-None-Match", "\"b\"")], .whole), ([("If-None-Match", "\"b,a\"")], .whole),
            ([("If-None-Match", "\"b\""), ("If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT")], .whole),
            ([("If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT")], .notModified),
            ([("If-Modified-Since", "Sat, 05 Nov 1994 08:49:36 GMT")], .whole), ([("If-Modified-Since", "x")], .whole),
            ([("Range", "bytes=0-0")], .part(0..<1)), ([("Range", "bytes=5-")], .part(5..<10)),
            ([("Range", "bytes=-3")], .part(7..<10)), ([("Range", "bytes=0-99")], .part(0..<10)),
            ([("Range", "bytes=-99")], .part(0..<10)), ([("Range", "bytes=10-")], .unsatisfiable),
            ([("Range", "bytes=-0")], .unsatisfiable), ([("Range", "bytes=3-2")], .whole),
            ([("Range", "bytes=0-1,3-4")], .whole), ([("Range", "lines=0-1")], .whole),
            ([("Range", "bytes=x-")], .whole),
            ([("Range", "BYTES=0-1")], .part(0..<2)),
            ([("Range", "bytes=0-1"), ("If-Range", "\"a\"")], .part(0..<2)),
            ([("Range", "bytes=0-1"), ("If-Range", "W/\"a\"")], .whole),
            ([("Range", "bytes=0-1"), ("If-Range", "\"b\"")], .whole),
            ([("Range", "bytes=0-1"), ("If-Range", "Sat, 05 Nov 1994 08:49:37 GMT")], .part(0..<2)),
            ([("Range", "bytes=0-1"), ("If-Range", "Sun, 06 Nov 1994 08:49:37 GMT")], .whole),
            ([("Range", "bytes=0-1"), ("If-None-Match", "\"a\"")], .notModified),
        ] as [([(String, String)], Selection)])
    func selection(request: [(String, String)], expected: Selection) {
        let stored = storedHead([("ETag", "\"a\""), ("Last-Modified", "Sat, 05 Nov 1994 08:49:37 GMT")])
        let found = Selection.decide(
            stored, request: RequestCaching(FieldList(request)), length: 10, now: caseTime * 1000)
        #expect(found == expected)
    }

    @Test("a 304 replaces fields, but none that describe the content (RFC 9111 §3.2)")
    func merge() {
        let merged = HeadMerging.merge(
            stored: FieldList([("ETag", "\"a\""), ("Content-Type", "text/plain"), ("X", "1"), ("Y", "1")]),
            update: FieldList([("Content-Encoding", "gzip"), ("X", "2"), ("Content-Length", "0")])
        )
        #expect(
            merged
                == FieldList([("ETag", "\"a\""), ("Content-Type", "text/plain"), ("Y", "1"), ("X", "2")]))
    }

    @Test("a 304 may refine the media type, but not make it another")
    func mediaType() {
        let stored = FieldList([("Content-Type", "Text/Plain; charset=ascii")])
        func changes(_ value: String) -> Bool {
            HeadMerging.changesMediaType(stored: stored, update: FieldList([("Content-Type", value)]))
        }
        #expect(!changes("text/plain") && !changes("text/plain;charset=utf-8"))
        #expect(changes("text/html") && changes("text/plain2") && changes(""))
        #expect(!HeadMerging.changesMediaType(stored: stored, update: FieldList()))
    }

    @Test(
        "the query has one form (RFC 3986 §6.2.2)",
        arguments: [
            ("b=2&a=1", "a=1&b=2"), ("a=2&a=1", "a=2&a=1"), ("a=%7e&&", "a=~"), ("a=%2f", "a=%2F"), ("%61=1", "a=1"),
            ("a=+", "a=+"), ("a=%", "a=%"), ("", ""), ("b&a", "a&b"), ("a=%zz", "a=%zz"),
        ])
    func query(given: String, expected: String) {
        let found = Array(given.utf8).withUnsafeBytes { CanonicalQuery.bytes(of: $0) }
        #expect(String(decoding: found, as: UTF8.self) == expected)
    }
}

@Suite("Lifetimes spread by chance, and replies fetched before their time")
struct EarlyRefreshTests {
    private static func freshness(_ control: String, rules: CacheRules = CacheRules(), took: Int64 = 100) -> Freshness {
        let fields = FieldList(control.isEmpty ? [] : [("Cache-Control", control)])
        return Freshness(
            of: fields, status: 200, directives: ResponseDirectives(fields), rules: rules,
            requestedAt: caseTime * 1000 - took, receivedAt: caseTime * 1000)
    }

    @Test("a stated lifetime is never lengthened, one of the settings goes both ways")
    func spread() {
        let stated = Self.freshness("max-age=100")
        #expect(stated.spread(by: 0).lifetime == 100_000 && stated.spread(by: 1).lifetime == 95_000)
        var rules = CacheRules()
        rules.lifetime = 100_000
        let own = Self.freshness("", rules: rules)
        #expect(own.spread(by: 0).lifetime == 95_000 && own.spread(by: 1).lifetime == 105_000)
        for _ in 0..<1000 {
            #expect((95_000...100_000).contains(stated.spread(by: .random(in: 0...1)).lifetime))
        }
    }

    @Test("the less is left, the likelier a reply is fetched early (XFetch)")
    func early() {
        let reply = Self.freshness("max-age=100")
        func share(left: Int64) -> Double {
            let now = reply.receivedAt + reply.remaining(at: reply.receivedAt) - left
            return Double((0..<4000).count { _ in reply.isDueEarly(at: now) { .random(in: 0...1) } }) / 4000
        }
        // exp(-left / fetch time)
        #expect(abs(share(left: 100) - 0.368) < 0.05)
        #expect(abs(share(left: 200) - 0.135) < 0.05)
        #expect(share(left: 5000) == 0)
        #expect(!Self.freshness("max-age=100", took: 0).isDueEarly(at: reply.receivedAt + 99_999) { 0 })
    }
}
