import Testing

@Suite("The route table against a plain matcher")
struct RouteDifferentialTests {
    /// Segments of templates.
    private static let templateSegments = [
        "a", "b", "ab", "a", "b", "{x}", "{x}", "{x}b", "a{x}", "{x}-{y}", "{x}.{y}", "a{x}-{y}b", "", "a%2Fb",
        "{x}%2F{y}",
        "{x}2{y}", "{x}ab{y}a", "abcdefghi", "abcdefghijklmnopq", "{x}bb", "long-literal-of-{x}",
    ]

    /// Segments of paths.
    private static let pathSegments = [
        "a", "b", "ab", "aab", "abb", "a-b", "a.b", "aa-bb", "a-b.c", "", "a%2Fb", "%2Fb", "b%2F", "abaaba", "x2y",
        "%252",
        "abcdefghi", "abcdefgh", "abcdefghijklmnopq", "abcdefghijklmnopr", "z", "long-literal-of-b", "aaabaa", "--",
        "a--b",
    ]

    @Test("random tables answer random requests as the plain matcher does", arguments: 1...24)
    func random(seed: Int) {
        var random = SmallRandom(state: UInt64(seed) &* 7919)
        let methods = ["GET", "POST", "DELETE", "LINK"]
        var tables = 0
        var found = 0
        while tables < 10 {
            var lines: [String] = []
            for _ in 0..<1 + random.next(below: 24) {
                let line = Self.line(methods[random.next(below: 4)], Self.templateSegments, &random)
                // A definition that is in conflict with those before is left out, as an author would have to.
                if RoutingTable(lines + [line]).codes.isEmpty { lines.append(line) }
            }
            tables += 1
            let table = RoutingTable(lines)
            let reference = ReferenceMatcher(lines)
            for _ in 0..<40 {
                let request = Self.line(methods[random.next(below: 4)], Self.pathSegments, &random)
                let expected = reference.answer(request)
                let actual = table.answer(request)
                #expect(actual == expected, "\(request) in \(lines)")
                if actual != "404" { found += 1 }
            }
        }
        #expect(found > 10)
    }

    @Test("wide tables answer as the plain matcher does", arguments: 1...2)
    func wide(seed: Int) {
        var random = SmallRandom(state: UInt64(seed))
        let lines = (0..<120).map { number in
            "GET /\(number % 3 == 0 ? "v\(number % 7)" : "{v}")/r\(number)"
                + ["", "/{id}", "/{id}.json", "/x/{id}"][number % 4]
        }
        let table = RoutingTable(lines)
        #expect(table.codes.isEmpty)
        let reference = ReferenceMatcher(lines)
        for _ in 0..<100 {
            let version = "v\(random.next(below: 8))"
            let end = ["", "/7", "/7.json", "/x/7", "/x", "/"][random.next(below: 6)]
            let request = "GET /\(version)/r\(random.next(below: 125))\(end)"
            #expect(table.answer(request) == reference.answer(request), "\(request)")
        }
    }

    /// A line of random segments.
    private static func line(_ method: String, _ segments: [String], _ random: inout SmallRandom) -> String {
        var names = 0
        let path = (0..<1 + random.next(below: 4)).map { _ in
            segments[random.next(below: segments.count)].split(separator: "{", omittingEmptySubsequences: false)
                .enumerated()
                .map { place, part -> String in
                    guard place > 0 else { return String(part) }
                    names += 1
                    return "{v\(names)" + part.drop { $0 != "}" }
                }.joined()
        }
        return "\(method) /" + path.joined(separator: "/")
    }
}
