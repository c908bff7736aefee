import JSONDocuments
import Testing

@Suite("JSON Pointers")
struct JSONPointerTests {
    /// The document and the table of RFC 6901 section 5.
    private static let document =
        #"{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}"#

    @Test(
        "the examples of RFC 6901 lead where they should",
        arguments: [
            ("/foo", #"["bar","baz"]"#), ("/foo/0", #""bar""#), ("/", "0"), ("/a~1b", "1"), ("/c%d", "2"),
            ("/e^f", "3"),
            ("/g|h", "4"), ("/i\\j", "5"), ("/k\"l", "6"), ("/ ", "7"), ("/m~0n", "8"),
        ])
    func examples(text: String, value: String) throws {
        let root = try JSONDocument(parsing: Self.document).root
        let pointer = try #require(JSONPointer(text))
        let found = try #require(root.value(at: pointer))
        #expect(JSONWriter.text(of: found) == value)
        #expect(found.pointer == pointer)
        #expect(pointer.description == text)
        #expect(JSONPointer(fragment: pointer.fragment) == pointer)
    }

    @Test(
        "the fragments of RFC 6901 section 6 are read",
        arguments: [
            ("/c%25d", "/c%d"), ("/e%5Ef", "/e^f"), ("/i%5Cj", "/i\\j"), ("/k%22l", "/k\"l"), ("/%20", "/ "), ("", ""),
            ("/%C3%A9", "/é"), ("/a~1b", "/a~1b"),
        ])
    func fragments(fragment: String, text: String) throws {
        #expect(try #require(JSONPointer(fragment: fragment)).description == text)
    }

    @Test("a text that is no pointer is refused", arguments: ["foo", "foo/bar", "/a~", "/a~2", "~", " /a"])
    func refused(text: String) {
        #expect(JSONPointer(text) == nil)
    }

    @Test("a fragment that is no pointer is refused", arguments: ["foo", "/%", "/%4", "/%zz", "/%FF", "/%C3", "#/a"])
    func refusedFragments(text: String) {
        #expect(JSONPointer(fragment: text) == nil)
    }

    @Test(
        "a place of an array is digits without a leading zero",
        arguments: [
            "/foo/01", "/foo/-", "/foo/-1", "/foo/2", "/foo/1e0", "/foo/+1", "/foo/", "/foo/99999999999999999999",
            "/foo/0/x", "/x",
        ])
    func noSuchPlace(text: String) throws {
        let root = try JSONDocument(parsing: Self.document).root
        #expect(root.value(at: try #require(JSONPointer(text))) == nil)
    }

    @Test("pointers compare by bytes")
    func bytes() {
        #expect(JSONPointer("/\u{E9}") != JSONPointer("/e\u{301}"))
        #expect(Set([JSONPointer("/\u{E9}"), JSONPointer("/e\u{301}"), JSONPointer("/\u{E9}")]).count == 2)
        #expect(JSONPointer().appending("a/b").appending(3).description == "/a~1b/3")
    }

    @Test("every value of a document has a pointer that leads back to it")
    func roundTrip() throws {
        let document = try JSONDocument(parsing: #"{"a":[{"b":{}},[],[1,[2]]],"~/":{"":{"x":null}}}"#)
        document.withView { view in
            for index in 0..<view.count {
                let value = JSONValue(document: document, index: index)
                let target = view[index].flags.contains(.key) ? JSONValue(document: document, index: index + 1) : value
                #expect(document.root.value(at: value.pointer) == target)
            }
        }
    }
}
