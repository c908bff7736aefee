import JSONDocuments
import SourceDiagnostics
import Testing

@Suite("Values of a document")
struct JSONValueTests {
    private static func root(_ text: String) throws -> JSONValue {
        try JSONDocument(parsing: text).root
    }

    @Test("scalars are read as what they are, and as nothing else")
    func scalars() throws {
        let root = try Self.root(
            #"{"s":"tëxt","i":12,"f":1.0,"d":1.5,"t":true,"n":null,"big":9223372036854775808,"huge":1e400}"#)
        #expect(root["s"]?.string == "tëxt" && root["s"]?.int == nil && root["s"]?.bool == nil)
        #expect(root["i"]?.int == 12 && root["i"]?.double == 12 && root["i"]?.string == nil)
        #expect(root["f"]?.int == 1 && root["f"]?.numberLiteral == "1.0")
        #expect(root["d"]?.int == nil && root["d"]?.double == 1.5)
        #expect(root["t"]?.bool == true && root["t"]?.count == 0)
        #expect(root["n"]?.isNull == true && root["missing"] == nil)
        #expect(root["big"]?.int == nil && root["big"]?.numberLiteral == "9223372036854775808")
        #expect(root["huge"]?.double == .infinity && root["huge"]?.number == ExactNumber("1e400"))
    }

    @Test("members and elements come in the order of the file, with their places")
    func children() throws {
        let root = try Self.root(#"{"b": [10, [], 30], "a": {"x": 1}}"#)
        #expect(root.members.map(\.name) == ["b", "a"])
        #expect(root["b"]?.elements.map(\.kind) == [.number, .array, .number])
        #expect(root["b"]?[2]?.int == 30 && root["b"]?[3] == nil && root["b"]?[-1] == nil && root[0] == nil)
        let x = try #require(root["a"]?["x"])
        #expect(x.range.description == "<memory>:1:32" && x.keyRange?.description == "<memory>:1:27")
        #expect(root.keyRange == nil && root["b"]?[0]?.keyRange == nil)
        #expect(root["b"]?[1]?.keyRange == nil && root["b"]?.key?.string == "b")
        #expect(Array(x.members.map(\.name)).isEmpty && Array(x.elements).isEmpty)
        #expect(Array(root.elements).isEmpty)
    }

    @Test("names are compared by bytes, in small and in large objects", arguments: [2, 23, 24, 25, 1000])
    func names(count: Int) throws {
        let filler = (0..<count).map { #""k\#($0)":\#($0)"# }
        let text =
            "{" + (filler + ["\"\u{E9}\":-1", "\"e\u{301}\":-2", #""\u006bey":-3"#]).joined(separator: ",") + "}"
        let root = try Self.root(text)
        #expect(root["\u{E9}"]?.int == -1 && root["e\u{301}"]?.int == -2 && root["key"]?.int == -3)
        #expect((0..<count).allSatisfy { root["k\($0)"]?.int == $0 })
        #expect(root["k\(count)"] == nil && root[""] == nil)
    }

    @Test("of duplicate names the first is found, in small and in large objects", arguments: [1, 100])
    func duplicates(count: Int) throws {
        let members = (0..<count).map { #""k\#($0)":\#($0)"# } + [#""k0":-1"#]
        let document = try JSONDocument(
            parsing: "{" + members.joined(separator: ",") + "}", limits: JSONLimits(duplicateKeys: .allow))
        #expect(document.root["k0"]?.int == 0)
        let pairs = document.duplicateKeys(limit: 5)
        #expect(pairs.count == 1 && pairs.first?.first.string == "k0")
    }

    @Test(
        "values that mean the same are equal",
        arguments: [
            ("1", "1.0"), (#"{"a":1,"b":[2]}"#, #"{"b":[2.0],"a":1e0}"#), (#""A""#, #""\u0041""#), ("[]", "[ ]"),
            ("{}", "{}"), ("null", "null"), (#"{"a":{"b":{"c":[]}}}"#, #"{"a":{"b":{"c":[]}}}"#),
        ])
    func equal(left: String, right: String) throws {
        #expect(try Self.root(left).structurallyEquals(try Self.root(right)))
    }

    @Test(
        "values that differ are not equal",
        arguments: [
            ("1", "2"), ("1", "\"1\""), ("0", "false"), ("1", "true"), ("[1,2]", "[2,1]"), ("[1]", "[1,1]"),
            (#"{"a":1}"#, #"{"b":1}"#), (#"{"a":1}"#, #"{"a":1,"b":1}"#), ("\"\u{E9}\"", "\"e\u{301}\""), ("[]", "{}"),
            ("9007199254740992", "9007199254740993"), ("null", "false"), ("[[1]]", "[[2]]"),
        ])
    func different(left: String, right: String) throws {
        #expect(try !Self.root(left).structurallyEquals(try Self.root(right)))
        #expect(try !Self.root(right).structurallyEquals(try Self.root(left)))
    }

    @Test("a cursor is a place, not a value")
    func identity() throws {
        let root = try Self.root("[1,1]")
        #expect(root[0] != root[1] && root[0] == root[0])
        #expect(try Self.root("1") != (try Self.root("1")))
        #expect(Set([root[0], root[1], root[0]]).count == 2)
    }

    @Test("an empty text is no document, and says where")
    func empty() {
        #expect(throws: JSONSyntaxError(.empty, at: 0)) { try JSONDocument(parsing: "") }
    }
}
