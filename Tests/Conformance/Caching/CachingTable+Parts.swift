/// Parts of content, and what HEAD says about stored replies.
extension CachingTable {
    /// RFC 9111 §3.3 and §3.4, RFC 9110 §14 and §15.3.7: replies with a part of the content.
    static let parts: [CachingCase] = {
        typealias Step = CachingCase.Step
        let all = "0123456789"
        /// A step whose origin gives octets of `all`, with the fields of a fresh reply.
        func part(
            _ first: Int, _ last: Int, says: [(String, String)] = fresh, stated: String? = nil
        ) -> Step {
            let octets = Array(all.utf8)[first...last]
            return Step(
                sends: [("Range", "bytes=\(first)-\(last)")], status: 206,
                says: says + [("Content-Range", stated ?? "bytes \(first)-\(last)/10")],
                body: String(decoding: octets, as: UTF8.self), from: .asked)
        }
        /// A step that the store answers with a part.
        func stored(_ range: String, _ told: String, _ text: String, sends: [(String, String)] = []) -> Step {
            Step(
                sends: [("Range", range)] + sends, from: .stored, seen: 206,
                shows: [("Content-Range", told), ("Content-Length", "\(text.utf8.count)")], reads: text)
        }
        /// A step that the origin answers with a part.
        func asked(_ range: String, sends: [(String, String)] = []) -> Step {
            Step(
                sends: [("Range", range)] + sends, status: 206, says: fresh + [("Content-Range", "bytes 0-0/10")],
                body: "0", from: .asked, asks: [("Range", range)])
        }
        var cases = [
            CachingCase(
                "9111 §3.3", "a part answers the same range", .plain, part(4, 8),
                stored("bytes=4-8", "bytes 4-8/10", "45678")),
            CachingCase(
                "9111 §3.3", "a part answers a range within it", .plain, part(4, 8),
                stored("bytes=5-6", "bytes 5-6/10", "56")),
            CachingCase(
                "9111 §3.3", "a part that reaches the end answers a suffix", .plain, part(5, 9),
                stored("bytes=-2", "bytes 8-9/10", "89")),
            CachingCase(
                "9111 §3.3", "a part that reaches the end answers an open range", .plain, part(5, 9),
                stored("bytes=6-", "bytes 6-9/10", "6789")),
            CachingCase(
                "9111 §3.3", "a part does not answer an open range beyond it", .plain, part(4, 8), asked("bytes=6-")),
            CachingCase(
                "9111 §3.3", "a part does not answer a suffix beyond it", .plain, part(4, 8), asked("bytes=-2")),
            CachingCase("9111 §3.3", "a part does not answer what overlaps it", .plain, part(0, 4), asked("bytes=3-6")),
            CachingCase(
                "9111 §3.3", "a part does not answer for the whole", .plain, part(0, 4), Step(from: .asked)),
            CachingCase(
                "9111 §3.3", "a part does not answer several ranges", .plain, part(0, 4), asked("bytes=0-1,3-4")),
            CachingCase(
                "9111 §3.4", "parts with one strong validator are put together", .plain, part(0, 4), part(5, 8),
                stored("bytes=2-7", "bytes 2-7/10", "234567")),
            CachingCase(
                "9111 §3.4", "parts that overlap are put together", .plain, part(3, 6), part(0, 4),
                stored("bytes=0-6", "bytes 0-6/10", "0123456")),
            CachingCase(
                "9111 §3.4", "parts with a gap between them are not put together", .plain, part(0, 2), part(5, 8),
                asked("bytes=1-6")),
            CachingCase(
                "9111 §3.4", "parts that make the whole answer for it", .plain, part(0, 4), part(5, 9),
                Step(from: .stored, shows: [("ETag", "\"v1\"")], hides: ["Content-Range"], reads: all)),
            CachingCase(
                "9111 §3.4", "the fields of the newer part are used", .plain,
                part(0, 4, says: fresh + [("A", "1"), ("B", "1")]), part(5, 8, says: fresh + [("A", "2")]),
                Step(
                    sends: [("Range", "bytes=0-1")], from: .stored, seen: 206, shows: [("A", "2"), ("B", "1")],
                    reads: "01")),
            CachingCase(
                "9110 §13.1.5", "If-Range with the part's tag is answered by it", .plain, part(0, 4),
                stored("bytes=0-1", "bytes 0-1/10", "01", sends: [("If-Range", "\"v1\"")])),
            CachingCase(
                "9110 §13.1.5", "If-Range with another tag asks the origin", .plain, part(0, 4),
                asked("bytes=0-1", sends: [("If-Range", "\"v2\"")])),
            CachingCase(
                "9110 §13.1.5", "If-Range with a weak tag asks the origin", .plain, part(0, 4),
                asked("bytes=0-1", sends: [("If-Range", "W/\"v1\"")])),
            CachingCase(
                "9110 §13.2.2", "If-None-Match with the part's tag is 304", .plain, part(0, 4),
                Step(sends: [("Range", "bytes=0-1"), ("If-None-Match", "\"v1\"")], from: .stored, seen: 304)),
            CachingCase(
                "9110 §15.5.17", "what lies behind the whole is 416", .plain, part(0, 4),
                Step(
                    sends: [("Range", "bytes=10-")], from: .stored, seen: 416, shows: [("Content-Range", "bytes */10")])
            ),
            CachingCase(
                "9110 §15.5.17", "416 of the origin is not stored", .plain,
                Step(
                    sends: [("Range", "bytes=20-")], status: 416, says: fresh + [("Content-Range", "bytes */10")],
                    from: .asked), Step(from: .asked)),
            CachingCase(
                "9111 §4.2", "a part becomes stale", .plain,
                {
                    var step = part(0, 4, says: [("Cache-Control", "max-age=1"), ("ETag", "\"v1\"")])
                    step.pause = 2.1
                    return step
                }(), asked("bytes=0-1")),
            CachingCase(
                "9111 §5.2.2.5", "a part that says no-store is not stored", .plain,
                part(0, 4, says: [("Cache-Control", "no-store"), ("ETag", "\"v1\"")]), asked("bytes=0-1")),
            CachingCase(
                "9111 §5.2.1.4", "no-cache asks for the part anew", .plain, part(0, 4),
                asked("bytes=0-1", sends: [("Cache-Control", "no-cache")])),
            CachingCase(
                "9111 §4.4", "a change makes a part invalid", .plain, part(0, 4), Step(method: "POST", content: "x"),
                asked("bytes=0-1")),
            CachingCase(
                "9111 §4.1", "a part is selected by Vary", .plain,
                {
                    var step = part(0, 4, says: fresh + [("Vary", "Foo")])
                    step.sends.append(("Foo", "1"))
                    return step
                }(), stored("bytes=0-1", "bytes 0-1/10", "01", sends: [("Foo", "1")]),
                asked("bytes=0-1", sends: [("Foo", "2")])),
            CachingCase(
                "9110 §14.2", "Range counts with GET only", .plain, Step(says: fresh, body: all),
                Step(
                    method: "HEAD", sends: [("Range", "bytes=0-1")], from: .stored,
                    shows: [("Content-Length", "10")], hides: ["Content-Range"])),
            CachingCase(
                "9110 §14.4", "Content-Range means nothing in a 200, and is stored",
                says: fresh + [("Content-Range", "bytes 0-4/10")], then: .stored,
                shows: [("Content-Range", "bytes 0-4/10")]),
            CachingCase(
                "9110 §14.4", "no part is served of a 200 with a Content-Range", .plain,
                Step(says: fresh + [("Content-Range", "odd")], body: all),
                Step(
                    sends: [("Range", "bytes=0-1")], from: .stored, seen: 200, shows: [("Content-Range", "odd")],
                    reads: all)),
        ]
        for (first, second) in [
            ("\"a\"", "\"b\""), ("W/\"a\"", "W/\"a\""), ("\"a\"", nil), (nil, "\"a\""), (nil, nil),
        ] {
            func says(_ tag: String?) -> [(String, String)] {
                [("Cache-Control", "max-age=1000")] + (tag.map { [("ETag", $0)] } ?? [])
            }
            cases.append(
                CachingCase(
                    "9111 §3.4", "parts with \(first ?? "no tag") and \(second ?? "no tag") are not put together",
                    .plain,
                    part(0, 4, says: says(first)), part(5, 8, says: says(second)), asked("bytes=2-7")))
        }
        for stated in [
            "bytes 0-5/10", "bytes 0-3/10", "bytes 0-4/*", "bytes 0-4/4", "bytes 4-0/10", "bytes */10", "items 0-4/10",
            "bytes 0-4", "bytes=0-4/10", "bytes 0 - 4/10", "bytes -4/10", "bytes 0-4/99999999999", "",
        ] {
            cases.append(
                CachingCase(
                    "9110 §14.4", "a part of \"\(stated)\" with five octets is passed on and not stored", .plain,
                    part(0, 4, stated: stated), asked("bytes=0-1")))
        }
        return cases
    }()

    /// RFC 9111 §4.3.5: a reply to HEAD brings a stored reply up to date.
    static let heads: [CachingCase] = {
        typealias Step = CachingCase.Step
        let short = [("Cache-Control", "max-age=1"), ("A", "1"), ("B", "1")]
        let long = [("Cache-Control", "max-age=1000"), ("A", "2")]
        let forced = [("Cache-Control", "no-cache")]
        func head(
            _ says: [(String, String)], status: Int = 200, body: String? = nil, sends: [(String, String)] = []
        )
            -> Step
        {
            Step(method: "HEAD", sends: sends, status: status, says: says, body: body, from: .asked)
        }
        func tagged(_ fields: [(String, String)], _ tag: String) -> [(String, String)] { fields + [("ETag", tag)] }
        let section = "9111 §4.3.5"
        return [
            CachingCase(
                section, "HEAD brings a stale reply up to date", .plain,
                Step(says: short, body: "ten octets", pause: 2.1),
                head(long, body: "ten octets"),
                Step(from: .stored, shows: [("A", "2"), ("B", "1")], reads: "ten octets")),
            CachingCase(
                section, "HEAD with the same tag brings a reply up to date", .plain,
                Step(says: tagged(short, "\"v1\""), pause: 2.1), head(tagged(long, "\"v1\"")),
                Step(from: .stored, shows: [("A", "2"), ("B", "1"), ("ETag", "\"v1\"")])),
            CachingCase(
                section, "HEAD with another tag makes a fresh reply stale", .plain,
                Step(says: tagged(long, "\"v1\"")), head(tagged(long, "\"v2\""), sends: forced),
                Step(says: long, from: .asked)),
            CachingCase(
                section, "HEAD with a tag where there was none makes a fresh reply stale", .plain, Step(says: long),
                head(tagged(long, "\"v2\""), sends: forced), Step(says: long, from: .asked)),
            CachingCase(
                section, "HEAD with another Last-Modified makes a fresh reply stale", .plain,
                Step(says: long + [("Last-Modified", "Wed, 01 Jan 2020 00:00:00 GMT")]),
                head(long + [("Last-Modified", "Thu, 02 Jan 2020 00:00:00 GMT")], sends: forced),
                Step(says: long, from: .asked)),
            CachingCase(
                section, "HEAD with another length makes a fresh reply stale", .plain, Step(says: long, body: "short"),
                head(long, body: "longer", sends: forced), Step(says: long, from: .asked)),
            CachingCase(
                section, "HEAD that says nothing new leaves a fresh reply fresh", .plain,
                Step(says: long, body: "short"),
                head(long, body: "short", sends: forced), Step(from: .stored, reads: "short")),
            CachingCase(
                section, "HEAD with another status than 200 changes nothing", .plain, Step(says: short, pause: 2.1),
                head(long, status: 410), Step(says: long, from: .asked)),
            CachingCase(
                section, "HEAD that says no-store ends what is stored", .plain, Step(says: long, body: "short"),
                head([("Cache-Control", "no-store")], body: "short", sends: forced), Step(says: long, from: .asked)),
            CachingCase(
                section, "HEAD brings up to date what it could have been answered with only", .plain,
                Step(sends: [("Foo", "1")], says: short + [("Vary", "Foo")], pause: 2.1),
                head(long + [("Vary", "Foo")], sends: [("Foo", "2")]),
                Step(sends: [("Foo", "1")], says: long, from: .asked)),
            CachingCase(
                "5861 §4", "a failing HEAD is answered by the stale reply", .lenient,
                Step(says: short, body: "short", pause: 2.1),
                Step(
                    method: "HEAD", status: 503, from: .either, seen: 200, shows: [("Content-Length", "5"), ("A", "1")])
            ),
        ]
    }()
}
