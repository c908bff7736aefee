import OpenAPIDocuments
import SourceDiagnostics
import Testing

/// What is read off a document.
@Suite("Document model")
struct DocumentModelTests {
    /// Loads a document that has no errors.
    private func load(_ text: String) throws -> OpenAPIDocument {
        let loaded = DocumentStructureTests.load(text)
        #expect(!loaded.diagnostics.contains { $0.severity == .error }, "\(loaded.diagnostics.map(\.message))")
        return try #require(loaded.document)
    }

    @Test("parameters of the path item and the operation are merged, the operation's win")
    func mergedParameters() throws {
        let document = try load(
            DocumentStructureTests.document(
                """
                  /a/{id}:
                    parameters:
                      - {name: id, in: path, required: true, schema: {type: integer}}
                      - {name: q, in: query, schema: {type: string}}
                    get:
                      parameters:
                        - {name: q, in: query, required: true, schema: {type: boolean}}
                        - {name: Accept, in: header, schema: {}}
                    post: {}

                """))
        #expect(document.operations.map(\.method) == ["GET", "POST"])
        #expect(document.operations[0].parameters.map(\.name) == ["id", "q"])
        #expect(document.operations[0].parameters.map(\.isRequired) == [true, true])
        #expect(document.operations[1].parameters.map(\.isRequired) == [true, false])
    }

    @Test("security: the operation's list replaces the document's, an empty one removes it")
    func security() throws {
        let document = try load(
            DocumentStructureTests.document(
                """
                  /a:
                    get: {}
                    post: {security: []}
                    put: {security: [{k: [], o: [read, write]}, {}]}
                security: [{k: []}]
                components:
                  securitySchemes:
                    k: {type: apiKey, name: X-Key, in: header}
                    o: {type: oauth2, flows: {}}

                """))
        let security = document.operations.map { $0.security.map { $0.needs.map(\.scheme) } }
        #expect(security == [[["k"]], [], [["k", "o"], []]])
        #expect(document.operations[2].security[0].needs[1].scopes == ["read", "write"])
        #expect(document.securitySchemes["k"]?.parameterName == "X-Key")
    }

    @Test("default styles follow the place of the parameter")
    func styles() throws {
        let document = try load(
            DocumentStructureTests.document(
                """
                  /a/{p}:
                    get:
                      parameters:
                        - {name: p, in: path, required: true, schema: {}}
                        - {name: q, in: query, schema: {}}
                        - {name: h, in: header, schema: {}}
                        - {name: c, in: cookie, schema: {}}
                        - {name: d, in: query, style: deepObject, schema: {}}
                        - {name: j, in: query, content: {application/json: {schema: {}}}}

                """))
        let styles = document.operations[0].parameters.map { parameter -> String in
            switch parameter.content {
            case .schema(_, let style, let explode): "\(style.rawValue) \(explode)"
            case .media(let media): media.key
            case .unspecified: "-"
            }
        }
        #expect(
            styles == [
                "simple false", "form true", "simple false", "form true", "deepObject false", "application/json",
            ])
    }

    @Test("a 2.0 document is read in the words of 3.x")
    func version2() throws {
        let document = try load(
            """
            swagger: "2.0"
            info: {title: t, version: "1"}
            consumes: [application/json]
            produces: [application/json, text/plain]
            paths:
              /a:
                post:
                  parameters:
                    - {name: ids, in: query, type: array, items: {type: integer}, collectionFormat: pipes}
                    - {name: body, in: body, required: true, schema: {$ref: '#/definitions/A'}}
                  responses:
                    200: {description: d, schema: {type: string}}
                    204: {description: d}
              /f:
                post:
                  consumes: [multipart/form-data]
                  parameters:
                    - {name: f, in: formData, type: file, required: true}
                  responses: {default: {description: d}}
            definitions:
              A: {type: object}

            """)
        let first = document.operations[0]
        #expect(document.version == .version2)
        #expect(first.requestBody?.content.map(\.key) == ["application/json"])
        #expect(first.requestBody?.isRequired == true)
        #expect(first.responses?.map { $0.content.map(\.key) } == [["application/json", "text/plain"], []])
        #expect(first.responses?.map(\.allowsContent) == [true, false])
        if case .schema(_, let style, let explode) = first.parameters[0].content {
            #expect(style == .pipeDelimited)
            #expect(!explode)
        }
        #expect(document.operations[1].requestBody?.formFields.map(\.isFile) == [true])
    }

    @Test("3.2 knows QUERY and additional operations")
    func version32() throws {
        let document = try load(
            DocumentStructureTests.document(
                "  /a:\n    query: {}\n    additionalOperations:\n      COPY: {operationId: copy}\n", version: "3.2.0"))
        #expect(document.operations.map(\.method) == ["QUERY", "COPY"])
    }

    @Test("the best status key is read", arguments: [("200", 200), ("404", 404)])
    func exactKeys(text: String, status: Int) {
        #expect(StatusKey(text, version: .version31) == .exact(status))
    }

    @Test("keys that are none", arguments: ["2xx", "20", "600", "2000", "099", "OK", "", "2X0", "XX2"])
    func badKeys(text: String) {
        #expect(StatusKey(text, version: .version31) == nil)
    }

    @Test("ranges exist since 3.0")
    func ranges() {
        #expect(StatusKey("4XX", version: .version30) == .range(4))
        #expect(StatusKey("4XX", version: .version2) == nil)
    }
}
