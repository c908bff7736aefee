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
