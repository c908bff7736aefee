import OpenAPIDocuments
import SourceDiagnostics
import Testing

/// Mistakes in documents: which are found, and where.
@Suite("Document structure")
struct DocumentStructureTests {
    /// A document with one mistake, and the diagnostic it must give.
    struct Mistake: Sendable, CustomTestStringConvertible {
        /// What is wrong, for the list of tests.
        let title: String
        /// The document.
        let text: String
        /// The code of the diagnostic.
        let code: String
        /// line:column, 1-based.
        let position: String
        /// Its severity.
        var severity = Severity.error
        /// Its suggestion, if there is one to check.
        var suggestion: String?
        /// The title.
        var testDescription: String { title }
    }

    /// Loads a document from memory.
    static func load(
        _ text: String, name: String = "api.yaml"
    ) -> (document: OpenAPIDocument?, diagnostics: [Diagnostic]) {
        DocumentLoader(files: .memory(["/specs/\(name)": text])).load("/specs/\(name)")
    }

    /// A 3.1 document around some paths.
    static func document(_ paths: String, version: String = "3.1.0") -> String {
        "openapi: \(version)\ninfo: {title: t, version: \"1\"}\npaths:\n" + paths
    }

    /// The mistakes.
    static let mistakes: [Mistake] = [
        Mistake(
            title: "paths is an array", text: "openapi: 3.0.3\ninfo: {title: t, version: \"1\"}\npaths: []\n",
            code: "wrong-type", position: "3:8"),
        Mistake(
            title: "paths is missing in 3.0", text: "openapi: 3.0.3\ninfo: {title: t, version: \"1\"}\n",
            code: "missing-field", position: "1:1"),
        Mistake(
            title: "nothing to describe in 3.1", text: "openapi: 3.1.0\ninfo: {title: t, version: \"1\"}\n",
            code: "missing-field", position: "1:1"),
        Mistake(
            title: "responses are missing in 3.0", text: document("  /a:\n    get: {}\n", version: "3.0.3"),
            code: "missing-field", position: "5:10"),
        Mistake(
            title: "a parameter without a name",
            text: document("  /a:\n    get:\n      parameters:\n        - {in: query, schema: {}}\n"),
            code: "missing-field", position: "7:11"),
        Mistake(
            title: "an unknown place of a parameter",
            text: document("  /a:\n    get:\n      parameters:\n        - {name: a, in: qurey, schema: {}}\n"),
            code: "parameter-location", position: "7:25", suggestion: "did you mean `query`?"),
        Mistake(
            title: "a path parameter that is not required",
            text: document("  /a/{b}:\n    get:\n      parameters:\n        - {name: b, in: path, schema: {}}\n"),
            code: "path-parameter-required", position: "7:25"),
        Mistake(
            title: "a template expression without parameter", text: document("  /a/{b}:\n    get: {}\n"),
            code: "path-parameter", position: "5:5"),
        Mistake(
            title: "a path parameter without template expression",
            text: document(
                "  /a/{bee}:\n    get:\n      parameters:\n        - {name: bee, in: path, "
                    + "required: true}\n        - {name: be, in: path, required: true}\n"
            ),
            code: "path-parameter", position: "8:18", suggestion: "did you mean `bee`?"),
        Mistake(
            title: "an operationId twice",
            text: document("  /a:\n    get: {operationId: x}\n  /b:\n    get: {operationId: x}\n"),
            code: "duplicate-operation-id", position: "7:24"),
        Mistake(
            title: "a parameter twice",
            text: document(
                "  /a:\n    get:\n      parameters:\n        - {name: X-A, in: header, "
                    + "schema: {}}\n        - {name: x-a, in: header, schema: {}}\n"
            ),
            code: "duplicate-parameter", position: "8:11"),
        Mistake(
            title: "a bad status", text: document("  /a:\n    get: {responses: {2xx: {description: d}}}\n"),
            code: "status-key", position: "5:23"),
        Mistake(
            title: "an unknown security scheme", text: document("  /a:\n    get: {security: [{key: []}]}\n"),
            code: "unknown-security-scheme", position: "5:23"),
        Mistake(
            title: "an unbalanced brace", text: document("  /a{:\n    get: {}\n"), code: "path-template",
            position: "4:3"),
        Mistake(
            title: "a misspelt field",
            text: document("  /a:\n    get:\n      paramters: []\n"), code: "unknown-field", position: "6:7",
            severity: .warning, suggestion: "did you mean `parameters`?"),
        Mistake(
            title: "schema and content together",
            text: document(
                "  /a:\n    get:\n      parameters:\n        - {name: a, in: query, schema: {}, "
                    + "content: {text/plain: {}}}\n"
            ),
            code: "parameter-content", position: "7:53"),
        Mistake(
            title: "a style of another place",
            text: document(
                "  /a:\n    get:\n      parameters:\n        - {name: a, in: query, style: simple, schema: {}}\n"),
            code: "parameter-style", position: "7:39"),
        Mistake(
            title: "a reference to nothing",
            text: document("  /a:\n    get:\n      parameters:\n        - $ref: '#/components/parameters/Limt'\n")
                + "components:\n  parameters:\n    Limit: {name: limit, in: query, schema: {}}\n",
            code: "unresolved-reference", position: "7:17",
            suggestion: "did you mean `#/components/parameters/Limit`?"),
        Mistake(
            title: "a reference over the network",
            text: document("  /a:\n    get:\n      parameters:\n        - $ref: https://example.com/p.yaml\n"),
            code: "remote-reference", position: "7:17"),
        Mistake(
            title: "a reference to itself",
            text: document("  /a:\n    get:\n      parameters:\n        - $ref: '#/components/parameters/A'\n")
                + "components:\n  parameters:\n    A: {$ref: '#/components/parameters/B'}\n    B: {$ref: "
                + "'#/components/parameters/A'}\n",
            code: "circular-reference", position: "10:15"),
        Mistake(
            title: "a schema that is a number", text: document("  {}\n") + "components:\n  schemas:\n    A: 5\n",
            code: "wrong-type", position: "7:8"),
        Mistake(title: "an unknown version", text: "openapi: 4.0.0\n", code: "openapi-version", position: "1:10"),
        Mistake(title: "no version", text: "info: {}\n", code: "missing-field", position: "1:1"),
    ]

    @Test("a mistake is found where it stands", arguments: mistakes)
    func mistake(_ mistake: Mistake) {
        let diagnostics = Self.load(mistake.text).diagnostics
        let found = diagnostics.first { $0.code == mistake.code && $0.range?.start.description == mistake.position }
        #expect(
            found != nil,
            "got \(diagnostics.map { "\($0.code) at \($0.range?.start.description ?? "-"): \($0.message)" })")
        #expect(found?.severity == mistake.severity)
        if let suggestion = mistake.suggestion { #expect(found?.suggestion == suggestion) }
    }

    @Test("all mistakes of a document come at once")
    func allAtOnce() {
        let text = Self.document(
            """
              /a/{b}:
                get:
                  operationId: x
                  parameters:
                    - {name: q, in: nowhere}
                  responses: {'20': {description: d}}
                post: {operationId: x, security: [{none: []}]}

            """)
        let codes = Set(Self.load(text).diagnostics.map(\.code))
        #expect(
            codes.isSuperset(of: [
                "parameter-location", "status-key", "path-parameter", "duplicate-operation-id",
                "unknown-security-scheme",
            ]), "\(codes)")
    }

    @Test("extensions and unknown values beside references are no mistakes")
    func harmless() {
        let text = Self.document(
            """
              x-internal: 5
              /a:
                x-note: [1]
                get: {x-y: {$ref: 'http://nowhere'}, responses: {default: {description: d, x-z: 1}}}

            """, version: "3.0.3")
        let diagnostics = Self.load(text).diagnostics
        #expect(diagnostics.isEmpty, "\(diagnostics.map(\.message))")
    }

    @Test("references inside examples and defaults are data")
    func data() {
        let text =
            Self.document("  {}\n") + """
                components:
                  schemas:
                    A:
                      default: {$ref: 'no.yaml'}
                      example: {$ref: '#/no'}
                      enum: [{$ref: 'x'}]
                      properties: {$ref: {type: string}}

                """
        let diagnostics = Self.load(text).diagnostics
        #expect(diagnostics.isEmpty, "\(diagnostics.map(\.message))")
    }
}
