import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The commands, their output and their exit codes")
    struct CommandTests {
        private static let routes = PackageFolder.path + "/routes"

        private static func lintel(_ arguments: String...) throws -> (code: Int32, output: String, error: String) {
            try ChildProcess.run([LintelExecutable.path] + arguments, within: 60)
        }

        @Test("check accepts the example: exit 0, the count of operations and the snapshot's hash")
        func check() throws {
            let result = try Self.lintel("check", "--routes", Self.routes)
            #expect(result.code == 0, "\(result)")
            #expect(result.output.contains("ok: 15 operations of 3 APIs, snapshot ") || result.output.contains("ok: "))
            #expect(result.error.contains("0 errors"))
            #expect(try Self.lintel("check", "--routes", Self.routes).output == result.output, "the hash is stable")
        }

        @Test("five mistakes are five diagnostics with file:line:column, exit 2, from check and from serve")
        func mistakes() throws {
            let folder = try TemporaryFolder([
                "routes/gateway.yaml": """
                version: 1
                gateway:
                  lisners: {}
                  workers: many
                  defaults: { timeout: 5 parsecs }
                """,
                "routes/shop.yaml": """
                version: 1
                upstreams:
                  products: { targets: [http://127.0.0.1:1] }
                apis:
                  shop:
                    spec: ../specs/none.yaml
                    upstream: product
                """,
            ])
            let gateway = folder.file("routes/gateway.yaml")
            let shop = folder.file("routes/shop.yaml")
            for command in ["check", "serve"] {
                let result = try Self.lintel(command, "--routes", folder.file("routes"))
                #expect(result.code == 2)
                let said = command == "check" ? result.output : result.error
                for place in [
                    "\(gateway):3:3: error:", "\(gateway):4:12: error:", "\(gateway):5:24: error:",
                    "\(shop):7:15: error:",
                ] {
                    #expect(said.contains(place), "\(command) does not say \(place)\n\(said)")
                }
                #expect(said.contains("listeners"), "the nearest name")
                #expect(said.contains("products"), "the nearest name")
            }
        }

        @Test("five mistakes in settings that can be read are all told at once")
        func fiveMistakes() throws {
            let folder = try TemporaryFolder([
                "routes/all.yaml": """
                version: 1
                gateway:
                  lisners: {}
                  workers: 0
                  defaults: { timeout: soon, limits: { requestBody: 1XB } }
                upstreams:
                  products: { targets: [http://127.0.0.1:1], balance: fair }
                """
            ])
            let result = try Self.lintel("check", "--routes", folder.file("routes"))
            #expect(result.code == 2)
            let places = result.output.split(separator: "\n").filter { $0.contains(": error:") }
                .compactMap { $0.split(separator: ":").dropFirst().first.flatMap { Int($0) } }
            #expect(places.sorted() == [3, 4, 5, 5, 7], "\(result.output)")
        }

        @Test(
            "a document that cannot be read, or is none, is a diagnostic and exit 2",
            arguments: ["none.yaml", "broken.yaml"])
        func documents(name: String) throws {
            let folder = try TemporaryFolder([
                "routes/all.yaml": """
                version: 1
                upstreams: { u: { targets: [http://127.0.0.1:1] } }
                apis: { a: { spec: ../specs/\(name), mount: /, upstream: u } }
                """,
                "specs/broken.yaml": "openapi: 3.1.0\ninfo: {title: a, version: '1'}\npaths: {/a: {gett: }\n",
            ])
            let result = try Self.lintel("check", "--routes", folder.file("routes"))
            #expect(result.code == 2)
            #expect(result.output.contains(": error:"), "\(result)")
            #expect(result.output.contains(name))
        }

        @Test("a folder that is not there, bad usage, an unknown command: exit 2")
        func usage() throws {
            #expect(try Self.lintel("check", "--routes", "/nonexistent/routes").code == 2)
            #expect(try Self.lintel("check", "--nonsense").code == 2)
            #expect(try Self.lintel("nonsense").code == 2)
            #expect(try Self.lintel("explain", "GET").code == 2)
        }

        @Test(
            "--help is there for everything, with an example, and exits with 0",
            arguments: [
                [], ["serve"], ["demo"], ["check"], ["routes"], ["explain"], ["schema"], ["health"],
            ])
        func help(command: [String]) throws {
            let result = try ChildProcess.run([LintelExecutable.path] + command + ["--help"])
            #expect(result.code == 0)
            #expect(result.output.contains("EXAMPLE"))
            #expect(result.output.contains("lintel"))
        }

        @Test("routes lists every operation, as a table and as JSON")
        func routes() throws {
            let table = try Self.lintel("routes", "--routes", Self.routes)
            #expect(table.code == 0)
            let lines = table.output.split(separator: "\n")
            #expect(lines.first?.hasPrefix("METHOD") == true)
            #expect(
                lines.contains {
                    $0.hasPrefix("GET ") && $0.contains("/products/{") && $0.contains("products.getProduct")
                })
            let json = try JSONText.parse(
                Array(try Self.lintel("routes", "--routes", Self.routes, "--json").output.utf8))
            #expect(json["routes"]?.count == lines.count - 1)
            #expect(json["hash"]?.string?.count == 32)
        }

        @Test("explain tells the match, the settings with their places, and the verdict: 0 forwarded, 1 refused")
        func explain() throws {
            let good = try Self.lintel("explain", "--routes", Self.routes, "GET", "http://localhost:8080/products/1")
            #expect(good.code == 0)
            #expect(good.output.contains("products.getProduct"))
            #expect(good.output.contains("forwarded as /products/1"))
            #expect(good.output.contains("gateway.yaml:"), "a setting says where it comes from")
            let bad = try Self.lintel("explain", "--routes", Self.routes, "GET", "/products?limit=abc")
            #expect(bad.code == 1)
            #expect(bad.output.contains("limit"))
            #expect(bad.output.contains("400"))
            #expect(try Self.lintel("explain", "--routes", Self.routes, "GET", "/nothing").code == 1)
            let delete = try Self.lintel("explain", "--routes", Self.routes, "DELETE", "/products")
            #expect(delete.code == 1)
            #expect(delete.output.contains("405"))
            let page = try Self.lintel("explain", "--routes", Self.routes, "GET", "/pages/orders/1").output
            #expect(
                page.contains(
                    "products: 60s where replies say nothing, under the client's Host and /products/{id}, together with what products.getProduct itself stores"
                ), "\(page)")
            let body = #"{"userId":1,"items":[{"productId":1,"quantity":0}]}"#
            let order = try Self.lintel(
                "explain", "--routes", Self.routes, "POST", "/orders", "-H", "Content-Type: application/json", "-d",
                body)
            #expect(order.code == 1)
            #expect(order.output.contains("/items/0/quantity"))
        }

        @Test(
            "explain says what the gateway then does",
            arguments: [
                ("GET", "/products/1"), ("GET", "/products?limit=abc"), ("GET", "/nothing"), ("DELETE", "/products"),
                ("GET", "/products/%2e%2e/users"), ("GET", "/users?page=0"), ("TRACE", "/products"),
                ("GET", "/products/abc"),
            ])
        func explanationAgrees(method: String, target: String) async throws {
            let explained = try Self.lintel("explain", "--routes", Self.routes, method, target).code == 0
            try await RunningShop.run { shop in
                let reply = try shop.send("\(method) \(target)")
                #expect(explained == (reply.status == 200), "explained \(explained), but \(reply.status)")
                #expect(explained == (shop.requestCount == 1))
            }
        }

        @Test("schema prints the JSON Schema of the settings")
        func schema() throws {
            let result = try Self.lintel("schema")
            #expect(result.code == 0)
            let schema = try JSONText.parse(Array(result.output.utf8))
            #expect(schema["$schema"]?.string?.contains("2020-12") == true)
            #expect(schema["properties"]?["apis"] != nil)
        }

        @Test("health asks the admin listener: 0 when it answers 200, 1 when it does not")
        func health() throws {
            let backend = try RecordingBackend()
            let gateway = try RunningGateway(upstream: backend.port)
            #expect(try Self.lintel("health", "--port", "\(gateway.adminPort)").code == 0)
            #expect(try Self.lintel("health", "--port", "\(gateway.adminPort)", "--path", "/readyz").code == 0)
            #expect(try Self.lintel("health", "--port", "\(gateway.adminPort)", "--path", "/nothing").code == 1)
            let unused = try LoopbackSocket.freePort()
            #expect(try Self.lintel("health", "--port", "\(unused)").code == 1)
        }

        @Test("an address in use is said, and exit 2")
        func addressInUse() throws {
            let taken = try LoopbackSocket()
            let folder = try TemporaryFolder([
                "routes/all.yaml": """
                version: 1
                gateway:
                  listeners: { public: { bind: "127.0.0.1:\(taken.port)" } }
                  admin: { bind: "127.0.0.1:0" }
                """
            ])
            let result = try Self.lintel("serve", "--routes", folder.file("routes"))
            #expect(result.code == 2)
            #expect(result.error.contains("cannot listen"))
        }

        /// The routes of one document of the real world, below a prefix.
        private static func realRoutes(_ name: String) throws -> TemporaryFolder {
            try TemporaryFolder([
                "routes/all.yaml": """
                version: 1
                upstreams: { u: { targets: [http://127.0.0.1:1] } }
                apis: { a: { spec: \(Corpora.file("realworld/" + name)), mount: /api, upstream: u, security: upstream } }
                """
            ])
        }

        @Test(
            "documents of the real world are accepted, and all their operations are routes",
            .enabled(if: Corpora.isPresent, Comment(rawValue: Corpora.absence)),
            arguments: [
                ("github-api.github.com.yaml", 873), ("github-enterprise-server-3.0.yaml", 664), ("stripe.yaml", 402),
                ("kong-konnect-mesh-control-planes.yaml", 171), ("asana.yaml", 152),
                ("asana-multifile/large.yaml", 152), ("google-books.yaml", 51), ("lxkns.yaml", 3),
                ("kubernetes-v1.10.0-swagger2.json", 945),
            ])
        func realDocuments(name: String, operations: Int) throws {
            let folder = try Self.realRoutes(name)
            let result = try Self.lintel("routes", "--routes", folder.file("routes"), "--json")
            #expect(result.code == 0, "\(result.output.prefix(2000))")
            #expect(try JSONText.parse(Array(result.output.utf8))["routes"]?.count == operations)
        }

        @Test(
            "a template that names one parameter twice is told once, however many methods it has",
            .enabled(if: Corpora.isPresent, Comment(rawValue: Corpora.absence)))
        func realMistake() throws {
            let folder = try Self.realRoutes("kong-admin-ee-3.15.yaml")
            let result = try Self.lintel("check", "--routes", folder.file("routes"))
            #expect(result.code == 2)
            let errors = result.output.split(separator: "\n").filter { $0.contains(": error: ") }
            #expect(errors.count == 2)
            #expect(errors.contains { $0.contains("12267:69") && $0.hasSuffix("[template-duplicate-name]") })
            #expect(errors.contains { $0.contains("12267:80") && $0.hasSuffix("[template-adjacent-expressions]") })
        }

        @Test(
            "GitHub's description is checked within a second of processor time and 200 MB",
            .enabled(if: Corpora.isPresent, Comment(rawValue: Corpora.absence)),
            .enabled(if: LintelExecutable.isOptimised, "the release build is judged"))
        func checkIsQuick() throws {
            let folder = try Self.realRoutes("github-api.github.com.yaml")
            let process = try ChildProcess([LintelExecutable.path, "check", "--routes", folder.file("routes")])
            let peak = process.peakResidentKiB(within: 60)
            #expect(process.wait(within: 1) == 0, "\(process.output.prefix(2000))")
            #expect(process.processorSeconds < 1)
            #expect(peak > 10_000 && peak < 200_000_000 / 1024, "\(peak) KiB")
            print("\(process.processorSeconds) s, \(peak) KiB at most")
        }
    }
}
