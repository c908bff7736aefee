import PatternMatching
import Testing

@Suite("Witnesses of catastrophic patterns")
struct PatternWitnessTests {
    @Test(
        "loops within loops have a witness on which PCRE2 gives up, and which the automaton decides",
        arguments: [
            "^(a+)+$", "^(a|aa)+$", "^(a|a)*$", "^([a-zA-Z0-9]+\\s?)*$", "^(\\w+\\.?)+@x$", "(x+x+)+y",
            "^(([a-z])+.)+[A-Z]$",
            "^(\\d+)*,$",
        ])
    func catastrophic(text: String) throws {
        let witness = try #require(PatternWitness.search(in: text))
        #expect(try Pattern(text, engine: .native).matches(witness.text) == .undecided(.steps))
        #expect(try Pattern(text).matches(witness.text) == .noMatch)
        #expect(witness.description.contains(" × "))
    }

    @Test(
        "patterns that are decided have none",
        arguments: [
            "", "a", "^[a-z]+$", "^[a-z]{1,64}$", "^[A-Z]{3}-[0-9]{4}$", "^(cat|dog)$", "^([a-z]+-)*[a-z]+$",
            "^\\d{4}-\\d{2}-\\d{2}$", "^(\\d{1,3}\\.){3}\\d{1,3}$", "[", "(?<a>x)\\k<a>",
        ])
    func harmless(text: String) {
        #expect(PatternWitness.search(in: text) == nil)
    }
}
