import JSONDocuments
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The document of compositions")
    struct DerivedDocumentTests {
        @Test("it passes lint, and says what a saga answers when it fails")
        func lint() async throws {
            try await RunningShop.run { shop in
                let document = try shop.send("GET /docs/compositions/openapi.json")
                #expect(document.status == 200)
                let folder = try TemporaryFolder(["compositions.json": document.text])
                let result = try ChildProcess.run(
                    [
                        LintelExecutable.path, "lint", folder.file("compositions.json"), "--fail-severity", "hint",
                    ], within: 60)
                #expect(result.code == 0, "\(result.output)")
                // Lint has looked at the examples too: they keep the schemas beside them.
                for (path, method) in [("/pages/orders/{orderId}", "get"), ("/pages/orders", "post")] {
                    let content = try document.json()["paths"]?[path]?[method]?["responses"]?["200"]?["content"]
                    let example = try #require(content?["application/json"]?["example"], "\(path)")
                    #expect((example["items"] ?? example["order"]?["items"])?.count ?? 0 > 0, "\(path)")
                }
                let problem = try document.json()["components"]?["schemas"]?["Problem"]?["properties"]
                #expect(problem?["compensation"]?["items"]?["required"]?.count == 2)
            }
        }

        /// Where `docs-assets.py` puts the viewers, once for all runs.
        private static let assets = PackageFolder.path + "/.build/docs-assets"

        /// Whether the viewers are there, or could be fetched.
        private static let hasViewers: Bool = {
            if FileContent.text(assets + "/swagger-ui.css").isEmpty == false { return true }
            let script = PackageFolder.path + "/docker/docs-assets.py"
            return (try? ChildProcess.run(["python3", script, assets], within: 120))?.code == 0
        }()

        @Test(
            "Swagger UI shows its operations",
            .enabled(
                if: BrowserTests.isPresent && hasViewers,
                "chromium or its driver is not installed, or Swagger UI cannot be fetched from PyPI"))
        func swagger() async throws {
            try await RunningShop.run(assets: Self.assets) { shop in
                let script = PackageFolder.path + "/Tests/EndToEnd/swagger.py"
                let result = try ChildProcess.run(
                    [
                        "/usr/bin/python3", script, "http://127.0.0.1:\(shop.gateway.port)/docs/swagger",
                        "compositions",
                        "placeOrder",
                    ], within: 180)
                #expect(result.code == 0, "\(result.error)")
                let seen = try JSONText.parse(Array(result.output.utf8))
                let operations = seen["operations"]?.elements.compactMap(\.string) ?? []
                for name in ["getOrderPage", "placeOrder"] {
                    #expect(operations.contains { $0.hasSuffix("-" + name) }, "\(operations)")
                }
                #expect(seen["errors"]?.string == "")
            }
        }
    }
}
