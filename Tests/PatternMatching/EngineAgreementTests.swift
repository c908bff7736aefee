import PatternMatching
import Testing

/// The engines on random patterns and texts: they must never differ, and nothing may crash.
struct EngineAgreementTests {
    /// A generator of patterns and texts; the same numbers give the same ones.
    struct Source {
        /// State of the generator (SplitMix64).
        var state: UInt64

        /// A number below a bound.
        mutating func below(_ bound: Int) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
            return Int((word ^ word >> 31) % UInt64(bound))
        }

        /// One of a list.
        mutating func pick(_ list: [String]) -> String { list[below(list.count)] }

        /// A text of the letters that patterns speak of.
        mutating func text() -> String {
            (0..<below(9)).map { _ in pick(["a", "b", "c", "1", "-", "\n", "é", "🐲", " ", "\u{2028}"]) }.joined()
        }

        /// A pattern.
        mutating func pattern(_ depth: Int) -> String {
            (0...below(3)).map { _ in term(depth) }.joined() + (below(4) == 0 ? "|" + term(depth) : "")
        }

        /// A part of a pattern.
        mutating func term(_ depth: Int) -> String {
            switch below(depth > 0 ? 12 : 8) {
            case 0: return pick(["^", "$", "\\b", "\\B"])
            case 1, 2: return atom() + pick(["*", "+", "?", "{2}", "{1,3}", "*?", "+?", "{0,2}", "{1,}"])
            case 8: return "(" + pattern(depth - 1) + ")" + pick(["", "*", "+", "?", "{2}"])
            case 9: return "(?:" + pattern(depth - 1) + ")" + pick(["", "*?", "+", "?"])
            case 10: return pick(["(?=", "(?!"]) + pattern(depth - 1) + ")"
            case 11: return pick(["(?<=", "(?<!"]) + atom() + atom() + ")"
            default: return atom()
            }
        }

        /// One character of a pattern.
        mutating func atom() -> String {
            pick([
                "a", "b", "c", "é", ".", "\\d", "\\D", "\\w", "\\W", "\\s", "\\S", "[ab]", "[^a]", "[a-c1]", "[^\\s]",
                "[\\w-]", "[]",
                "[^]", "\\u{1F432}", "\\-",
            ])
        }
    }

    @Test("all engines give the same verdicts", arguments: 0..<20)
    func agreement(_ seed: Int) throws {
        var source = Source(state: UInt64(seed) &* 0x51ED_270B_9A3C_11D5)
        for _ in 0..<150 {
            let pattern = source.pattern(2)
            let engines = try Pattern.Engine.allCases.map { try Pattern(pattern, engine: $0) }
            for _ in 0..<10 {
                let text = source.text()
                let verdicts = engines.map { $0.matches(text) }.filter {
                    if case .undecided = $0 { false } else { true }
                }
                #expect(Set(verdicts.map { $0 == .match }).count <= 1, "/\(pattern)/ on \(text.debugDescription)")
            }
        }
    }

    @Test("no text crashes the parser", arguments: 0..<20)
    func noise(_ seed: Int) {
        var source = Source(state: UInt64(seed) &* 0x2545_F491_4F6C_DD1D)
        let pieces = [
            "(", ")", "[", "]", "{", "}", "?", "*", "+", "|", "^", "$", "\\", "a", "1", ",", "-", "<", ">", "=", "!",
            ":", "u", "x", "k",
            "p", "c", "D83D", "é", "\u{0}",
        ]
        for _ in 0..<500 {
            let text = (0...source.below(12)).map { _ in source.pick(pieces) }.joined()
            guard let pattern = try? Pattern(text) else { continue }
            _ = pattern.matches(source.text())
        }
    }
}
