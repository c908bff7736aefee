/// Vary, conditions, ranges, targeted fields, stale replies, invalidation.
extension CachingTable {
    /// RFC 9111 §4.1.
    static let vary: [CachingCase] = {
        var cases: [CachingCase] = []
        func pair(
            _ sentence: String, _ written: String, _ first: [(String, String)], _ second: [(String, String)],
            _ from: CachingCase.Origin
        ) {
            cases.append(
                CachingCase(
                    "9111 §4.1", sentence, .plain,
                    .init(sends: first, says: fresh + [("Vary", written)]), .init(sends: second, from: from)))
        }
        pair("the same value matches", "Foo", [("Foo", "1")], [("Foo", "1")], .stored)
        pair("another value does not", "Foo", [("Foo", "1")], [("Foo", "2")], .asked)
        pair("an absent field does not match a value", "Foo", [("Foo", "1")], [], .asked)
        pair("a value does not match an absent field", "Foo", [], [("Foo", "1")], .asked)
        pair("both absent match", "Foo", [], [], .stored)
        pair("an empty value is not an absent field", "Foo", [("Foo", "")], [], .asked)
        pair(
            "a field that Vary does not name is no matter", "Foo", [("Foo", "1"), ("Bar", "1")],
            [("Foo", "1"), ("Bar", "2")], .stored)
        pair("names are compared without case", "fOO", [("Foo", "1")], [("foo", "2")], .asked)
        pair("two fields match", "Foo, Bar", [("Foo", "1"), ("Bar", "2")], [("Bar", "2"), ("Foo", "1")], .stored)
        pair(
            "the second of two fields differs", "Foo, Bar", [("Foo", "1"), ("Bar", "2")], [("Foo", "1"), ("Bar", "3")],
            .asked)
        pair("one of two fields is left out", "Foo, Bar", [("Foo", "1"), ("Bar", "2")], [("Foo", "1")], .asked)
        pair(
            "three fields match", "Foo, Bar, Baz", [("Foo", "1"), ("Bar", "2"), ("Baz", "3")],
            [("Foo", "1"), ("Bar", "2"), ("Baz", "3")], .stored)
        pair(
            "one of three fields differs", "Foo, Bar, Baz", [("Foo", "1"), ("Bar", "2"), ("Baz", "3")],
            [("Foo", "1"), ("Bar", "x"), ("Baz", "3")], .asked)
        pair(
            "one of three fields is absent from both", "Foo, Bar, Baz", [("Foo", "1"), ("Baz", "3")],
            [("Foo", "1"), ("Baz", "3")], .stored)
        pair("white space around members does not count", "Foo", [("Foo", "1,2")], [("Foo", " 1, 2 ")], .stored)
        pair("lines are one list", "Foo", [("Foo", "1, 2")], [("Foo", "1"), ("Foo", "2")], .stored)
        pair("the order of members counts", "Foo", [("Foo", "1, 2")], [("Foo", "2, 1")], .asked)
        pair("the values' case counts", "Foo", [("Foo", "a")], [("Foo", "A")], .asked)
        pair(
            "Accept-Encoding is a set", "Accept-Encoding", [("Accept-Encoding", "gzip, br")],
            [("Accept-Encoding", "br,gzip")], .stored)
        pair(
            "Accept-Language is compared by weight", "Accept-Language", [("Accept-Language", "en, de;q=0.5")],
            [("Accept-Language", "de;q=0.5, en")], .stored)
        for written in ["*", "*, *", ", *", "*, Foo", "Foo, *", "Foo,*,Bar"] {
            pair("Vary: \(written) is not reused", written, [("Foo", "1")], [("Foo", "1")], .asked)
        }
        for name in ["Cookie", "Authorization"] {
            pair("Vary: \(name) is not shared", name, [("Cookie", "a=b")], [("Cookie", "a=b")], .asked)
        }
        cases += [
            CachingCase(
                "9111 §4.1", "Vary stands on several lines", .plain,
                .init(sends: [("Foo", "1"), ("Bar", "1")], says: fresh + [("Vary", "Foo"), ("Vary", "Bar")]),
                .init(sends: [("Foo", "1"), ("Bar", "2")], from: .asked)),
            CachingCase(
                "9111 §4.1", "an empty line of Vary and * are not reused", .plain,
                .init(says: fresh + [("Vary", ""), ("Vary", "*")]), .init(from: .asked)),
            CachingCase(
                "9111 §4.1", "a second selection leaves the first", .plain,
                .init(sends: [("Foo", "1")], says: fresh + [("Vary", "Foo")], body: "one"),
                .init(sends: [("Foo", "2")], says: fresh + [("Vary", "Foo")], body: "two", from: .asked, reads: "two"),
                .init(sends: [("Foo", "1")], from: .stored, reads: "one"),
                .init(sends: [("Foo", "2")], from: .stored, reads: "two")),
            CachingCase(
                "9111 §4.1", "the validators of another selection are not sent", .plain,
                .init(sends: [("Foo", "1")], says: fresh + [("Vary", "Foo")]),
                .init(sends: [("Foo", "2")], from: .asked, asks: [("If-None-Match", "")])),
            CachingCase(
                "9111 §4.1", "fields of the settings select too", .varied,
                .init(sends: [("Accept-Language", "de")], says: fresh),
                .init(sends: [("Accept-Language", "en")], says: fresh, from: .asked),
                .init(sends: [("Accept-Language", "de")], from: .stored)),
        ]
        return cases
    }()

    /// RFC 9213.
    static let targeted: [CachingCase] = {
        var cases: [CachingCase] = []
        let table: [(String, String?, Bool)] = [
            ("max-age=100", nil, true), ("max-age=2147483648", nil, true), ("max-age=99999999999", nil, true),
            ("foobar, max-age=100", nil, true), ("foo=bar, max-age=100", nil, true),
            ("foo=\"bar\", max-age=100", nil, true),
            ("max-age=100, foo=?0", nil, true), ("max-age=100;a=b", nil, true), ("max-age=0", nil, false),
            ("max-age=100", "max-age=0", true), ("max-age=0", "max-age=100", false), ("max-age=100", "no-store", true),
            ("max-age=100", "private", true), ("no-store", "max-age=100", false), ("private", "max-age=100", false),
            ("no-cache", "max-age=100", false), ("max-age=100, &&&&", "no-store", false),
            ("max-age=\"100\"", "no-store", false),
            ("max-age =100", "max-age=0", false), ("max-age= 100", "max-age=0", false),
            ("max-age=100,", "no-store", false),
            ("max-age=-100", "no-store", false), ("max-age=100.0", "no-store", false), ("max-age", "no-store", false),
            ("&&&&", "max-age=100", true), ("no-store, &&&&", "max-age=100", false),
            ("private, ,", "max-age=100", false),
            ("MAX-AGE=0", "max-age=100", true), ("s-maxage=100", "no-store", true), ("", "max-age=100", true),
            ("", "no-store", false), ("max-age=100, s-maxage=0", nil, false),
        ]
        for (written, control, isStored) in table {
            cases.append(
                CachingCase(
                    "9213 §2.2", "\"\(written)\" beside \(control ?? "nothing") is \(isStored ? "" : "not ")reused",
                    says: [("CDN-Cache-Control", written)] + (control.map { [("Cache-Control", $0)] } ?? []),
                    then: isStored ? .stored : .asked))
        }
        return cases + [
            CachingCase(
                "9213 §2.2", "a targeted lifetime comes before a past Expires",
                says: [("CDN-Cache-Control", "max-age=100"), ("Expires", "@-1000"), ("Date", "@0")], then: .stored),
            CachingCase(
                "9213 §2.2", "a targeted max-age=0 comes before a future Expires",
                says: [("CDN-Cache-Control", "max-age=0"), ("Expires", "@1000"), ("Date", "@0")], then: .asked),
            CachingCase(
                "9213 §2.2", "an Age beyond a targeted lifetime is stale",
                says: [("CDN-Cache-Control", "max-age=100"), ("Age", "200")], then: .asked),
        ]
    }()

    /// RFC 9110 §13 and RFC 9111 §4.3.2: conditions of clients.
    static let validation: [CachingCase] = {
        var cases: [CachingCase] = []
        for (tag, asks, matches) in [
            ("\"a\"", "\"a\"", true), ("\"a\"", "W/\"a\"", true), ("W/\"a\"", "W/\"a\"", true),
            ("W/\"a\"", "\"a\"", true),
            ("\"a\"", "\"b\"", false), ("\"a\"", "\"a\", \"b\"", true), ("\"a\"", "\"b\", \"a\", \"c\"", true),
            ("\"a\"", "\"b\",\"a\"", true), ("\"a\"", "*", true), ("\"a,b\"", "\"a,b\"", true),
            ("\"a\"", "\"A\"", false),
            ("\"\"", "\"\"", true), ("\"a\"", "a", false),
        ] {
            cases.append(
                CachingCase(
                    "9110 §13.1.2", "If-None-Match: \(asks) and \(tag) \(matches ? "" : "do not ")match", .plain,
                    .init(says: [("Cache-Control", "max-age=100"), ("ETag", tag)]),
                    .init(
                        sends: [("If-None-Match", asks)], from: .stored, seen: matches ? 304 : 200,
                        shows: [("ETag", tag)])))
        }
        for (offset, matches) in [("@-1000", true), ("@0", true), ("@-5000", false)] {
            cases.append(
                CachingCase(
                    "9110 §13.1.3", "If-Modified-Since \(offset) \(matches ? "matches" : "does not match") @-2000",
                    .plain,
                    .init(says: [("Cache-Control", "max-age=100"), ("Last-Modified", "@-2000")]),
                    .init(
                        sends: [("If-Modified-Since", CachingScene.date(Int(offset.dropFirst()) ?? 0))], from: .stored,
                        seen: matches ? 304 : 200)))
        }
        let old = "Wed, 01 Jan 2020 00:00:00 GMT"
        cases += [
            CachingCase(
                "9110 §13.1.3", "a date that is none is left out", .plain,
                .init(says: [("Cache-Control", "max-age=100"), ("Last-Modified", old)]),
                .init(sends: [("If-Modified-Since", "yesterday")], from: .stored, seen: 200)),
            CachingCase(
                "9110 §13.2.2", "If-None-Match comes before If-Modified-Since", .plain,
                .init(says: fresh + [("Last-Modified", old)]),
                .init(
                    sends: [("If-None-Match", "\"other\""), ("If-Modified-Since", CachingScene.date(0))], from: .stored,
                    seen: 200)),
            CachingCase(
                "9110 §15.4.5", "304 has the fields that a 200 would have", .plain,
                .init(says: fresh + [("Vary", "Foo"), ("Content-Location", "/a"), ("Expires", "@1000")]),
                .init(
                    sends: [("If-None-Match", "\"v1\"")], from: .stored, seen: 304,
                    shows: [
                        ("Cache-Control", ""), ("Content-Location", "/a"), ("Date", ""), ("Expires", ""),
                        ("Vary", "Foo"),
                    ],
                    hides: ["Content-Length"])),
            CachingCase(
                "9111 §4.3.1", "a stale reply is validated by its tag", .plain,
                .init(says: [("Cache-Control", "max-age=0"), ("ETag", "\"a\"")]),
                .init(from: .validated, asks: [("If-None-Match", "\"a\"")])),
            CachingCase(
                "9111 §4.3.1", "a weak tag is sent as it is", .plain,
                .init(says: [("Cache-Control", "max-age=0"), ("ETag", "W/\"a\"")]),
                .init(from: .validated, asks: [("If-None-Match", "W/\"a\"")])),
            CachingCase(
                "9111 §4.3.1", "a stale reply is validated by its date", .plain,
                .init(says: [("Cache-Control", "max-age=0"), ("Last-Modified", old)]),
                .init(from: .validated, asks: [("If-Modified-Since", old)])),
            CachingCase(
                "9111 §4.3.1", "both validators are sent", .plain,
                .init(says: [("Cache-Control", "max-age=0"), ("ETag", "\"a\""), ("Last-Modified", old)]),
                .init(from: .validated, asks: [("If-None-Match", "\"a\""), ("If-Modified-Since", old)])),
            CachingCase(
                "9111 §4.3.1", "the fields of Vary go with a condition", .plain,
                .init(
                    sends: [("Foo", "1")], says: [("Cache-Control", "max-age=0"), ("ETag", "\"a\""), ("Vary", "Foo")]),
                .init(sends: [("Foo", "1")], from: .validated, asks: [("Foo", "1")])),
            CachingCase(
                "9111 §5.2.2.4", "no-cache is stored and validated", .plain,
                .init(says: [("Cache-Control", "no-cache"), ("ETag", "\"a\"")]), .init(from: .validated)),
            CachingCase(
                "9111 §5.2.2.4", "no-cache is validated although fresh", .plain,
                .init(says: [("Cache-Control", "max-age=100, no-cache"), ("ETag", "\"a\"")]), .init(from: .validated)),
            CachingCase(
                "9111 §5.2.2.2", "must-revalidate is validated once stale", .plain,
                .init(says: [("Cache-Control", "max-age=1, must-revalidate"), ("ETag", "\"a\"")]),
                .init(from: .stored, pause: 2.1), .init(from: .validated)),
            CachingCase(
                "9111 §4.3.3", "a whole reply to a condition replaces what is stored", .plain,
                .init(says: [("Cache-Control", "max-age=0"), ("ETag", "\"a\"")], body: "old"),
                .init(
                    says: [("Cache-Control", "max-age=100"), ("ETag", "\"b\"")], body: "new", from: .asked, reads: "new"
                ),
                .init(from: .stored, reads: "new")),
            CachingCase(
                "9111 §4.3.3", "an error to a condition goes to the client", .plain,
                .init(says: [("Cache-Control", "max-age=0"), ("ETag", "\"a\"")]), .init(status: 500, from: .asked)),
            CachingCase(
                "9111 §4.3.2", "a client's condition does not keep the reply from being stored", .plain,
                .init(sends: [("If-None-Match", "\"zz\"")], says: fresh), .init(from: .stored)),
        ]
        return cases
    }()

    /// RFC 9111 §3.2 and §4.3.4: a 304 brings the head up to date.
    static let updates: [CachingCase] = {
        var cases: [CachingCase] = []
        for (name, old, new, isUpdated) in [
            ("Test-Header", "a", "b", true), ("X-Test-Header", "a", "b", true), ("Content-Foo", "a", "b", true),
            ("X-Content-Foo", "a", "b", true), ("Content-Location", "/foo", "/bar", true),
            ("Content-MD5", "YQ==", "Yg==", true),
            ("Content-Security-Policy", "default-src 'self'", "default-src 'none'", true),
            ("Content-Type", "text/plain", "text/plain;charset=utf-8", true),
            ("Clear-Site-Data", "cache", "cookies", true),
            ("Expires", "Fri, 01 Jan 2038 01:01:01 GMT", "Mon, 11 Jan 2038 11:11:11 GMT", true),
            ("Public-Key-Pins", "a", "b", true), ("X-Frame-Options", "deny", "sameorigin", true),
            ("X-XSS-Protection", "1", "1; mode=block", true),
            ("Content-Encoding", "identity", "identity, identity", false),
        ] {
            for validator in ["ETag", "Last-Modified"] {
                let value = validator == "ETag" ? "\"u\"" : "Wed, 01 Jan 2020 00:00:00 GMT"
                cases.append(
                    CachingCase(
                        "9111 §4.3.4", "\(name) is \(isUpdated ? "" : "not ")updated by a 304 to \(validator)", .plain,
                        .init(says: [("Cache-Control", "max-age=0"), (validator, value), (name, old)]),
                        .init(
                            says: [("Cache-Control", "max-age=100"), (validator, value), (name, new)], from: .validated,
                            shows: [(name, isUpdated ? new : old)]),
                        .init(from: .stored, shows: [(name, isUpdated ? new : old)])))
            }
        }
        cases += [
            CachingCase(
                "9111 §4.3.4", "what a 304 leaves out stays", .plain,
                .init(says: [("Cache-Control", "max-age=0"), ("ETag", "\"a\""), ("Foo", "1")]),
                .init(says: [("ETag", "\"a\"")], from: .validated, shows: [("Foo", "1")])),
            CachingCase(
                "9111 §4.3.4", "a 304 lengthens the lifetime", .plain,
                .init(says: [("Cache-Control", "max-age=0"), ("ETag", "\"a\"")]),
                .init(says: [("Cache-Control", "max-age=100"), ("ETag", "\"a\"")], from: .validated),
                .init(from: .stored)),
            CachingCase(
                "9111 §4.3.4", "a cookie of a 304 is updated where cookies are stored", .cookies,
                .init(says: [("Cache-Control", "max-age=0"), ("ETag", "\"a\""), ("Set-Cookie", "a=1")]),
                .init(
                    says: [("Cache-Control", "max-age=100"), ("ETag", "\"a\""), ("Set-Cookie", "a=2")],
                    from: .validated,
                    shows: [("Set-Cookie", "a=2")]),
                .init(from: .stored, shows: [("Set-Cookie", "a=2")])),
        ]
        return cases
    }()

    /// RFC 9110 §14 from a stored whole reply.
    static let ranges: [CachingCase] = {
        var cases: [CachingCase] = []
        for (range, status, text) in [
            ("bytes=0-1", 206, "01"), ("bytes=1-", 206, "123456789A"), ("bytes=-1", 206, "A"),
            ("bytes=-100", 206, "0123456789A"),
            ("bytes=0-0", 206, "0"), ("bytes=10-10", 206, "A"), ("bytes=5-100", 206, "56789A"),
            ("BYTES=0-1", 206, "01"),
            ("bytes=11-", 416, ""), ("bytes=20-30", 416, ""), ("bytes=-0", 416, ""), ("bytes=3-1", 200, "0123456789A"),
            ("items=0-1", 200, "0123456789A"), ("bytes=a-b", 200, "0123456789A"), ("bytes=0-1,3-4", 200, "0123456789A"),
            ("bytes=", 200, "0123456789A"),
        ] {
            cases.append(
                CachingCase(
                    "9110 §14.2", "\(range) of a stored reply is \(status)", .plain,
                    .init(says: fresh, body: "0123456789A"),
                    .init(
                        sends: [("Range", range)], from: .stored, seen: status,
                        shows: status == 416 ? [("Content-Range", "bytes */11")] : [], reads: text)))
        }
        for (condition, status) in [
            ("\"v1\"", 206), ("\"v2\"", 200), ("W/\"v1\"", 200), ("Wed, 01 Jan 2020 00:00:00 GMT", 206),
            ("Thu, 02 Jan 2020 00:00:00 GMT", 200),
        ] {
            cases.append(
                CachingCase(
                    "9110 §13.1.5", "If-Range: \(condition) is \(status)", .plain,
                    .init(says: fresh + [("Last-Modified", "Wed, 01 Jan 2020 00:00:00 GMT")], body: "0123456789A"),
                    .init(sends: [("Range", "bytes=0-1"), ("If-Range", condition)], from: .stored, seen: status)))
        }
        cases.append(
            CachingCase(
                "9111 §3.3", "a partial reply is not taken for a whole one", .plain,
                .init(
                    sends: [("Range", "bytes=0-1")], status: 206, says: fresh + [("Content-Range", "bytes 0-1/11")],
                    body: "01"),
                .init(body: "0123456789A", from: .asked, reads: "0123456789A")))
        return cases
    }()

    /// RFC 5861 and RFC 9111 §4.2.4.
    static let stale: [CachingCase] = {
        var cases = [
            CachingCase(
                "5861 §4", "stale-if-error stands in for a closed connection", .plain,
                .init(says: [("Cache-Control", "max-age=1, stale-if-error=60")], pause: 2.1),
                .init(hangsUp: true, seen: 200)),
            CachingCase(
                "5861 §4", "the settings' window stands in", .lenient,
                .init(says: [("Cache-Control", "max-age=1")], pause: 2.1), .init(hangsUp: true, seen: 200)),
            CachingCase(
                "5861 §4", "without a window a failure is told", .plain,
                .init(says: [("Cache-Control", "max-age=1")], pause: 2.1), .init(hangsUp: true, seen: 502)),
            CachingCase(
                "5861 §3", "stale-while-revalidate serves a stale reply and asks", .plain,
                .init(says: [("Cache-Control", "max-age=1, stale-while-revalidate=60")], body: "old", pause: 2.1),
                .init(says: fresh, body: "new", reads: "old", pause: 0.5), .init(from: .stored, reads: "new")),
            CachingCase(
                "5861 §3", "a window that is over is over", .plain,
                .init(says: [("Cache-Control", "max-age=1, stale-while-revalidate=0")], pause: 2.1), .init(from: .asked)
            ),
        ]
        for status in [500, 502, 503, 504] {
            cases.append(
                CachingCase(
                    "5861 §4", "stale-if-error stands in for \(status)", .plain,
                    .init(says: [("Cache-Control", "max-age=1, stale-if-error=60")], pause: 2.1),
                    .init(status: status, seen: 200)))
        }
        for says in ["must-revalidate", "proxy-revalidate", "no-cache", "s-maxage=1"] {
            cases += [
                CachingCase(
                    "9111 §4.2.4", "\(says) forbids a stale reply when the connection closes", .lenient,
                    .init(says: [("Cache-Control", "max-age=1, \(says)"), ("ETag", "\"a\"")], pause: 2.1),
                    .init(hangsUp: true, seen: 502)),
                CachingCase(
                    "9111 §4.2.4", "\(says) forbids a stale reply when the origin fails", .lenient,
                    .init(says: [("Cache-Control", "max-age=1, \(says)"), ("ETag", "\"a\"")], pause: 2.1),
                    .init(status: 503, from: .asked)),
            ]
        }
        return cases
    }()

    /// RFC 9111 §4.4.
    static let invalidation: [CachingCase] = {
        var cases: [CachingCase] = []
        for method in ["POST", "PUT", "DELETE", "PATCH", "M-SEARCH"] {
            cases += [
                CachingCase(
                    "9111 §4.4", "a successful \(method) invalidates its URI", .plain, .init(says: fresh),
                    .init(method: method, content: "abc", from: .asked), .init(from: .asked)),
                CachingCase(
                    "9111 §4.4", "a failed \(method) invalidates nothing", .plain, .init(says: fresh),
                    .init(method: method, content: "abc", status: 500, from: .asked), .init(from: .stored)),
                CachingCase(
                    "9111 §4.4", "a \(method) that is refused invalidates nothing", .plain, .init(says: fresh),
                    .init(method: method, content: "abc", status: 404, from: .asked), .init(from: .stored)),
            ]
        }
        return cases
    }()

    /// RFC 9110 §9.3.2 and RFC 9111 §4: HEAD from a stored GET.
    static let methods: [CachingCase] = [
        CachingCase(
            "9111 §4", "HEAD is answered by a stored GET", .plain, .init(says: fresh),
            .init(method: "HEAD", from: .stored, shows: [("Content-Length", ""), ("ETag", "\"v1\"")])),
        CachingCase(
            "9111 §3", "HEAD does not make a stored GET", .plain, .init(method: "HEAD", says: fresh),
            .init(from: .asked)),
        CachingCase("9111 §3", "a POST is not stored", .plain, .init(method: "POST", says: fresh), .init(from: .asked)),
    ]
}
