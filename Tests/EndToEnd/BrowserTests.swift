import Glibc
import JSONDocuments
import SourceDiagnostics
import TestSupport
import Testing

extension EndToEnd {
    /// The pages in a real browser, where there is one.
    @Suite("Documentation in a browser")
    struct BrowserTests {
        /// Whether chromium, its driver and Python are installed.
        static let isPresent: Bool = {
            let programs: [String] = ["/usr/bin/chromium", "/usr/bin/chromedriver", "/usr/bin/python3"]
            return programs.allSatisfy { access($0, X_OK) == 0 }
        }()

        @Test(
            "a reader finds an operation, reads its schema, tries it badly and well; nothing else is loaded",
            .enabled(if: isPresent, "Debian's chromium, chromium-driver and python3 are not installed"))
        func reader() async throws {
            try await RunningShop.run { running in
                let base = "http://127.0.0.1:\(running.gateway.port)"
                let script = PackageFolder.path + "/Tests/EndToEnd/browser.py"
                let result = try ChildProcess.run(["/usr/bin/python3", script, base], within: 180)
                #expect(result.code == 0, "\(result.error)")
                let root = try JSONDocument(
                    parsing: SourceFile(path: "seen.json", bytes: Array(result.output.utf8))
                ).root
                for name in ["light", "dark"] {
                    let seen = try #require(root[name])
                    #expect(seen["found"]?.string == "/orders")
                    #expect(seen["address"]?.string == "/docs/orders/operations/createOrder")
                    #expect(seen["schema"]?.string?.contains("userId") == true)
                    // Stopped before it was sent, with the place of the mistake.
                    #expect(seen["bad"]?.string?.contains("/items/0/quantity") == true, "\(seen["bad"]?.string ?? "")")
                    #expect(seen["bad"]?.string?.hasPrefix("400 the request was not sent") == true)
                    #expect(seen["good"]?.string?.hasPrefix("201") == true, "\(seen["good"]?.string ?? "")")
                    #expect(seen["overflow"]?.bool == false, "the page is wider than the window")
                    #expect(
                        seen["complaints"]?.count == 0, "\(seen["complaints"].map { JSONWriter.text(of: $0) } ?? "")")
                    #expect(seen["hosts"]?.elements.map(\.string) == ["127.0.0.1:\(running.gateway.port)"])
                }
            }
        }
    }
}
