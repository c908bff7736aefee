import PatternMatching
import Testing

@Suite("Patterns as automata")
struct AutomatonTests {
    @Test(
        "what is regular needs no other engine",
        arguments: [
            "^[a-z0-9]+(-[a-z0-9]+)*$", "^(cat|dog)s?$", "(a|b)*abb", "^[A-Z]{3}-\\d{4}$", "^[^@]+@[^@]+$",
            "a$|^b", "[é-ü]",
            "^(\\d{1,3}\\.){3}\\d{1,3}$", "\\u{1F432}{2}", "[^]", "^[^/@]{1,20}$",
        ])
    func regular(_ pattern: String) throws {
        #expect(try Pattern(pattern, engine: .automaton).handle.isDirect)
    }

    @Test(
        "what is not regular, or would be a large table, is left to the others",
        arguments: [
            "(?=a)b", "(?!a)b", "(?<=a)b", "\\bword", "(a)\\1", "\\p{L}", "^[\\s\\S]{1,2048}$", "(a|b)*a(a|b){16}",
        ])
    func refused(_ pattern: String) throws {
        #expect(try !Pattern(pattern, engine: .automaton).handle.isDirect)
    }

    @Test(
        "patterns that grow without measure are given up soon",
        arguments: [
            "((((a{0,99}){0,99}){0,99}){0,99}){0,99}", "((((){0,999}){999}){999}){999}", "(.*a){60}",
            "^(a|b|c|d|e|f){0,40}(a|c|e)(a|b|c){30}$", "([^\\u{0}-\\u{ff}]?[^b]){90}",
        ])
    func bounded(_ pattern: String) {
        let time = ContinuousClock().measure { _ = try? Pattern(pattern, engine: .automaton) }
        // Debug builds are some twenty times slower than those that serve.
        #expect(time < .seconds(1))
    }

    @Test("no text drives it to a limit, and time is in proportion")
    func linear() throws {
        let pattern = try Pattern("^(a+)+$")
        let time = ContinuousClock().measure {
            #expect(pattern.matches(String(repeating: "a", count: 200_000)) == .match)
            #expect(pattern.matches(String(repeating: "a", count: 200_000) + "!") == .noMatch)
        }
        #expect(time < .seconds(1))
    }

    @Test("classes hold exactly their members, whatever the lengths in UTF-8", arguments: 0..<40)
    func classes(_ seed: Int) throws {
        var source = EngineAgreementTests.Source(state: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 7)
        let edges: [UInt32] = [
            0, 0x2F, 0x40, 0x7F, 0x80, 0xBF, 0xC0, 0x7FF, 0x800, 0xFFF, 0x1000, 0xD7FF, 0xE000, 0xFFFF, 0x1_0000,
            0x3_FFFF,
            0x4_0000, 0xF_FFFF, 0x10_0000, 0x10_FFFF,
        ]
        func scalar() -> UInt32 {
            let edge = Int(edges[source.below(edges.count)]) + source.below(5) - 2
            let near = source.below(3) > 0 ? edge : source.below(0x11_0000)
            let value = UInt32(clamping: min(max(near, 0), 0x10_FFFF))
            return (0xD800...0xDFFF).contains(value) ? 0xE000 : value
        }
        for _ in 0..<25 {
            let (one, two) = (scalar(), scalar())
            let (first, last) = (min(one, two), max(one, two))
            let text = "^[\\u{\(String(first, radix: 16))}-\\u{\(String(last, radix: 16))}]$"
            let pattern = try Pattern(text, engine: .automaton)
            let inverse = try Pattern(text.replacing("[", with: "[^"), engine: .automaton)
            #expect(pattern.handle.isDirect && inverse.handle.isDirect, "\(text)")
            for probe in [first, last, first > 0 ? first - 1 : 0, min(last + 1, 0x10_FFFF), scalar(), scalar()] {
                guard let character = Unicode.Scalar(probe) else { continue }
                let isMember = first <= probe && probe <= last
                let string = String(String.UnicodeScalarView([character]))
                #expect(pattern.matches(string) == (isMember ? .match : .noMatch), "\(text) on \(probe)")
                #expect(inverse.matches(string) == (isMember ? .noMatch : .match), "\(text) on \(probe)")
            }
        }
    }
}
