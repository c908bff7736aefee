/// All cases, by the part of the standard.
enum CachingTable {
    static let all =
        storing + freshness + ages + requests + vary + targeted + validation + updates + ranges + stale
        + invalidation + methods + parts + heads

    /// A strong and fresh reply.
    static let fresh = [("Cache-Control", "max-age=1000"), ("ETag", "\"v1\"")]

    /// RFC 9111 §3: what may be stored.
    static let storing: [CachingCase] = {
        var cases: [CachingCase] = []
        for status in [
            200, 203, 204, 299, 300, 301, 302, 303, 307, 308, 400, 403, 404, 405, 410, 414, 451, 499, 500, 501, 502,
            503, 504, 599,
        ] {
            cases += [
                CachingCase(
                    "9111 §3", "a final \(status) with an explicit lifetime is stored",
                    says: [("Cache-Control", "max-age=100")],
                    status: status, then: .stored),
                CachingCase(
                    "9111 §4.2", "a \(status) whose Expires is past is not fresh",
                    says: [("Expires", "@-5000"), ("Last-Modified", "@-100000"), ("Date", "@0")], status: status,
                    then: .asked),
            ]
        }
        for (status, isStored) in [
            (200, true), (201, false), (202, false), (203, true), (204, true), (302, false), (307, false), (400, false),
            (403, false), (404, true), (405, true), (410, true), (414, true), (500, false), (501, true), (502, false),
            (503, false), (504, false), (599, false),
        ] {
            cases.append(
                CachingCase(
                    "9111 §4.2.2", "heuristics are \(isStored ? "" : "not ")for \(status)",
                    says: [("Last-Modified", "@-86400"), ("Date", "@0")], status: status,
                    then: isStored ? .stored : .asked))
            if !isStored {
                cases.append(
                    CachingCase(
                        "9111 §4.2.2", "public allows heuristics for \(status)",
                        says: [("Last-Modified", "@-86400"), ("Date", "@0"), ("Cache-Control", "public")],
                        status: status,
                        then: .stored))
            }
        }
        for written in [
            "no-store", "No-StOrE", "max-age=100, no-store", "no-store,max-age=100", "no-store=\"\"", ", ,no-store",
            "max-age=100;no-store, no-store", "foo=\"bar\", no-store", "foo=\"bar, no-store",
            "public, no-store, s-maxage=9",
        ] {
            cases.append(
                CachingCase(
                    "9111 §5.2.2.5", "no-store is heeded in \(written)",
                    says: [("Cache-Control", written), ("Expires", "@1000")],
                    then: .asked))
        }
        for written in [
            "private", "PRIVATE", "private, max-age=100", "max-age=100, private=\"a\"", "private=\"set-cookie\"",
        ] {
            cases.append(
                CachingCase(
                    "9111 §5.2.2.7", "private is heeded in \(written)",
                    says: [("Cache-Control", written), ("Expires", "@1000")],
                    then: .asked))
        }
        cases += [
            CachingCase(
                "9111 §5.2.2", "directives stand on several lines",
                says: [("Cache-Control", "max-age=100"), ("Cache-Control", "no-store")], then: .asked),
            CachingCase(
                "9111 §5.2.2.3", "must-understand keeps away from an unknown status",
                says: [("Cache-Control", "max-age=100, must-understand")], status: 299, then: .asked),
            CachingCase(
                "9111 §5.2.2.3", "must-understand allows a known status",
                says: [("Cache-Control", "max-age=100, must-understand")], then: .stored),
            CachingCase("9111 §3", "a reply without lifetime and validator is not stored", says: [], then: .asked),
            CachingCase(
                "9111 §3.1", "fields of the connection are not stored",
                says: fresh + [("Connection", "a, b"), ("a", "1"), ("b", "2"), ("c", "3")], then: .stored,
                shows: [("c", "3")],
                hides: ["a", "b"]),
            CachingCase(
                "9111 §3.1", "proxy fields are not stored",
                says: fresh + [("Proxy-Authenticate", "Basic realm=a"), ("Proxy-Authentication-Info", "a=b")],
                then: .stored,
                hides: ["Proxy-Authenticate", "Proxy-Authentication-Info"]),
            CachingCase(
                "9111 §3.1", "unknown fields are stored", says: fresh + [("X-Unknown", "a"), ("Content-Foo", "b")],
                then: .stored, shows: [("X-Unknown", "a"), ("Content-Foo", "b")]),
            CachingCase(
                "9111 §5.2.2.4", "a field that no-cache names is not served from the store",
                says: [("Cache-Control", "max-age=100, no-cache=\"a\""), ("a", "1"), ("b", "2")], then: .stored,
                shows: [("b", "2")], hides: ["a"]),
            CachingCase(
                "9111 §5.2.2.4", "all fields that no-cache names are not served from the store",
                says: [("Cache-Control", "max-age=100, no-cache=\"a, b\""), ("a", "1"), ("b", "2"), ("c", "3")],
                then: .stored,
                shows: [("c", "3")], hides: ["a", "b"]),
            CachingCase(
                "9111 §7.3", "a reply that sets a cookie is not shared", says: fresh + [("Set-Cookie", "a=b")],
                then: .asked),
            CachingCase(
                "9111 §7.3", "setCookie: store shares a cookie", .cookies, says: fresh + [("Set-Cookie", "a=b")],
                then: .stored,
                shows: [("Set-Cookie", "a=b")]),
            CachingCase(
                "9111 §4", "a cookie of the request changes nothing", says: fresh, then: .stored,
                sends: [("Cookie", "a=b")]),
            CachingCase(
                "9111 §3", "an attachment is stored", says: fresh + [("Content-Disposition", "attachment")],
                then: .stored),
            CachingCase("9111 §3", "the lifetime of the settings is used", .settled, says: [], then: .stored),
            CachingCase(
                "9111 §3", "what the reply says comes before the settings", .settled,
                says: [("Cache-Control", "no-store")],
                then: .asked),
            CachingCase(
                "9111 §3", "the negative lifetime of the settings is used", .settled, says: [], status: 404,
                then: .stored),
        ]
        for allows in ["public", "must-revalidate", "s-maxage=100"] {
            cases.append(
                CachingCase(
                    "9111 §3.5", "\(allows) allows sharing what was asked with Authorization", .plain,
                    .init(
                        sends: [("Authorization", "Basic eA==")], says: [("Cache-Control", "max-age=100, \(allows)")]),
                    .init(sends: [("Authorization", "Basic eA==")], from: .stored)))
        }
        for says in ["max-age=100", "max-age=100, no-transform", "max-age=100, proxy-revalidate"] {
            cases.append(
                CachingCase(
                    "9111 §3.5", "\(says) does not allow sharing what was asked with Authorization", .plain,
                    .init(sends: [("Authorization", "Basic eA==")], says: [("Cache-Control", says)]),
                    .init(from: .asked)))
        }
        return cases
    }()

    /// RFC 9111 §4.2.1: lifetimes.
    static let freshness: [CachingCase] = {
        var cases: [CachingCase] = []
        for (written, isFresh) in [
            ("max-age=100", true), ("MaX-aGe=100", true), ("max-age=\"100\"", true), ("max-age=00100", true),
            ("foo, max-age=100", true), ("foo=bar, max-age=100", true), ("max-age=2147483648", true),
            ("max-age=99999999999", true), ("s-maxage=100", true), ("max-age=0, s-maxage=100", true),
            ("max-age=100, must-revalidate", true), ("max-age=100, proxy-revalidate", true),
            ("max-age=100, immutable", true),
            ("max-age=100, public", true), ("max-age=100,", true), ("\tmax-age=100", true), ("max-age=0", false),
            ("max-age=-100", false), ("max-age='100'", false), ("max-age=a100", false), ("max-age=100a", false),
            ("max-age=100.5", false), ("max-age =100", false), ("max-age= 100", false), ("max-age", false),
            ("max-age=", false),
            ("extension=\"max-age=100\", max-age=0", false), ("max-age=0, extension=\"max-age=100\"", false),
            ("extension=\"max-age=100\", max-age=\"0\"", false), ("max-age=100, max-age=0", false),
            ("max-age=0, max-age=100", false), ("max-age=100, s-maxage=0", false), ("s-maxage=0, max-age=100", false),
            ("s-maxage=a, max-age=100", false), ("no-cache, max-age=100", false), ("max-age=100, No-CaChE", false),
            ("s-maxage=100, no-cache", false), ("max_age=100", false), ("xmax-age=100", false),
        ] {
            cases.append(
                CachingCase(
                    "9111 §4.2.1", "\(written) is \(isFresh ? "" : "not ")fresh", says: [("Cache-Control", written)],
                    then: isFresh ? .stored : .asked))
        }
        for (value, isFresh) in [
            ("@1000", true), ("@-1000", false), ("@0", false), ("0", false), ("-1", false), ("soon", false),
            ("Thu, 18 Aug 2050 02:01:18 UTC", false), ("Thu, 18 Aug 2050 02.01.18 GMT", false),
            ("Thu, 18 Aug 2050 2:01:18 GMT", false), ("Thursday, 18-Aug-50 02:01:18 GMT", true),
            ("Thu Aug 18 02:01:18 2050", true), ("Thu, 18 Aug 2050 02:01:18 GMT", true),
            ("Thu Aug  8 02:01:18 2050", true), ("Sun, 21 Nov 2286 04:46:39 GMT", true),
            ("THU, 18 Aug 2050 02:01:18 GMT", true), ("Thu, 18 AUG 2050 02:01:18 GMT", true),
            ("Thu, 18 Aug 2050 02:01:18 gMT", true), ("thursday, 18-aug-50 02:01:18 gmt", true),
            ("Thu, 18 Aug 2050 02:01:18 AEST", false), ("Thu, 18 Aug 50 02:01:18 GMT", false),
            ("Thu 18 Aug 2050 02:01:18 GMT", false), ("Thu, 18  Aug  2050 02:01:18 GMT", false),
            ("Thu,18 Aug 2050 02:01:18 GMT", false), ("Thu, 18-Aug-2050 02:01:18 GMT", false),
            ("Thu, 18-Aug-50 02:01:18 GMT", false), ("Thursday, 18 Aug 2050 02:01:18 GMT", false),
            ("Xxx, 18 Aug 2050 02:01:18 GMT", false), ("Thu, 8 Aug 2050 02:01:18 GMT", false),
            ("Thu Aug 8 02:01:18 2050", false), ("Thu, 18 Aug 2050 24:01:18 GMT", false),
            ("Thu, 32 Aug 2050 02:01:18 GMT", false), ("Thu, 18 Abc 2050 02:01:18 GMT", false),
            ("Thu, 18 Aug 2050 02:01 GMT", false), ("Thu, 18 Aug 2050 02:01:18", false),
            ("Thu, 18 Aug 2050 02:01:18 GMT, Thu, 18 Aug 2050 02:01:18 GMT", false),
        ] {
            cases += [
                CachingCase(
                    "9111 §5.3", "Expires: \(value) is \(isFresh ? "" : "not ")fresh",
                    says: [("Expires", value), ("Date", "@0")],
                    then: isFresh ? .stored : .asked),
                CachingCase(
                    "9111 §5.3", "max-age comes before Expires: \(value)",
                    says: [("Cache-Control", "max-age=100"), ("Expires", value), ("Date", "@0")], then: .stored),
                CachingCase(
                    "9111 §5.3", "max-age=0 comes before Expires: \(value)",
                    says: [("Cache-Control", "max-age=0"), ("Expires", value), ("Date", "@0")], then: .asked),
            ]
        }
        cases += [
            CachingCase(
                "9111 §4.2.1", "s-maxage of another line comes before max-age",
                says: [("Cache-Control", "max-age=100"), ("Cache-Control", "s-maxage=0")], then: .asked),
            CachingCase(
                "9111 §4.2", "a lifetime ends", says: [("Cache-Control", "max-age=1")], pause: 2.1, then: .asked),
            CachingCase(
                "9111 §4.2", "a lifetime by Expires ends", says: [("Expires", "@1"), ("Date", "@0")], pause: 2.1,
                then: .asked),
            CachingCase(
                "9111 §5.3", "Expires is measured from Date", says: [("Expires", "@-900"), ("Date", "@-1000")],
                then: .asked),
            CachingCase(
                "9111 §5.4", "Pragma in a reply means nothing", says: fresh + [("Pragma", "no-cache")], then: .stored),
        ]
        return cases
    }()

    /// RFC 9111 §4.2.3 and §5.1: ages.
    static let ages: [CachingCase] = [
        CachingCase(
            "9111 §4", "a stored reply has an Age", says: fresh, pause: 2.1, then: .stored, shows: [("Age", ">1")]),
        CachingCase(
            "9111 §4.2.3", "the received Age counts", says: fresh + [("Age", "30")], pause: 1.1, then: .stored,
            shows: [("Age", ">30")]),
        CachingCase(
            "9111 §4.2.3", "the received Age counts with Expires",
            says: [("Expires", "@1000"), ("Date", "@0"), ("Age", "30")],
            pause: 1.1, then: .stored, shows: [("Age", ">30")]),
        CachingCase(
            "9111 §4.2.3", "a Date in the past makes a reply old",
            says: [("Cache-Control", "max-age=100"), ("Date", "@-60")],
            then: .stored, shows: [("Age", ">59")]),
        CachingCase(
            "9111 §4.2.3", "a Date beyond the lifetime makes a reply stale",
            says: [("Cache-Control", "max-age=100"), ("Date", "@-200")], then: .asked),
        CachingCase(
            "9111 §4.2.3", "a Date in the future makes no negative age",
            says: [("Cache-Control", "max-age=100"), ("Date", "@60")], then: .stored, shows: [("Age", "0")]),
        CachingCase(
            "9111 §4.2.3", "an Age beyond max-age is stale", says: [("Cache-Control", "max-age=10"), ("Age", "15")],
            then: .asked),
        CachingCase("9111 §5.1", "a huge Age is stale", says: fresh + [("Age", "99999999999")], then: .asked),
        CachingCase("9111 §5.1", "an Age that is no number is left out", says: fresh + [("Age", "abc")], then: .stored),
        CachingCase("9111 §5.1", "a negative Age is left out", says: fresh + [("Age", "-7200")], then: .stored),
        CachingCase(
            "9111 §5.1", "the first member of an Age list counts", says: fresh + [("Age", "7200, 0")], then: .asked),
        CachingCase(
            "9110 §6.6.1", "Date is not updated", says: fresh + [("Date", "@-5")], pause: 1.1, then: .stored,
            shows: [("Date", "")]),
        CachingCase(
            "9110 §6.6.1", "a stored reply without Date gets one", says: fresh, then: .stored, shows: [("Date", "")]),
        CachingCase("9211 §2", "a hit is told", says: fresh, then: .stored, shows: [("Cache-Status", "")]),
    ]

    /// RFC 9111 §5.2.1 and §5.4: what requests say.
    static let requests: [CachingCase] = {
        func after(
            _ says: [(String, String)] = fresh, pause: Double = 0, asks: String, name: String = "Cache-Control",
            _ from: CachingCase.Origin, _ section: String, _ sentence: String
        ) -> CachingCase {
            CachingCase(section, sentence, says: says, pause: pause, then: from, sends: [(name, asks)])
        }
        return [
            after(asks: "no-cache", .validated, "9111 §5.2.1.4", "no-cache asks the origin"),
            after(
                [("Cache-Control", "max-age=100")], asks: "no-cache", .asked, "9111 §5.2.1.4",
                "no-cache without validator"),
            after(
                [("Cache-Control", "max-age=100"), ("Last-Modified", "Wed, 01 Jan 2020 00:00:00 GMT")],
                asks: "no-cache",
                .validated,
                "9111 §5.2.1.4", "no-cache with Last-Modified"),
            after(asks: "no-cache", name: "Pragma", .validated, "9111 §5.4", "Pragma: no-cache stands for no-cache"),
            after(pause: 1.1, asks: "max-age=0", .validated, "9111 §5.2.1.1", "max-age=0 asks the origin"),
            after(pause: 2.1, asks: "max-age=1", .validated, "9111 §5.2.1.1", "max-age bounds the age"),
            after(asks: "max-age=600", .stored, "9111 §5.2.1.1", "max-age that the age does not reach"),
            after(
                fresh + [("Age", "1")], asks: "max-age=0, max-stale=100", .stored, "9111 §5.2.1.2",
                "max-stale widens max-age"
            ),
            after(
                [("Cache-Control", "max-age=100"), ("Age", "50")], asks: "max-age=20", .asked, "9111 §5.2.1.1",
                "max-age counts Age"),
            after(
                [("Cache-Control", "max-age=1"), ("ETag", "\"a\"")], pause: 2.1, asks: "max-stale=100", .stored,
                "9111 §5.2.1.2",
                "max-stale takes a stale reply"),
            after(
                [("Cache-Control", "max-age=1"), ("ETag", "\"a\"")], pause: 2.1, asks: "max-stale", .stored,
                "9111 §5.2.1.2",
                "max-stale without number"),
            after(
                [("Cache-Control", "max-age=1, must-revalidate"), ("ETag", "\"a\"")], pause: 2.1, asks: "max-stale",
                .validated,
                "9111 §5.2.2.2", "must-revalidate comes before max-stale"),
            after(
                [("Cache-Control", "max-age=1, proxy-revalidate"), ("ETag", "\"a\"")], pause: 2.1, asks: "max-stale",
                .validated,
                "9111 §5.2.2.8", "proxy-revalidate comes before max-stale"),
            after(
                [("Cache-Control", "s-maxage=1"), ("ETag", "\"a\"")], pause: 2.1, asks: "max-stale", .validated,
                "9111 §5.2.2.10", "s-maxage comes before max-stale"),
            after(
                [("Cache-Control", "max-age=1500")], asks: "min-fresh=2000", .asked, "9111 §5.2.1.3",
                "min-fresh that is not there"),
            after(
                [("Cache-Control", "max-age=1500")], asks: "min-fresh=1000", .stored, "9111 §5.2.1.3",
                "min-fresh that is there"),
            after(
                [("Cache-Control", "max-age=1500"), ("Age", "1000")], asks: "min-fresh=1000", .asked, "9111 §5.2.1.3",
                "min-fresh counts Age"),
            after(asks: "only-if-cached", .stored, "9111 §5.2.1.7", "only-if-cached takes what is stored"),
            CachingCase(
                "9111 §5.2.1.7", "only-if-cached without a stored reply is 504", .plain,
                .init(sends: [("Cache-Control", "only-if-cached")], from: .stored, seen: 504)),
            CachingCase(
                "9111 §5.2.1.5", "no-store keeps the reply out of the store", .plain,
                .init(sends: [("Cache-Control", "no-store")], says: fresh), .init(from: .asked)),
            after(asks: "no-transform", .stored, "9111 §5.2.1.6", "no-transform changes nothing"),
            after(asks: "foo=bar", .stored, "9111 §5.2.3", "an unknown directive changes nothing"),
            CachingCase(
                "9111 §2", "another query is another key", .plain, .init(suffix: "?a=1", says: fresh),
                .init(suffix: "?a=2", from: .asked)),
            CachingCase(
                "9111 §2", "the same query is the same key", .plain, .init(suffix: "?a=1", says: fresh),
                .init(suffix: "?a=1", from: .stored)),
            CachingCase(
                "9111 §2", "another host is another key", .plain, .init(says: fresh),
                .init(host: "other.test", from: .asked)),
            CachingCase(
                "9111 §2", "the host's case does not count", .plain, .init(says: fresh),
                .init(host: "CACHE.test", from: .stored)),
            CachingCase(
                "9110 §15.2", "102 goes through and the final reply is stored", .plain,
                .init(says: fresh, interim: [102]), .init(from: .stored)),
            CachingCase(
                "9110 §15.2", "103 goes through and the final reply is stored", .plain,
                .init(says: fresh, interim: [103, 103]), .init(from: .stored)),
        ]
    }()
}
