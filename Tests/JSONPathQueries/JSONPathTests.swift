import JSONDocuments
import JSONPathQueries
import SourceDiagnostics
import Testing
import YAMLDocuments

/// Paths over small documents: what they lead to, and which texts are no paths.
@Suite("JSONPath")
struct JSONPathTests {
    /// A document with the shapes of OpenAPI.
    static let document = """
        paths:
          /pets:
            parameters: [{name: limit, in: query}, {name: id, in: path}]
            get: {summary: List, tags: [a, b], responses: {'200': {description: OK}, '404': {description: No}}}
            post: {operationId: create, responses: {'201': {description: OK}, default: {description: Else}}}
          /pets/{id}: {get: {responses: {'200': {$ref: '#/shared/ok'}}}}
        shared:
          ok: {description: Fine, type: array}
          list: {type: array, items: {type: string}}
          none: null
        x-flag: false
        """

    /// The places that a path leads to, as pointers; names with `~` behind.
    private func places(_ path: String, in text: String = document, follows: Bool = false) throws -> [String] {
        let root = try DocumentParser.parse(SourceFile(path: "a.yaml", bytes: Array(text.utf8))).get().root
        let matches = try JSONPath(path).matches(in: root) { value in
            guard follows, let reference = value["$ref"]?.string else { return value }
            return JSONPointer(fragment: String(reference.dropFirst())).flatMap { root.value(at: $0) } ?? value
        }
        #expect(matches.isComplete)
        return matches.places.map { $0.value.pointer.description + ($0.isName ? "~" : "") }
    }

    @Test(
        "a path leads to the places of Goessner's language and of its extensions",
        arguments: [
            ("$", [""]),
            ("$.shared.list.type", ["/shared/list/type"]),
            ("$['shared']['list'][\"type\"]", ["/shared/list/type"]),
            ("$.paths[*].get.summary", ["/paths/~1pets/get/summary"]),
            ("$.paths.*[get,post].operationId", ["/paths/~1pets/post/operationId"]),
            ("$.paths['/pets'].parameters[1].name", ["/paths/~1pets/parameters/1/name"]),
            ("$.paths['/pets'].parameters[-1].in", ["/paths/~1pets/parameters/1/in"]),
            ("$.paths['/pets'].parameters[0:1].in", ["/paths/~1pets/parameters/0/in"]),
            ("$.paths['/pets'].parameters[(@.length-1)].in", ["/paths/~1pets/parameters/1/in"]),
            ("$.paths['/pets'].get.tags[::2]", ["/paths/~1pets/get/tags/0"]),
            ("$.paths[*]~", ["/paths/~1pets~", "/paths/~1pets~1{id}~"]),
            ("$..items.type", ["/shared/list/items/type"]),
            ("$..items^", ["/shared/list"]),
            ("$..operationId^.responses", ["/paths/~1pets/post/responses"]),
            ("$.shared[?(@.type === 'array' && @.items === void 0)]", ["/shared/ok"]),
            ("$.shared[?(@ && @.items)]~", ["/shared/list~"]),
            ("$..responses[?(@property >= 400)]", ["/paths/~1pets/get/responses/404"]),
            (
                "$..responses[?(@property.match(/^2/))].description",
                [
                    "/paths/~1pets/get/responses/200/description", "/paths/~1pets/post/responses/201/description",
                ]
            ),
            ("$..parameters[?(@.in == \"query\")].name", ["/paths/~1pets/parameters/0/name"]),
            ("$..[?(@property === 'operationId')]", ["/paths/~1pets/post/operationId"]),
            ("$.paths[?(@property.includes('{'))]~", ["/paths/~1pets~1{id}~"]),
            ("$.shared[?(@ === null)]", ["/shared/none"]),
            ("$.shared[?(@ && @.constructor.name === 'Object' && @.type)]~", ["/shared/ok~", "/shared/list~"]),
            ("$[?(@ === false)]", ["/x-flag"]),
            ("$.paths['/pets'][?(@.tags && @.tags.length > 1)].summary", ["/paths/~1pets/get/summary"]),
            ("$.paths['/pets'][?(!@.tags && @.responses)]~", ["/paths/~1pets/post~"]),
            ("$.paths['/pets'][?(@parentProperty === '/pets' && @property === 'post')]~", ["/paths/~1pets/post~"]),
            ("$..[?(@.description && /^n/i.test(@.description))]~", ["/paths/~1pets/get/responses/404~"]),
            ("$.shared[?(['ok', 'other'].indexOf(@property) >= 0)].type", ["/shared/ok/type"]),
            ("$.missing.member[*]", []),
            ("$.paths[?(@.get.summary.length === 4)]~", ["/paths/~1pets~"]),
        ])
    func places(path: String, expected: [String]) throws {
        #expect(try places(path) == expected)
    }

    @Test("a path goes on behind references, and remembers the way")
    func references() throws {
        let path = "$.paths['/pets/{id}'].get.responses['200'].description"
        #expect(try places(path) == [])
        #expect(try places(path, follows: true) == ["/shared/ok/description"])
    }

    @Test("references in a circle end, and every place is found once")
    func circles() throws {
        let text = "a: {b: {$ref: '#/a'}, c: 1}\nd: {$ref: '#/a'}\ne: {$ref: '#/a/b'}"
        #expect(try places("$..c", in: text, follows: true) == ["/a/c"])
        #expect(try places("$.a.b.b.b.c", in: text, follows: true) == ["/a/c"])
    }

    @Test("a path that leads to more places than it may stops, and says so")
    func limit() throws {
        let text = "[" + Array(repeating: "[1,2,3]", count: 100).joined(separator: ",") + "]"
        let root = try DocumentParser.parse(SourceFile(path: "a.json", bytes: Array(text.utf8))).get().root
        let matches = try JSONPath("$..*").matches(in: root, limit: 50)
        #expect(!matches.isComplete)
        #expect(matches.places.count <= 50)
    }

    @Test(
        "a text that is no path is refused with its place",
        arguments: [
            ("paths", 0), ("", 0), ("$.", 2), ("$..", 3), ("$[", 2), ("$['a]", 2), ("$[?(@.a ==)]", 10),
            ("$[?(@.a.map(b))]", 11), ("$[?(foo)]", 4), ("$[?(/(/.test(@))]", 4), ("$[1:2:0]", 2), ("$ x", 2),
            ("$[?(@.a", 7),
        ])
    func mistakes(text: String, position: Int) {
        let error = #expect(throws: JSONPathError.self) { _ = try JSONPath(text) }
        #expect(error?.position == position)
        #expect(error?.message.isEmpty == false)
    }

    @Test("deep nesting in a filter is refused, not followed")
    func depth() {
        let text = "$[?(" + String(repeating: "(", count: 100_000) + "@)]"
        #expect(throws: JSONPathError.self) { _ = try JSONPath(text) }
        let signs = "$[?(" + String(repeating: "!", count: 100_000) + "@)]"
        #expect(throws: JSONPathError.self) { _ = try JSONPath(signs) }
    }
}
