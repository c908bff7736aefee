import PatternMatching
import Testing

/// Flags of patterns, on every engine.
@Suite("Flags of patterns")
struct PatternFlagTests {
    @Test(
        "i, m and s change what is matched",
        arguments: [
            ("^abc$", "i", "aBC", true), ("^abc$", "", "aBC", false), ("^[a-f]+$", "i", "FADE", true),
            ("^[^a]$", "i", "A", false), ("^straße$", "i", "STRAßE", true), ("^é$", "i", "É", true),
            ("^b$", "m", "a\nb\nc", true), ("^b$", "", "a\nb\nc", false), ("a.b", "s", "a\nb", true),
            ("a.b", "", "a\nb", false), ("(?<=a)B", "i", "ab", true), ("x{2,}", "gi", "aXx", true),
        ])
    func matches(pattern: String, flags: String, text: String, expected: Bool) throws {
        #expect((try Pattern(pattern, flags: flags).matches(text) == .match) == expected)
    }

    @Test("letters that are no flags, and flags given twice, are refused", arguments: ["x", "ii", "I"])
    func mistakes(flags: String) {
        #expect(throws: PatternError.self) { _ = try Pattern("a", flags: flags) }
    }
}
