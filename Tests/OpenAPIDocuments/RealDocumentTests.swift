import OpenAPIDocuments
import SourceDiagnostics
import TestSupport
import Testing

/// Documents as vendors publish them.
@Suite("Real documents", .enabled(if: Corpora.isPresent, Comment(rawValue: Corpora.absence)))
struct RealDocumentTests {
    @Test(
        "a published document loads without an error",
        arguments: [
            ("github-api.github.com.yaml", 873, 1), ("github-enterprise-server-3.0.yaml", 664, 1),
            ("stripe.yaml", 402, 1),
            ("kong-admin-ee-3.15.yaml", 663, 1), ("kong-konnect-mesh-control-planes.yaml", 171, 1),
            ("asana.yaml", 152, 1),
            ("asana-multifile/large.yaml", 152, 132), ("google-books.yaml", 51, 1), ("lxkns.yaml", 3, 1),
            ("kubernetes-v1.10.0-swagger2.json", 945, 1),
        ])
    func loads(name: String, operations: Int, files: Int) throws {
        let root = try #require(Corpora.path)
        let loaded = DocumentLoader().load("\(root)/realworld/\(name)")
        let errors = loaded.diagnostics.filter { $0.severity == .error }
        #expect(errors.isEmpty, "\(errors.prefix(5).map { "\($0.range?.description ?? ""): \($0.message)" })")
        #expect(loaded.document?.operations.count == operations)
        #expect(loaded.document?.files.count == files)
    }
}
