import JSONDocuments
import SourceDiagnostics
import Testing
import YAMLDocuments

@Suite("YAML files")
struct YAMLParserTests {
    @Test("scalar keys become strings by their literal text")
    func keys() throws {
        let text = "200: a\ntrue: b\n~: c\n1.50: d\n0x1F: e\n2001-12-14: f\n\"q\\u0041\": g\n!!str 5: h\n? x\n: i\n"
        let expected =
            #"{"200":"a","true":"b","~":"c","1.50":"d","0x1F":"e","2001-12-14":"f","qA":"g","5":"h","x":"i"}"#
        #expect(try json(text) == expected)
    }

    @Test("members stand in the order of the file, whatever their style")
    func structure() throws {
        let text = """
            # comment
            openapi: 3.1.0
            list:
            - a: 1
              b: [x, {y: z}, ]
            -
              - nested
            - # nothing
            flow: {"a":1, 'b': 'c', d, e: }
            """
        let expected =
            #"{"openapi":"3.1.0","list":[{"a":1,"b":["x",{"y":"z"}]},["nested"],null],"#
            + #""flow":{"a":1,"b":"c","d":null,"e":null}}"#
        #expect(try json(text) == expected)
    }

    @Test(
        "a file may start with a byte order mark, directives and a document marker",
        arguments: [
            "\u{FEFF}a: 1", "---\na: 1\n", "%YAML 1.2\n---\na: 1\n...\n", "\u{FEFF}---\r\na: 1\r\n", "--- {a: 1}",
        ])
    func prefixes(text: String) throws {
        #expect(try json(text) == #"{"a":1}"#)
    }

    @Test(
        "scalars alone are documents", arguments: [("12", "12"), ("text", #""text""#), ("\"\"", #""""#), ("[]", "[]")])
    func scalarDocuments(text: String, value: String) throws {
        #expect(try json(text) == value)
    }

    @Test("every node has its bytes, in characters of any width")
    func ranges() throws {
        let text = """
            # ünï 😀
            "kéy": &x 'v€'
            seq:
            - 😀 plain  # c
            - [é, {ö: ü}]
            - *x
            block: |
              zwölf
              Boxkämpfer

            # end
            fold: >-
               a
               b
            none:
            tagged: !!str 12
            """
        let document = try yaml(text)
        let source = Array(text.utf8)
        func slice(_ value: JSONValue?) -> String? {
            value.map { String(decoding: source[$0.range.lowerBound..<$0.range.upperBound], as: UTF8.self) }
        }
        let root = document.root
        #expect(slice(root["kéy"]) == "&x 'v€'" && slice(root["kéy"]?.key) == "\"kéy\"")
        #expect(slice(root["seq"]?[0]) == "😀 plain")
        #expect(slice(root["seq"]?[1]) == "[é, {ö: ü}]" && slice(root["seq"]?[1]?[1]?["ö"]) == "ü")
        #expect(slice(root["seq"]?[2]) == "*x")
        #expect(slice(root["seq"]) == "- 😀 plain  # c\n- [é, {ö: ü}]\n- *x")
        #expect(slice(root["block"]) == "|\n  zwölf\n  Boxkämpfer")
        #expect(slice(root["fold"]) == ">-\n   a\n   b")
        #expect(slice(root["none"]) == "" && root["none"]?.range.start == SourcePosition(line: 15, column: 6))
        #expect(slice(root["tagged"]) == "!!str 12")
        #expect(root["fold"]?.keyRange?.start == SourcePosition(line: 12, column: 1))
    }

    @Test("ranges count from the start of the file, also behind a byte order mark and with CR LF")
    func rangesAfterByteOrderMark() throws {
        let root = try yaml("\u{FEFF}é: 1\r\nb: ü\r\n").root
        #expect(root["b"]?.range.lowerBound == 13 && root["b"]?.range.upperBound == 15)
        #expect(root["b"]?.range.start == SourcePosition(line: 2, column: 4))
        #expect(root["é"]?.range.start == SourcePosition(line: 1, column: 4))
    }

    @Test("duplicate keys are errors with both places, all of them at once")
    func duplicateKeys() throws {
        let text = "a: 1\nb:\n  c: 1\n  \"c\": 2\n  d: {x: 1, x: 2, x: 3}\na: 3\n200: x\n\"200\": y\n"
        #expect(
            problems(text) == [
                "5:13 duplicate-key", "5:19 duplicate-key", "4:3 duplicate-key", "6:1 duplicate-key",
                "8:1 duplicate-key",
            ])
        let error = #expect(throws: YAMLSyntaxError.self) { try yaml("k: 1\nother: 2\nk: 3\n") }
        #expect(
            DiagnosticRenderer().render(try #require(error).diagnostics) == """
                a.yaml:3:1: error: the key "k" is already defined in this mapping [duplicate-key]
                a.yaml:1:1: note: the first definition is here

                """)
    }

    @Test("keys that only look alike are no duplicates")
    func notDuplicates() throws {
        #expect(try yaml("\u{E9}: 1\ne\u{301}: 2\n").root.count == 2)
        #expect(try yaml("a: {a: {a: 1}}\nb: [{a: 1}, {a: 2}]\n").root.count == 2)
    }

    @Test("collections cannot be keys", arguments: ["? [a, b]\n: 1\n", "? {a: 1}\n: 1\n", "{[a]: 1}", "{{a: b}: c}"])
    func complexKeys(text: String) {
        let found = problems(text)
        #expect(found.count == 1 && found[0].hasSuffix("yaml-key"))
    }

    @Test("a key that is missing is an error")
    func missingKey() {
        #expect(problems("? \n: 1\n") == ["1:2 yaml-key"])
        #expect(problems("a: {? : 1}") == ["1:7 yaml-key"])
        #expect(problems(": 1") == ["1:1 yaml-syntax"])
        #expect(problems("\"\": 1").isEmpty)
    }

    @Test("the merge key is an error that says what to do, unless it is in quotation marks")
    func mergeKey() throws {
        let text = "base: &b {x: 1}\nuse:\n  <<: *b\n  y: 2\n"
        #expect(problems(text) == ["3:3 yaml-merge-key"])
        let error = #expect(throws: YAMLSyntaxError.self) { try yaml(text) }
        #expect(error?.diagnostic.suggestion?.contains("$ref") == true)
        #expect(try json("\"<<\": 1") == #"{"<<":1}"#)
    }

    @Test("aliases are copies, also as keys and of what contains aliases")
    func aliases() throws {
        let text = "a: &a {x: [1, &t two]}\nb: *a\nc: [*a, *t]\n*t : d\ne: &a new\nf: *a\n"
        #expect(
            try json(text)
                == #"{"a":{"x":[1,"two"]},"b":{"x":[1,"two"]},"c":[{"x":[1,"two"]},"two"],"#
                + #""two":"d","e":"new","f":"new"}"#
        )
    }

    @Test("aliases that name nothing, themselves or no scalar as a key are errors")
    func badAliases() {
        #expect(problems("a: *b") == ["1:4 yaml-alias"])
        #expect(problems("a: &x [1, *x]") == ["1:11 yaml-alias"])
        #expect(problems("&x a: {b: [*x]}\nc: *y") == ["2:4 yaml-alias"])
        #expect(problems("&r\na: {b: *r}\n") == ["2:8 yaml-alias"])
        #expect(problems("a: &x [1]\n*x : 1\n") == ["2:1 yaml-key"])
        #expect(problems("a: &x 1\n*x : 1\n") == ["2:1 yaml-key"])
    }

    @Test("an unknown alias suggests the anchor that was meant")
    func aliasSuggestion() {
        let error = #expect(throws: YAMLSyntaxError.self) { try yaml("a: &timeout 1\nb: *timeot\n") }
        #expect(error?.diagnostic.suggestion == "did you mean \"timeout\"?")
    }

    @Test(
        "a file without content is an error",
        arguments: ["", "\n\n", "# only a comment\n", "---\n", "---\n...\n", "\u{FEFF}"])
    func empty(text: String) {
        #expect(problems(text) == ["1:1 empty-document"])
    }

    @Test("a second document is an error", arguments: ["a: 1\n---\nb: 2\n", "--- 1\n--- 2\n", "a\n...\n---\nb\n"])
    func multipleDocuments(text: String) {
        let found = problems(text)
        #expect(found.count == 1 && found[0].hasSuffix("multiple-documents"))
    }

    @Test("what is not UTF-8 is an error at its byte")
    func encoding() {
        #expect(problems([0x61, 0x3A, 0x20, 0xFF]) == ["1:4 invalid-utf8"])
        #expect(problems([0xFF, 0xFE, 0x61, 0x00]) == ["1:1 invalid-utf8"])
        #expect(problems([0x61, 0x00, 0x62]) == ["1:2 yaml-syntax"])
        #expect(problems("é: \u{1}") == ["1:4 yaml-syntax"])
        #expect(problems(Array("a: 1\nb: ".utf8) + [0xED, 0xA0, 0x80]) == ["2:4 invalid-utf8"])
    }

    @Test(
        "broken YAML is an error at its place",
        arguments: [
            ("a: [1, 2\nb: 3\n", "2:2"), ("a: \"x\n", "2:1"), ("é: b: c\n", "1:5"), ("a: 1\n\tb: 2\n", "2:1"),
            ("a: 1\n b: 2\n", "2:3"),
            ("a: @x\n", "1:4"), ("- a\nb: 1\n", "2:1"), ("a: 'x' y\n", "1:8"), ("a: %x", "1:4"), ("}", "1:1"),
            ("a: \"\\q\"", "1:5"), ("a: \"\\ud800\"", "1:7"),
        ])
    func syntax(text: String, place: String) {
        #expect(problems(text) == ["\(place) yaml-syntax"])
    }

    @Test("the note says where the thing started that is broken, in characters of any width")
    func contextNote() throws {
        let error = #expect(throws: YAMLSyntaxError.self) { try yaml("ü: 1\né€: [ä, 2\nb: 3\n") }
        let note = try #require(error?.diagnostic.notes.first)
        #expect(error?.diagnostic.range?.start == SourcePosition(line: 3, column: 2))
        #expect(note.message == "while parsing a flow sequence")
        #expect(note.range?.start == SourcePosition(line: 2, column: 5))
    }

    @Test("the mistakes that people make most come with advice")
    func advice() {
        for (text, word) in [("a: b: c", "quotation"), ("a: 1\n\tb: 2", "spaces"), ("a: @x", "quotation")] {
            let error = #expect(throws: YAMLSyntaxError.self) { try yaml(text) }
            #expect(error?.diagnostic.suggestion?.contains(word) == true)
        }
    }

    @Test("mistakes that leave the structure intact are all reported, up to the limit")
    func collected() {
        #expect(
            problems("a: !x 1\nb: .nan\n<<: 1\nc: 1\nc: 2\nd: [\n") == [
                "1:4 yaml-tag", "2:4 yaml-number", "3:1 yaml-merge-key", "7:1 yaml-syntax",
            ])
        let many = (0..<100).map { "k\($0): .nan\n" }.joined()
        #expect(problems(many).count == 20)
        #expect(problems(many, limits: YAMLLimits(problems: 3)).count == 3)
    }
}
