import JSONDocuments
import Testing

@Suite("References to documents")
struct URIReferenceTests {
    @Test(
        "references resolve as RFC 3986 §5.4 has it",
        arguments: [
            ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"), ("/g", "http://a/g"),
            ("//g", "http://g"), ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"),
            ("#s", "http://a/b/c/d;p?q#s"),
            ("", "http://a/b/c/d;p?q"), (".", "http://a/b/c/"), ("..", "http://a/b/"), ("../g", "http://a/b/g"),
            ("../../g", "http://a/g"), ("../../../g", "http://a/g"), ("/./g", "http://a/g"), ("g.", "http://a/b/c/g."),
            ("./g/.", "http://a/b/c/g/"), ("g/../h", "http://a/b/c/h"), ("g#s/../x", "http://a/b/c/g#s/../x"),
            ("g:h", "g:h"),
        ])
    func resolution(reference: String, expected: String) {
        let base = URIReference("http://a/b/c/d;p?q")
        #expect(URIReference(reference).resolved(against: base).text == expected)
    }

    @Test(
        "a relative base keeps the steps that lead out of it",
        arguments: [
            ("b.yaml", "specs/a.yaml", "specs/b.yaml"), ("../b.yaml", "specs/a.yaml", "b.yaml"),
            ("../b.yaml", "a.yaml", "../b.yaml"), ("../../b.yaml", "specs/a.yaml", "../b.yaml"),
            ("#/x", "a.yaml", "a.yaml"),
        ])
    func relativeBase(reference: String, base: String, expected: String) {
        #expect(URIReference.resolve(reference, against: base).uri == expected)
    }

    @Test("a path becomes a file URI and comes back", arguments: ["/a/b.yaml", "/with space/ü%.json", "/"])
    func filePaths(path: String) {
        #expect(URIReference(URIReference(filePath: path).text).filePath == path)
    }
}
