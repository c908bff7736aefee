import GatewayTelemetry
import JSONDocuments
import SourceDiagnostics
import TestSupport
import Testing

@testable import GatewayPipeline

@Suite("Snapshots: what check accepts and serve runs")
struct SnapshotBuilderTests {
    /// Settings with two APIs over the documents `one` and `two`.
    private static func load(
        one: String, two: String = document(paths: "{}"), settings: String = "", mountTwo: String = "/"
    ) throws -> SnapshotBuilder.Outcome {
        let folder = try TemporaryFolder([
            "routes/all.yaml": """
            version: 1
            upstreams: { u: { targets: [http://127.0.0.1:1] } }
            apis:
              one: { spec: ../specs/one.yaml, mount: /, upstream: u\(settings) }
              two: { spec: ../specs/two.yaml, mount: \(mountTwo), upstream: u }
            """,
            "specs/one.yaml": one, "specs/two.yaml": two,
        ])
        return SnapshotBuilder.load(routes: folder.file("routes"), metrics: MetricsRegistry(workers: 1))
    }

    private static func document(paths: String, more: String = "") -> String {
        "openapi: 3.1.0\ninfo: { title: a, version: '1' }\npaths: \(paths)\n\(more)\n"
    }

    private static func operation(_ id: String, _ more: String = "") -> String {
        "{ operationId: \(id), responses: { '200': { description: fine } }\(more) }"
    }

    private static let secured = document(
        paths: "{ /a: { get: \(operation("a", ", security: [{ key: [] }]")) } }",
        more: "components: { securitySchemes: { key: { type: apiKey, in: header, name: X-Key } } }")

    @Test("two documents become one table of routes")
    func good() throws {
        let outcome = try Self.load(
            one: Self.document(
                paths:
                    "{ /a: { get: \(Self.operation("getA")) }, '/a/{id}': { parameters: [{ name: id, in: path, required: true, schema: { type: integer } }], get: \(Self.operation("getOne")) } }"
            ),
            two: Self.document(paths: "{ /b: { post: \(Self.operation("makeB")) } }"), mountTwo: "/v2")
        let snapshot = try #require(outcome.snapshot, "\(outcome.diagnostics.map(\.message))")
        #expect(snapshot.rows.map(\.operation).sorted() == ["getA", "getOne", "makeB"])
        #expect(snapshot.rows.map(\.template).sorted() == ["/a", "/a/{id}", "/v2/b"])
        #expect(snapshot.hash.count == 32)
        #expect(outcome.files.count == 3)
        let listing = RouteListing(snapshot)
        let json = try JSONDocument(parsing: SourceFile(path: "routes", bytes: listing.json)).root
        #expect(json["hash"]?.string == snapshot.hash)
        let routes = try #require(json["routes"]).elements.map { $0 }
        #expect(routes.map { $0["path"]?.string } == ["/a", "/a/{id}", "/v2/b"])
        #expect(routes[2]["method"]?.string == "POST")
        #expect(routes[2]["upstream"]?.string == "u")
        #expect(routes[2]["requests"]?.string == "enforce")
        let lines = listing.table.split(separator: "\n")
        #expect(lines.count == 4)
        let columns = Set(lines.map { $0.utf8.count - ($0.split(separator: " ").last?.utf8.count ?? 0) })
        #expect(columns.count == 1, "the columns are aligned")
    }

    @Test("the hash follows the content, of documents too")
    func hashes() throws {
        func hash(_ id: String) throws -> String? {
            try Self.load(one: Self.document(paths: "{ /a: { get: \(Self.operation(id)) } }")).snapshot?.hash
        }
        #expect(try hash("a") != nil)
        #expect(try hash("a") != hash("b"))
    }

    @Test("a security scheme that nothing carries out is an error with both places")
    func unboundScheme() throws {
        let outcome = try Self.load(one: Self.secured)
        #expect(outcome.snapshot == nil)
        let diagnostic = try #require(outcome.diagnostics.first { $0.code == "unbound-security-scheme" })
        #expect(diagnostic.severity == .error)
        #expect(diagnostic.message.contains("\"key\""))
        #expect(diagnostic.range?.file.path.hasSuffix("all.yaml") == true)
        #expect(diagnostic.range?.start.line == 4)
        #expect(diagnostic.notes.first?.range?.file.path.hasSuffix("one.yaml") == true)
        #expect(try Self.load(one: Self.secured, settings: ", security: upstream").snapshot != nil)
        #expect(try Self.load(one: Self.secured, settings: ", security: { key: upstream }").snapshot != nil)
    }

    @Test("an upstream that is not there is an error with the nearest name")
    func unknownUpstream() throws {
        let folder = try TemporaryFolder([
            "routes/all.yaml": """
            version: 1
            upstreams: { products: { targets: [http://127.0.0.1:1] } }
            apis: { a: { spec: ../specs/a.yaml, mount: /, upstream: product } }
            """,
            "specs/a.yaml": Self.document(paths: "{}"),
        ])
        let outcome = SnapshotBuilder.load(routes: folder.file("routes"), metrics: MetricsRegistry(workers: 1))
        #expect(outcome.snapshot == nil)
        let diagnostic = try #require(outcome.diagnostics.first)
        #expect(diagnostic.range?.start == SourcePosition(line: 3, column: 57))
        #expect((diagnostic.suggestion ?? diagnostic.message).contains("products"))
    }

    @Test("routes of two APIs that take the same request are an error with a witness")
    func conflict() throws {
        let outcome = try Self.load(
            one: Self.document(
                paths:
                    "{ '/v2/{id}': { parameters: [{ name: id, in: path, required: true, schema: {} }], get: \(Self.operation("a")) } }"
            ),
            two: Self.document(
                paths:
                    "{ '/{name}': { parameters: [{ name: name, in: path, required: true, schema: {} }], get: \(Self.operation("b")) } }"
            ), mountTwo: "/v2")
        #expect(outcome.snapshot == nil)
        let diagnostic = try #require(outcome.diagnostics.first { $0.severity == .error })
        #expect(diagnostic.message.contains("/v2/"), "a request that both take: \(diagnostic.message)")
        let files = ([diagnostic.range] + diagnostic.notes.map(\.range)).compactMap { $0?.file.path }
        #expect(Set(files).count == 2, "both places: \(files)")
    }

    @Test("all mistakes are told at once, of settings and of every document")
    func together() throws {
        let outcome = try Self.load(
            one: Self.secured,
            two: Self.document(
                paths: "{ /a: { get: \(Self.operation("b", ", parameters: [{ name: x, in: nowhere }]")) } }"))
        #expect(outcome.snapshot == nil)
        let files = Set(outcome.diagnostics.filter { $0.severity == .error }.compactMap { $0.range?.file.path })
        #expect(files.contains { $0.hasSuffix("all.yaml") })
        #expect(files.contains { $0.hasSuffix("two.yaml") })
    }

    @Test("an operation in the settings that the document does not have is an error")
    func unknownOperation() throws {
        let outcome = try Self.load(
            one: Self.document(paths: "{ /a: { get: \(Self.operation("getA")) } }"),
            settings: ", operations: { getB: { timeout: 1s } }")
        #expect(outcome.snapshot == nil)
        #expect(outcome.diagnostics.contains { $0.message.contains("getB") })
    }

    @Test("a folder that is not there gives a diagnostic and no snapshot")
    func absentFolder() {
        let outcome = SnapshotBuilder.load(routes: "/nonexistent/routes", metrics: MetricsRegistry(workers: 1))
        #expect(outcome.snapshot == nil)
        #expect(!outcome.diagnostics.isEmpty)
    }
}
