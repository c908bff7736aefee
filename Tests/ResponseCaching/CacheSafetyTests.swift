import ResponseCaching
import Testing

@Suite("What must never be stored, however it is written")
struct CacheSafetyTests {
    private static let others = [
        "max-age=60", "s-maxage=600", "public", "must-revalidate", "foo", "foo=bar", "foo=\"a\"", "foo=\"a, b\"",
        "foo=\"a\\\"b\"", "immutable", "stale-while-revalidate=9", "no-transform", "=", "foo=\"", "\"", "",
    ]

    @Test("(b) every order, case, white space and line split of a Cache-Control with private or no-store")
    func forbidden() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let word = Bool.random(using: &random) ? "private" : "no-store"
            let spelled = String(word.map { Bool.random(using: &random) ? Character($0.uppercased()) : $0 })
            var directives = (0..<Int.random(in: 0...5, using: &random)).map { _ in
                Self.others.randomElement(using: &random) ?? ""
            }
            // Two open quotes would be one quoted string, and what stands in it no directive.
            var isOpen = false
            directives = directives.filter { directive in
                guard directive == "\"" || directive == "foo=\"" else { return true }
                defer { isOpen = true }
                return !isOpen
            }
            directives.insert(spelled, at: Int.random(in: 0...directives.count, using: &random))
            var lines: [(String, String)] = []
            var line = ""
            for directive in directives {
                if !line.isEmpty {
                    if Bool.random(using: &random) {
                        lines.append((["Cache-Control", "cache-control"].randomElement(using: &random) ?? "", line))
                        line = ""
                    } else {
                        line += [",", ", ", " ,", "\t,\t", ",,", " , , "].randomElement(using: &random) ?? ","
                    }
                }
                line += [" ", "", "\t"].randomElement(using: &random) ?? ""
                line += directive
            }
            lines.append(("Cache-Control", line))
            lines.append(("ETag", "\"a\""))
            let decision = Storability.decide(
                request: RequestCaching(FieldList()), status: 200, fields: FieldList(lines), rules: CacheRules(),
                hasPrincipal: false, requestedAt: caseTime * 1000, receivedAt: caseTime * 1000)
            if case .stored = decision { Issue.record("stored: \(lines)") }
        }
    }

    @Test("numbers in quotes, repeated and unreadable never lengthen a lifetime")
    func lifetimes() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<5000 {
            let numbers = (0..<Int.random(in: 1...4, using: &random)).map { _ in Int.random(in: 0...500, using: &random)
            }
            let text = numbers.map { Bool.random(using: &random) ? "max-age=\($0)" : "Max-Age=\"\($0)\"" }
                .joined(separator: ", ")
            let fields = FieldList([("Cache-Control", text)])
            let freshness = Freshness(
                of: fields, status: 200, directives: ResponseDirectives(fields), rules: CacheRules(),
                requestedAt: caseTime * 1000, receivedAt: caseTime * 1000)
            #expect(freshness.lifetime == Int64(numbers.min() ?? 0) * 1000)
        }
    }
}
