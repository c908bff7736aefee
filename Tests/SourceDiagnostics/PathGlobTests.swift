import SourceDiagnostics
import Testing

@Suite("Patterns for paths")
struct PathGlobTests {
    @Test(
        "A path fits a pattern",
        arguments: [
            ("specs/*.yaml", "specs/orders.yaml"), ("specs/**", "specs/a/b.yaml"), ("**/*.yaml", "orders.yaml"),
            ("**/*.yaml", "/abs/olute/orders.yaml"), ("specs/**/*.json", "specs/x.json"),
            ("specs/{users,orders}.{yaml,yml}", "specs/orders.yml"), ("{a,b{c,d}}", "bd"), ("a?c", "abc"),
            ("[a-c]1", "b1"), ("[!a-c]1", "d1"), ("[]]", "]"), ("\\*", "*"), ("./specs/*", "specs/a"),
            ("/tmp/*.json", "/tmp/a.json"), (".lintel/*", ".lintel/a"), ("*ö*", "schön"), ("a**b", "axxb"),
        ])
    func fits(pattern: String, path: String) throws {
        #expect(try PathGlob(pattern).matches(path))
    }

    @Test(
        "A path does not fit a pattern",
        arguments: [
            ("specs/*.yaml", "specs/a/orders.yaml"), ("*.yaml", "a.yaml.bak"), ("*.yaml", ".hidden.yaml"),
            ("**/*.yaml", ".git/a.yaml"), ("a?c", "ac"), ("[a-c]1", "d1"), ("tmp/*.json", "/tmp/a.json"),
            ("\\*", "a"), ("specs/**/x", "specs/y"), ("{a,b}", "{a,b}"),
        ])
    func fitsNot(pattern: String, path: String) throws {
        #expect(try !PathGlob(pattern).matches(path))
    }

    @Test("A text that is no pattern is refused with the reason", arguments: ["[abc", "{a,b", "[z-a]"])
    func refused(pattern: String) {
        #expect(throws: PathGlob.Problem.self) { try PathGlob(pattern) }
    }

    @Test("Braces cannot stand for endless many texts")
    func manyBraces() {
        let pattern = String(repeating: "{a,b}", count: 64)
        let problem = #expect(throws: PathGlob.Problem.self) { try PathGlob(pattern) }
        #expect(problem?.message == "the braces stand for more than 1000 texts")
    }

    @Test("A pattern of stars takes time in proportion to the path")
    func manyStars() throws {
        let glob = try PathGlob(String(repeating: "*a", count: 200) + "b")
        #expect(!glob.matches(String(repeating: "a", count: 2_000)))
    }

    @Test(
        "A search starts in the folder before the first pattern",
        arguments: [
            ("specs/v1/*.yaml", "specs/v1"), ("*.yaml", ""), ("/a/b*/c", "/a"), ("/*.json", "/"), ("a/b.yaml", "a"),
        ])
    func start(pattern: String, folder: String) throws {
        #expect(try PathGlob(pattern).fixedFolder == folder)
    }

    @Test("A search leaves out folders below which nothing can fit")
    func folders() throws {
        let glob = try PathGlob("specs/*/a.yaml")
        #expect(glob.canMatch(below: "specs"))
        #expect(glob.canMatch(below: "specs/x"))
        #expect(!glob.canMatch(below: "specs/x/y"))
        #expect(!glob.canMatch(below: "routes"))
        #expect(try PathGlob("specs/**/a.yaml").canMatch(below: "specs/x/y/z"))
    }
}
