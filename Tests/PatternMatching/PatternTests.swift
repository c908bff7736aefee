import PatternMatching
import Testing

/// Meaning of patterns: ECMA-262, not PCRE2.
struct PatternTests {
    /// One question to a pattern.
    struct Case: Sendable, CustomTestStringConvertible {
        /// The pattern.
        let pattern: String
        /// The text.
        let text: String
        /// Whether it matches.
        let matches: Bool

        /// The name of the case in a report.
        var testDescription: String { "/\(pattern)/ on \(text.debugDescription)" }

        /// Writes a case in one line.
        init(_ pattern: String, _ text: String, _ matches: Bool) {
            self.pattern = pattern
            self.text = text
            self.matches = matches
        }
    }

    /// All cases.
    static let cases: [Case] = [
        Case("^a+$", "aaa", true), Case("^a+$", "aab", false), Case("b", "abc", true), Case("", "x", true),
        Case("^abc$", "abc\n", false), Case(".", "\n", false), Case(".", "\u{2028}", false),
        Case(".", "\u{2027}", true),
        Case("^.$", "🐲", true), Case("^.{2}$", "e\u{301}", true), Case("^.$", "\r\n", false),
        Case("^\\d$", "߀", false), Case("^\\D$", "߀", true), Case("^\\w$", "é", false), Case("^\\W$", "é", true),
        Case("^\\s$", "\u{FEFF}", true), Case("^\\s$", "\u{180E}", false), Case("^[\\s]$", "\u{A0}", true),
        Case("^\\S$", "\u{2029}", false), Case("^[^\\S]$", " ", true), Case("^[\\D]$", "a", true),
        Case("^\\cC$", "\u{3}", true), Case("^\\0$", "\0", true), Case("^[\\b]$", "\u{8}", true),
        Case("a\\b", "a b", true), Case("a\\B", "ab", true), Case("\\bé", "é", false),
        Case("^\\uD83D\\uDC32*$", "🐲🐲", true), Case("^\\u{1F432}$", "🐲", true), Case("^[\\uD83D\\uDC32]$", "🐲", true),
        Case("^\\p{Letter}+$", "π", true), Case("^\\p{Lu}$", "a", false), Case("^\\P{Lu}$", "a", true),
        Case("^\\p{Script=Greek}$", "π", true), Case("^\\p{sc=Grek}$", "π", true), Case("^\\p{gc=Lu}$", "Π", true),
        Case("^[\\p{L}\\d]+$", "é1", true), Case("^\\p{digit}+$", "৪২", true), Case("^\\p{Emoji}$", "🐲", true),
        Case("^[\\w-.]+$", "a-b.c", true), Case("^[a-z\\-]+$", "a-b", true), Case("^\\-\\_$", "-_", true),
        Case("^{a}$", "{a}", true), Case("^a{,2}$", "a{,2}", true), Case("^]$", "]", true),
        Case("^[]$", "a", false), Case("[]", "", false), Case("^[^]$", "\n", true),
        Case("^(a|ab)(c|bcd)(d*)$", "abcd", true), Case("^(?<x>a)\\k<x>$", "aa", true),
        Case("^\\k<x>(?<x>a)$", "a", true),
        Case("^(a)?\\1b$", "b", true), Case("^(?:(a)|b)\\1$", "b", true),
        Case("^(?=.*\\d)(?=.*[a-z]).{4,8}$", "abc1", true), Case("^(?!foo)", "foobar", false),
        Case("(?<!a)b", "ab", false),
        Case("(?<=a+)b", "aaab", true), Case("(?<=a+)b", "cb", false), Case("(?<=^(?:ab|c)*)d", "abcd", true),
        Case("(?<=\\1(a))b", "aab", true), Case("(?<!x{2,})y", "xxy", false), Case("(?<=a*?)b", "b", true),
        Case("^(?:a?)*?$", "aaa", true), Case("(?<=a+)(?:x|y){2,}?$", "axyx", true),
        Case("^[a-z]{1,70000}$", "abc", true), Case("^(?:ab){0,70000}$", "abab", true),
        Case("^v[0-9]{1,9}$", "v123", true), Case("^v[0-9]{1,9}$", "v1234567890", false), Case("^/v1/", "/v1/x", true),
        Case("\\.json$", "a.json", true), Case("\\.json$", "a.jsonx", false), Case("lit", "splitting", true),
        Case("lit", "spliting", true), Case("lit", "splat, li", false),
        Case("^[A-Z]{3}-[0-9]{4}$", "ABC-0123", true), Case("^[A-Z]{3}-[0-9]{4}$", "ABC-012", false),
        Case("^[^/]+$", "é/", false), Case("^[^/]+$", "é", true), Case("^[a-c]*c$", "abc", true),
        Case("^a*ab?b$", "aab", true),
        Case("^(?:[a-z])+$", "abc", true), Case("^a$|b", "xb", true), Case("a|", "", true), Case("^\\/$", "/", true),
        Case("^\\07$", "\u{7}", true), Case("^[\\1]$", "\u{1}", true), Case("^\\x41$", "A", true),
    ]

    @Test("a pattern means what ECMA-262 says", arguments: cases)
    func meaning(_ example: Case) throws {
        let verdict: PatternVerdict = example.matches ? .match : .noMatch
        #expect(try Pattern(example.pattern).matches(example.text) == verdict)
        #expect(try Pattern(example.pattern, engine: .automaton).matches(example.text) == verdict)
        #expect(try Pattern(example.pattern, engine: .native).matches(example.text) == verdict)
        // The machine has no tables of Unicode.
        guard !example.pattern.contains("\\p"), !example.pattern.contains("\\P") else { return }
        #expect(try Pattern(example.pattern, engine: .backtracking).matches(example.text) == verdict)
    }

    @Test(
        "what is not ECMA-262 is refused with its position",
        arguments: [
            ("a++", 2), ("\\A", 0), ("a\\Z", 1), ("\\a", 0), ("\\z", 0), ("\\G", 0), ("\\K", 0), ("\\R", 0), ("\\h", 0),
            ("\\Qa\\E", 0), ("[[:alpha:]]", 1), ("(*UTF)a", 1), ("(?>a)", 2), ("(?P<n>a)", 2), ("(?P=n)", 2),
            ("(?R)", 2),
            ("(?#c)a", 2), ("(?i)abc", 2), ("(?i:a)", 2), ("^(abc]", 1), ("a)", 1), ("[z-a]", 1), ("[a", 0),
            ("a{2,1}", 1),
            ("*a", 0), ("a**", 2), ("(?<n>a)(?<n>b)", 10), ("\\k<x>(?<n>a)", 0), ("\\p{Klingon}", 0), ("\\p{L", 0),
            ("\\", 1),
            ("^*", 0), ("(?<=a)*", 0), ("\\c1", 0), ("\\xg", 0), ("\\u12", 0), ("\\u{110000}", 0), ("(?<1a>b)", 3),
            ("{1}", 0),
        ] as [(String, Int)])
    func refused(_ pattern: String, _ position: Int) {
        let error = #expect(throws: PatternError.self) { try Pattern(pattern) }
        #expect(error?.position == position)
        var text = pattern
        #expect(!text.withUTF8 { Pattern.isValid(UnsafeRawBufferPointer($0)) })
    }

    @Test("a pattern that is nested too deeply is refused, and nothing overflows")
    func depth() {
        let error = #expect(throws: PatternError.self) {
            try Pattern(String(repeating: "(", count: 30_000))
        }
        #expect(error?.kind == .tooLarge)
    }

    @Test(
        "counts that no text could need are refused at once, also of what is empty",
        arguments: [
            "(?:){99999999999}", "(?:(?:){99999}){99999}", "(?:(?=)(?:){70000}){70000}", "[0at9]{777777777777}",
        ])
    func counts(_ pattern: String) {
        let took = ContinuousClock().measure {
            let error = #expect(throws: PatternError.self) { try Pattern(pattern) }
            #expect(error?.kind == .tooLarge)
        }
        #expect(took < .seconds(2), "\(took)")
    }

    @Test(
        "a hit limit is no mismatch",
        arguments: ["^(a+)+$", "^(a|aa)+$", "(?=(a+)+$)", "^(a+)+(?<=a+)$", "^(([a-z])+.)+[A-Z]([a-z])+$"])
    func limit(_ pattern: String) throws {
        let compiled = try Pattern(pattern, engine: .native)
        let text = String(repeating: "a", count: 60) + "!"
        let clock = ContinuousClock()
        var verdict = PatternVerdict.match
        let time = clock.measure { verdict = compiled.matches(text) }
        #expect(verdict == .undecided(.steps))
        #expect(time < .milliseconds(500))
    }

    @Test("text that is not UTF-8 is undecided where it matters, and never read past its end")
    func malformedText() throws {
        let bytes: [UInt8] = [0x61, 0xE2, 0x80]
        let verdict = try bytes.withUnsafeBytes { try Pattern("(?=a).").matches($0) }
        #expect(verdict == .undecided(.text))
        let direct = try bytes.withUnsafeBytes { try Pattern("^.{2}$").matches($0) }
        #expect(direct == .noMatch)
    }

    @Test(
        "the simplest shapes need no engine",
        arguments: ["^a$", "^[a-z]{2,5}$", "^/v1/", "x$", "lit", ".", "^.*$", "\\d"])
    func direct(_ pattern: String) throws {
        #expect(try Pattern(pattern).handle.isDirect)
    }
}
