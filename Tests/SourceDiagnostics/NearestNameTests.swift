import SourceDiagnostics
import Testing

@Suite("Nearest names")
struct NearestNameTests {
    private static let known = ["timeout", "timeouts", "limits", "validation", "id", "url", "cache", "responses"]

    @Test(
        "a small slip finds the name that was meant",
        arguments: [
            ("timeot", "timeout"), ("tiemout", "timeout"), ("Timeout", "timeout"), ("limts", "limits"),
            ("validaton", "validation"), ("respnoses", "responses"), ("ulr", "url"), ("cahce", "cache"),
            ("catch", "cache"),
            ("timeoutss", "timeouts"),
        ])
    func near(wanted: String, expected: String) {
        #expect(NearestName.among(Self.known, to: wanted) == expected)
    }

    @Test("a name that is like nothing finds nothing", arguments: ["", "x", "upstream", "xy", "lemon", "😀😀😀"])
    func far(wanted: String) {
        #expect(NearestName.among(Self.known, to: wanted) == nil)
    }

    @Test("the nearest of several wins, and the first of equally near ones")
    func order() {
        #expect(NearestName.among(["abcdef", "abcdxx", "abcdex"], to: "abcdey") == "abcdef")
        #expect(NearestName.among(["pathx", "paths"], to: "paths") == "paths")
    }

    @Test("a name of any length is answered at once")
    func long() {
        let long = String(repeating: "a", count: 1_000_000)
        #expect(NearestName.among([long, "a"], to: long) == nil)
        #expect(NearestName.among([long], to: "aaaa") == nil)
    }

    @Test("the suggestion is a question")
    func suggestion() {
        #expect(NearestName.suggestion(among: ["timeout"], to: "timeot") == "did you mean \"timeout\"?")
    }
}
