import Glibc
import OpenAPIDocuments
import SourceDiagnostics
import Testing

/// Descriptions of several files.
@Suite("Documents of several files")
struct DocumentFilesTests {
    /// The main document of these tests.
    static let main = """
        openapi: 3.1.0
        info: {title: t, version: "1"}
        paths:
          /a: {$ref: 'paths/a.yaml'}

        """

    /// Loads a description from memory.
    private func load(
        _ contents: [String: String], limits: DocumentLimits = DocumentLimits()
    ) -> (
        document: OpenAPIDocument?, diagnostics: [Diagnostic]
    ) {
        DocumentLoader(files: .memory(contents), limits: limits).load("/specs/api.yaml")
    }

    @Test("references lead through files, relative to the file they stand in")
    func severalFiles() throws {
        let loaded = load([
            "/specs/api.yaml": Self.main,
            "/specs/paths/a.yaml": """
            get:
              parameters:
                - $ref: '../shared/parameters.json#/limit'
              responses: {default: {$ref: '../shared/responses.yaml#/Problem'}}

            """,
            "/specs/shared/parameters.json":
                #"{"limit": {"name": "limit", "in": "query", "schema": {"$ref": "types.yaml#/Limit"}}}"#,
            "/specs/shared/responses.yaml":
                "Problem: {description: d, content: {application/json: {schema: {$ref: types.yaml}}}}\n",
            "/specs/shared/types.yaml": "Limit: {type: integer}\nSelf: {$ref: '#/Limit'}\n",
        ])
        #expect(loaded.diagnostics.isEmpty, "\(loaded.diagnostics.map(\.message))")
        let document = try #require(loaded.document)
        #expect(document.files.count == 5)
        #expect(document.operations.first?.parameters.first?.name == "limit")
        #expect(document.operations.first?.responses?.first?.content.first?.key == "application/json")
    }

    @Test("files that refer to one another are fine")
    func cycles() {
        let loaded = load([
            "/specs/api.yaml": Self.main,
            "/specs/paths/a.yaml":
                "post: {requestBody: {content: {application/json: {schema: {$ref: '../node.yaml'}}}}}\n",
            "/specs/node.yaml":
                "type: object\nproperties: {next: {$ref: 'node.yaml'}, "
                + "other: {$ref: 'api.yaml#/components/schemas/B'}}\n",
        ])
        #expect(loaded.diagnostics.map(\.code) == ["unresolved-reference"])
        #expect(loaded.document?.files.count == 3)
    }

    @Test("a mistake in another file is reported there")
    func mistakeElsewhere() {
        let loaded = load([
            "/specs/api.yaml": Self.main,
            "/specs/paths/a.yaml": "get:\n  parameters:\n    - {name: a, in: body, schema: {}}\n",
        ])
        #expect(loaded.diagnostics.first?.range?.description == "/specs/paths/a.yaml:3:21")
    }

    @Test("a missing file is reported at the reference")
    func missing() {
        let loaded = load(["/specs/api.yaml": Self.main])
        #expect(loaded.diagnostics.map(\.code) == ["file-missing"])
        #expect(loaded.diagnostics.first?.range?.start == SourcePosition(line: 4, column: 14))
    }

    @Test(
        "files outside of the roots are not read", arguments: ["../secret.yaml", "/etc/passwd", "file:///secret.yaml"])
    func outside(reference: String) {
        let loaded = load([
            "/specs/api.yaml": Self.main.replacing("paths/a.yaml", with: reference), "/secret.yaml": "get: {}\n",
            "/etc/passwd": "get: {}\n",
        ])
        #expect(loaded.diagnostics.map(\.code) == ["file-outside-roots"])
    }

    @Test("a symbolic link out of the roots is followed and refused")
    func symbolicLink() throws {
        var template = Array(("/tmp/lintel-link-" + String(repeating: "X", count: 6)).utf8CString)
        let directory = try #require(mkdtemp(&template).flatMap { String(validatingCString: $0) })
        defer {
            for name in ["specs/link.yaml", "specs/api.yaml", "secret.yaml"] { unlink("\(directory)/\(name)") }
            rmdir("\(directory)/specs")
            rmdir(directory)
        }
        mkdir("\(directory)/specs", 0o700)
        Self.write("\(directory)/secret.yaml", "get: {}\n")
        Self.write("\(directory)/specs/api.yaml", Self.main.replacing("paths/a.yaml", with: "link.yaml"))
        #expect(symlink("\(directory)/secret.yaml", "\(directory)/specs/link.yaml") == 0)
        let inside = DocumentLoader(roots: ["\(directory)/specs"]).load("\(directory)/specs/api.yaml")
        #expect(inside.diagnostics.map(\.code) == ["file-outside-roots"])
        let wider = DocumentLoader(roots: [directory]).load("\(directory)/specs/api.yaml")
        #expect(wider.diagnostics.isEmpty, "\(wider.diagnostics.map(\.message))")
    }

    /// Writes a file.
    private static func write(_ path: String, _ text: String) {
        guard let file = fopen(path, "w") else { return }
        fputs(text, file)
        fclose(file)
    }

    @Test("the number and size of files are limited")
    func limits() {
        var contents = [
            "/specs/api.yaml": Self.main, "/specs/paths/a.yaml": "get: {parameters: [{$ref: '../p.yaml'}]}\n",
        ]
        contents["/specs/p.yaml"] = "{name: a, in: query, schema: {}}\n"
        var limits = DocumentLimits()
        limits.files = 2
        #expect(load(contents, limits: limits).diagnostics.map(\.code) == ["too-many-files"])
        limits = DocumentLimits()
        limits.fileSize = 50
        #expect(load(contents, limits: limits).diagnostics.map(\.code) == ["file-too-large"])
        limits = DocumentLimits()
        limits.totalSize = 100
        #expect(load(contents, limits: limits).diagnostics.map(\.code) == ["file-too-large"])
    }

    @Test("a file that is no YAML is reported with its place")
    func unreadable() {
        let loaded = load(["/specs/api.yaml": Self.main, "/specs/paths/a.yaml": "get: [\n"])
        #expect(loaded.diagnostics.contains { $0.range?.file.path == "/specs/paths/a.yaml" && $0.severity == .error })
    }
}
