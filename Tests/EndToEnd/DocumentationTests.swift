import TestSupport
import Testing

extension EndToEnd {
    /// The pages as clients get them.
    @Suite("Documentation over HTTP")
    struct DocumentationTests {
        /// Asks for a page.
        private static func get(
            _ client: HTTPClient, _ path: String, _ fields: String = "", method: String = "GET"
        ) throws -> HTTPClient.Reply {
            try client.exchange("\(method) \(path) HTTP/1.1\r\nHost: gw.test\r\n\(fields)\r\n")
        }

        @Test("pages have strict fields, tags and gzip; HEAD and 304 have no content")
        func fields() async throws {
            try await RunningShop.run { running in
                let client = try HTTPClient(port: running.gateway.port)
                let page = try Self.get(client, "/docs/orders/operations/createOrder")
                #expect(page.status == 200)
                #expect(page.text.contains("Create an order"))
                #expect(page.fields["Content-Security-Policy"]?.contains("default-src 'none'") == true)
                #expect(page.fields["X-Content-Type-Options"] == "nosniff")
                let tag = try #require(page.fields["ETag"])
                let same = try Self.get(
                    client, "/docs/orders/operations/createOrder", "If-None-Match: \"x\", W/\(tag)\r\n")
                #expect(same.status == 304 && same.text.isEmpty)
                #expect(same.fields["ETag"] == tag)
                let coded = try Self.get(client, "/docs/orders/openapi.json", "Accept-Encoding: br, gzip;q=0.5\r\n")
                #expect(coded.fields["Content-Encoding"] == "gzip")
                let plain = try Self.get(client, "/docs/orders/openapi.json", "Accept-Encoding: gzip;q=0\r\n")
                #expect(plain.fields["Content-Encoding"] == nil)
                let head = try Self.get(client, "/docs/", method: "HEAD")
                #expect(head.status == 200 && head.text.isEmpty && head.fields["Content-Length"] != "0")
                #expect(try Self.get(client, "/docs").fields["Location"] == "/docs/")
                #expect(try Self.get(client, "/docs/none").status == 404)
                #expect(try Self.get(client, "/docsx").fields["Content-Type"] == "application/problem+json")
                #expect(try Self.get(client, "/docs/", method: "DELETE").fields["Allow"] == "GET, HEAD")
                #expect(try Self.get(client, "/products/1").status == 200)
            }
        }

        @Test("all contracts in one document, with every path that is served")
        func combined() async throws {
            try await RunningShop.run { running in
                let client = try HTTPClient(port: running.gateway.port)
                let all = try Self.get(client, "/docs/openapi.json").json()
                let paths = Set(all["paths"]?.members.map(\.name) ?? [])
                #expect(
                    paths.isSuperset(of: ["/users/{id}", "/products", "/orders", "/pages/orders/{orderId}"]), "\(paths)"
                )
                #expect(try Self.get(client, "/docs/openapi.yaml").text.hasPrefix("openapi: \"3."))
                #expect(try Self.get(client, "/docs/").text.contains("openapi.json"))
            }
        }

        @Test("how operations fare is told: counts, violations, findings, the service")
        func insights() async throws {
            try await RunningShop.run { running in
                let client = try HTTPClient(port: running.gateway.port)
                #expect(try Self.get(client, "/products/1").status == 200)
                #expect(try Self.get(client, "/products/none").status == 400)
                let address = "/docs/products/insights/getProduct"
                let operation = try Self.get(client, "/docs/products/operations/getProduct").text
                #expect(operation.contains(address))
                #expect(operation.contains("<li>stored for 60 s</li>"))
                let composed = try Self.get(client, "/docs/compositions/operations/getOrderPage").text
                #expect(composed.contains("from the store: products, suggestions"), "\(composed)")
                let page = try Self.get(client, address).text
                for part in ["1 × 2xx", "1 × 4xx", "1 × request path", "<polyline", "products", "None of them failed"] {
                    #expect(page.contains(part), "\(part)")
                }
                // Lint reads beside the event loops.
                #expect(Clock.poll(for: 10) { (try? Self.get(client, address).text.contains("being read")) == false })
                #expect(try Self.get(client, "/docs/insights/").text.contains("getProduct"))
                #expect(try Self.get(client, "/docs/products/insights/none").status == 404)
            }
        }

        @Test("without `insights: public` they stand on the admin listener only")
        func privateInsights() async throws {
            let backend = try RecordingBackend()
            let gateway = try RunningGateway(
                paths: """
                      /a:
                        get: { operationId: getA, responses: { "204": { description: none } } }
                    """, backend: backend)
            let client = try HTTPClient(port: gateway.port)
            #expect(try Self.get(client, "/docs/test/insights/getA").status == 404)
            #expect(try !Self.get(client, "/docs/test/operations/getA").text.contains("insights"))
            let admin = try HTTPClient(port: gateway.adminPort)
            let page = try Self.get(admin, "/docs/test/insights/getA")
            #expect(page.status == 200 && page.text.contains("No requests since the gateway started"))
            #expect(page.fields["Content-Security-Policy"]?.contains("default-src 'none'") == true)
            gateway.stop()
        }

        @Test("a request that is only checked gets the gateway's verdict, and no service sees it")
        func check() async throws {
            try await RunningShop.run { running in
                let client = try HTTPClient(port: running.gateway.port)
                for (quantity, status) in [(0, 400), (1, 204)] {
                    let content = #"{"userId":1,"items":[{"productId":1,"quantity":\#(quantity)}]}"#
                    let reply = try client.exchange(
                        "POST /orders HTTP/1.1\r\nHost: gw.test\r\nLintel-Check: only\r\nContent-Type: application/json\r\nContent-Length: \(content.utf8.count)\r\n\r\n\(content)"
                    )
                    #expect(reply.status == status)
                    #expect(reply.fields["Lintel-Check"] == (status == 204 ? "kept" : nil))
                }
                let orders = try Self.get(client, "/orders?limit=100")
                #expect(!orders.text.contains("\"id\":31"), "an order was made")
            }
        }
    }
}
