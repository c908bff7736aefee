import JSONDocuments
import SourceDiagnostics
import Testing
import YAMLDocuments

/// Files that are built to be expensive. Each takes milliseconds; the time limit only turns an endless run into a
/// failure.
@Suite("Hostile YAML files", .timeLimit(.minutes(1)))
struct YAMLHostileInputTests {
    @Test("nesting stops at the limit, before libyaml needs quadratic time", arguments: ["[", "{a: ", "- ", "? "])
    func nesting(unit: String) {
        let found = problems(String(repeating: unit, count: 100_000))
        #expect(found.count == 1)
        #expect(found[0].hasSuffix("yaml-depth") || found[0].hasSuffix("yaml-key"))
    }

    @Test("collections nest up to the limit and not beyond")
    func depth() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(problems(nested(256)).isEmpty)
        #expect(problems(nested(257)) == ["1:257 yaml-depth"])
        #expect(problems("[[1]]", limits: YAMLLimits(depth: 1)) == ["1:2 yaml-depth"])
    }

    @Test("a file that doubles with every alias is refused at the limit of expanded nodes")
    func billionLaughs() {
        var text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
        for index in 1...30 {
            let aliases = [String](repeating: "*a\(index - 1)", count: 10).joined(separator: ", ")
            text += "a\(index): &a\(index) [\(aliases)]\n"
        }
        let found = problems(text)
        #expect(found.count == 1 && found[0].hasSuffix("yaml-alias"))
    }

    @Test("aliases expand to at most the nodes that the limit names")
    func expansionLimit() {
        let text = "a: &a [1, 2, 3]\nb: *a\nc: *a\n"
        #expect(problems(text, limits: YAMLLimits(expandedNodes: 8)).isEmpty)
        #expect(problems(text, limits: YAMLLimits(expandedNodes: 7)) == ["3:4 yaml-alias"])
    }

    @Test("nesting through aliases counts")
    func depthThroughAliases() {
        var text = "a0: &a0 [1]\n"
        for index in 1...300 { text += "a\(index): &a\(index) [*a\(index - 1)]\n" }
        let found = problems(text)
        #expect(found == ["256:14 yaml-depth"])
        #expect(problems("a: &a [[1]]\nb: [*a]\n", limits: YAMLLimits(depth: 4)).isEmpty)
        #expect(problems("a: &a [[1]]\nb: [*a]\n", limits: YAMLLimits(depth: 3)) == ["2:5 yaml-depth"])
    }

    @Test("a file above the size limit is not read")
    func size() {
        #expect(problems("abc", limits: YAMLLimits(size: 3)).isEmpty)
        #expect(problems("abcd", limits: YAMLLimits(size: 3)) == ["1:1 too-large"])
    }

    @Test("many keys, long scalars and long lines are read in linear time")
    func volume() throws {
        let keys = (0..<100_000).map { "key\($0): é\n" }.joined()
        #expect(try yaml(keys).root.count == 100_000)
        #expect(problems(keys + "key77: x\n") == ["100001:1 duplicate-key"])
        let long =
            "a: \"" + String(repeating: "é ", count: 1_000_000) + "\"\nb: [" + String(repeating: "1,", count: 100_000)
            + "]\n"
        let root = try yaml(long).root
        #expect(root["a"]?.text.count == 3_000_000 && root["b"]?.count == 100_000)
    }

    @Test("every prefix of a file, and every file with one byte changed, is read without a trap")
    func mutations() {
        let text = Array(
            "# é\na: &x {b: [1, 'c'], \"d\\u00e9\": ~}\n? k\n: |\n  blöck\n\n- *x\nf: >-2\n    t\n!!str g: *x\n<<: .5\n"
                .utf8)
        for length in 0..<text.count { _ = problems(Array(text[..<length])) }
        for index in text.indices {
            for byte in Array(" \n\t\"'[]{}:,-?&*!|>%@#0a".utf8) + [0x00, 0x80, 0xC3, 0xEF, 0xFF] {
                var changed = text
                changed[index] = byte
                for problem in problems(changed) { #expect(!problem.hasPrefix("-")) }
            }
        }
    }

    @Test("random text is read without a trap")
    func noise() {
        var state: UInt64 = 88_172_645_463_325_252
        let alphabet = Array("ab:-?&*!|>%@#,[]{}\"'\n\n  01.~<é".utf8)
        for _ in 0..<20_000 {
            var text: [UInt8] = []
            for _ in 0..<40 {
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                text.append(alphabet[Int(state % UInt64(alphabet.count))])
            }
            _ = problems(text)
        }
    }
}
