import LintelCommand
import SourceDiagnostics
import TestSupport
import Testing

@Suite("lintel validate --spec")
struct MessageCheckTests {
    /// A small API.
    private static let document = """
        openapi: 3.1.0
        info: {title: t, version: "1"}
        paths:
          /things/{id}:
            parameters:
              - {name: id, in: path, required: true, schema: {type: integer}}
            get:
              operationId: getThing
              parameters:
                - {name: limit, in: query, schema: {type: integer, maximum: 9}}
                - {name: X-Mode, in: header, schema: {enum: [a]}}
              responses:
                "200":
                  description: d
                  headers: {X-Count: {required: true, schema: {type: integer}}}
                  content: {application/json: {schema: {required: [name], properties: {name: {type: string}}}}}
            put:
              operationId: putThing
              requestBody: {required: true, content: {application/json: {schema: {properties: {a: {maximum: 1}}}}}}
              responses: {"204": {description: d}}
            head: {operationId: headThing, responses: {"200": {description: d}}}
          /things/mine:
            get: {operationId: getMine, responses: {default: {description: d}}}
        """

    /// The check of an operation.
    private func check(_ operation: String, mount: String = "/") throws -> MessageCheck {
        let folder = try TemporaryFolder(["api.yaml": Self.document])
        let loaded = MessageCheck.load(folder.file("api.yaml"), operation: operation, mount: mount)
        return try #require(loaded.check, "\(loaded.diagnostics.map(\.message))")
    }

    /// A recorded message.
    private func file(_ text: String) -> SourceFile { SourceFile(path: "m.http", bytes: Array(text.utf8)) }

    /// Lines and columns with codes.
    private func summary(_ diagnostics: [Diagnostic]) -> [String] {
        diagnostics.map { "\($0.range?.start.description ?? "") \($0.code)" }
    }

    @Test("content is checked without its codings; what stands in it has the place of the content")
    func coded() throws {
        let head = "PUT /things/7 HTTP/1.1\nHost: h\nContent-Type: application/json\nContent-Encoding: gzip\n\n"
        for (content, expected) in [("{\"a\": 1}", []), ("{\"a\": 2}", ["6:1 maximum"])] {
            let bytes = Array(head.utf8) + CodedContent.encoded(Array(content.utf8), .gzip)
            let found = try check("putThing").checkRequest(SourceFile(path: "m.http", bytes: bytes))
            #expect(summary(found) == expected)
        }
    }

    @Test(
        "requests are checked against the operation, with the place of each violation",
        arguments: [
            ("getThing", "GET /things/7?limit=3 HTTP/1.1\r\nHost: h\r\n\r\n", []),
            ("getThing", "GET /things/7?limit=3 HTTP/1.1\nHost: h\n\n", []),
            ("GET /things/{id}", "GET http://h/things/7 HTTP/1.1\r\nHost: h\r\n\r\n", []),
            (
                "getThing", "GET /things/x?limit=10 HTTP/1.1\nHost: h\nX-Mode: b\n\n",
                ["1:5 type", "1:5 maximum", "3:1 enum"]
            ),
            ("getThing", "GET /things/mine HTTP/1.1\nHost: h\n\n", ["1:5 operation"]),
            ("getThing", "DELETE /things/7 HTTP/1.1\nHost: h\n\n", ["1:8 method"]),
            ("getThing", "GET /nothing HTTP/1.1\nHost: h\n\n", ["1:5 path"]),
            ("getThing", "GET /a/../things/7 HTTP/1.1\nHost: h\n\n", ["1:5 path"]),
            ("putThing", "PUT /things/7 HTTP/1.1\nHost: h\n\n", ["4:1 required"]),
            (
                "putThing", "PUT /things/7 HTTP/1.1\nHost: h\nContent-Type: application/json\n\n{\n \"a\": 2}\n",
                ["6:7 maximum"]
            ),
            (
                "putThing",
                "PUT /things/7 HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 7\r\n\r\n{\"a\":1}\n",
                []
            ),
            ("putThing", "PUT /things/7 HTTP/1.1\nHost: h\nContent-Type: application/json\n\n{", ["5:1 json-syntax"]),
        ] as [(String, String, [String])])
    func requests(operation: String, text: String, expected: [String]) throws {
        #expect(summary(try check(operation).checkRequest(file(text))) == expected)
    }

    @Test(
        "responses are checked against the operation",
        arguments: [
            ("getThing", "HTTP/1.1 200 OK\nX-Count: 1\nContent-Type: application/json\n\n{\"name\": \"n\"}", []),
            ("getThing", "HTTP/1.1 200 OK\nX-Count: 1\nContent-Type: application/json\n\n{\"name\": 1}", ["5:10 type"]),
            (
                "getThing",
                "HTTP/1.1 200 OK\nContent-Type: application/json\nTransfer-Encoding: chunked\n\n2\r\n{}\r\n0\r\n\r\n",
                ["1:1 required", "5:1 required"]
            ),
            ("getThing", "HTTP/1.1 404 No\nContent-Length: 0\n\n", ["1:1 undeclared-status"]),
            ("putThing", "HTTP/1.1 204 No Content\n\n", []),
            ("headThing", "HTTP/1.1 200 OK\nContent-Length: 12\n\n", []),
        ] as [(String, String, [String])])
    func responses(operation: String, text: String, expected: [String]) throws {
        #expect(summary(try check(operation).checkResponse(file(text))) == expected)
    }

    @Test(
        "what is no message is not checked",
        arguments: [
            "", "GET", "GET /things/7 HTTP/1.1\n\n", "GET /things/7 HTTP/1.1\nHost: h\n folded\n\n",
            "PUT /things/7 HTTP/1.1\nHost: h\nContent-Length: 5\n\nabc",
            "PUT /things/7 HTTP/1.1\nHost: h\nContent-Length: 1\n\nabc",
            "PUT /things/7 HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\nzz\r\n",
        ])
    func malformed(text: String) throws {
        let check = try check("putThing")
        #expect(throws: RecordedMessageFile.Failure.self) { try check.checkRequest(file(text)) }
    }

    @Test("a request may have been recorded under a prefix")
    func mount() throws {
        let text = "GET /shop/things/7 HTTP/1.1\nHost: h\n\n"
        #expect(try check("getThing", mount: "/shop").checkRequest(file(text)).isEmpty)
        #expect(try check("getThing").checkRequest(file(text)).count == 1)
    }

    @Test("an unknown operation is told with the nearest one")
    func unknown() throws {
        let folder = try TemporaryFolder(["api.yaml": Self.document])
        let loaded = MessageCheck.load(folder.file("api.yaml"), operation: "getThin")
        #expect(loaded.check == nil && loaded.diagnostics.last?.suggestion == "did you mean `getThing`?")
    }
}
