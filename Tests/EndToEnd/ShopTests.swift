import JSONDocuments
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The shop behind the gateway")
    struct ShopTests {
        /// A request that the gateway refuses.
        struct Refused: Sendable, CustomTestStringConvertible {
            let line: String
            var type: String?
            var content: String?
            let status: Int
            /// One entry of `errors`: in, name, pointer, code; nil where there is none.
            var error: [String: String] = [:]
            var allow: String?
            /// Part of a detail.
            var says: String?

            var testDescription: String { "\(line) \(content ?? "")" }
        }

        static let refused: [Refused] = [
            Refused(
                line: "POST /orders", type: "application/json",
                content: #"{"userId":1,"items":[{"productId":1,"quantity":0}]}"#, status: 400,
                error: ["in": "body", "pointer": "/items/0/quantity", "code": "minimum"]),
            Refused(
                line: "POST /orders", type: "application/json", content: #"{"userId":1,"items":[]}"#, status: 400,
                error: ["in": "body", "pointer": "/items", "code": "minItems"]),
            Refused(line: "GET /nothing/here", status: 404),
            Refused(line: "GET /products/1/more", status: 404),
            Refused(line: "DELETE /products", status: 405, allow: "GET, POST"),
            Refused(line: "PATCH /users", status: 405, allow: "GET, POST"),
            Refused(line: "POST /orders", type: "text/plain", content: "hello", status: 415),
            Refused(line: "POST /orders", content: "{}", status: 415),
            Refused(
                line: "GET /products?limit=abc", status: 400, error: ["in": "query", "name": "limit", "code": "type"]),
            Refused(
                line: "GET /products?limit=0", status: 400, error: ["in": "query", "name": "limit", "code": "minimum"]),
            Refused(line: "GET /products/abc", status: 400, error: ["in": "path"]),
            Refused(
                line: "POST /orders", type: "application/json", content: #"{"userId":1,"items":[}"#, status: 400,
                error: ["in": "body"], says: "21"),
            Refused(line: "POST /orders", type: "application/json", content: "", status: 400, error: ["in": "body"]),
            Refused(line: "GET /products/%2e%2e/users", status: 400),
            Refused(line: "TRACE /products", status: 405),
        ]

        @Test("good requests reach their service and its reply comes back")
        func goodRequests() async throws {
            try await RunningShop.run { shop in
                let product = try shop.send("GET /products/1")
                #expect(product.status == 200)
                #expect(product.fields["Content-Type"] == "application/json")
                #expect(try product.json()["id"]?.int == 1)
                #expect(product.fields["X-Request-Id"]?.isEmpty == false)
                #expect(product.fields["Date"]?.hasSuffix("GMT") == true)
                let list = try shop.send("GET /products?category=kitchen&sort=price_desc&limit=3")
                #expect(list.status == 200)
                let order = try shop.send(
                    "POST /orders", type: "application/json",
                    content: #"{"userId":1,"items":[{"productId":1,"quantity":2}]}"#)
                #expect(order.status == 201, "\(order)")
                let place = try #require(order.fields["Location"])
                #expect(try shop.send("GET \(place)").status == 200)
                #expect(try shop.send("GET /users?page=1&limit=2").json()["items"]?.count == 2)
                #expect(try shop.send("GET /products/999999").status == 404)
                #expect(shop.requestCount == 6)
            }
        }

        @Test("bad requests are refused, each in its way, and no service sees any of them")
        func badRequests() async throws {
            try await RunningShop.run { shop in
                for refused in Self.refused {
                    let reply = try shop.send(refused.line, type: refused.type, content: refused.content)
                    Self.check(reply, refused)
                }
                #expect(shop.requestCount == 0)
                #expect(try shop.send("GET /products/1").status == 200)
                #expect(shop.requestCount == 1)
            }
        }

        /// Holds a reply to what is expected of it.
        private static func check(_ reply: HTTPClient.Reply, _ refused: Refused) {
            let about = Comment(rawValue: "\(refused.testDescription)\n\(reply)")
            #expect(reply.status == refused.status, about)
            #expect(reply.fields["Content-Type"] == "application/problem+json", about)
            #expect(reply.fields["Allow"] == refused.allow || refused.allow == nil, about)
            guard let json = try? reply.json() else {
                Issue.record("the problem document is no JSON: \(reply)")
                return
            }
            for key in ["type", "title", "detail", "instance"] { #expect(json[key]?.string != nil, about) }
            #expect(json["status"]?.int == refused.status, about)
            #expect(json["instance"]?.string == reply.fields["X-Request-Id"], about)
            if let says = refused.says { #expect(reply.text.contains(says), about) }
            guard !refused.error.isEmpty else { return }
            let isListed = json["errors"]?.elements.contains { entry in
                refused.error.allSatisfy { entry[$0.key]?.string == $0.value }
            }
            #expect(isListed == true, about)
            #expect(json["operation"]?.string != nil, about)
        }

        @Test("a reply that is refused leaves the connection in use, and the next request on it is answered")
        func refusalKeepsConnection() async throws {
            try await RunningShop.run { shop in
                let client = try HTTPClient(port: shop.gateway.port)
                #expect(try client.exchange("GET /products?limit=abc HTTP/1.1\r\nHost: a\r\n\r\n").status == 400)
                #expect(try client.exchange("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n").status == 404)
                #expect(try client.exchange("DELETE /products HTTP/1.1\r\nHost: a\r\n\r\n").status == 405)
                let content = #"{"userId":1,"items":[{"productId":1,"quantity":0}]}"#
                let head = "POST /orders HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                #expect(
                    try client.exchange(head + "Content-Length: \(content.utf8.count)\r\n\r\n" + content).status == 400)
                #expect(try client.exchange("GET /products/1 HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
            }
        }

        @Test("the admin listener tells health, routes, settings and metrics of what happened")
        func admin() async throws {
            try await RunningShop.run { shop in
                let admin = shop.gateway.adminPort
                _ = try shop.send("GET /products/1")
                _ = try shop.send("GET /products?limit=abc")
                #expect(try HTTPClient.send("GET /healthz", to: admin).status == 200)
                #expect(try HTTPClient.send("GET /readyz", to: admin).status == 200)
                #expect(try HTTPClient.send("GET /nothing", to: admin).status == 404)
                #expect(try HTTPClient.send("POST /healthz", to: admin).status == 405)
                #expect(try HTTPClient.send("HEAD /healthz", to: admin).status == 200)
                let routes = try HTTPClient.send("GET /routes", to: admin).json()
                #expect(routes["routes"]?.elements.contains { $0["operation"]?.string == "getProduct" } == true)
                #expect(try HTTPClient.send("GET /config", to: admin).json()["hash"]?.string == routes["hash"]?.string)
                let metrics = try HTTPClient.send("GET /metrics", to: admin)
                #expect(metrics.fields["Content-Type"]?.hasPrefix("text/plain; version=0.0.4") == true)
                let lines = metrics.text.split(separator: "\n")
                #expect(
                    lines.contains {
                        $0.hasPrefix("lintel_requests_total{") && $0.contains("getProduct") && $0.hasSuffix(" 1")
                    })
                #expect(
                    lines.contains {
                        $0.hasPrefix("lintel_violations_total{") && $0.contains("query") && $0.hasSuffix(" 1")
                    })
                // The public listener knows nothing of all that.
                #expect(try shop.send("GET /healthz").status == 404)
                #expect(try shop.send("GET /metrics").status == 404)
            }
        }

        @Test("the access log has one JSON line for each exchange")
        func accessLog() async throws {
            try await RunningShop.run { shop in
                let first = try shop.send("GET /products/1")
                _ = try shop.send("GET /nothing?\"quoted\"")
                #expect(Clock.poll(for: 5) { shop.gateway.log.count >= 2 })
                let log = shop.gateway.log
                #expect(log.count == 2)
                for line in log { #expect(throws: Never.self) { try JSONText.parse(Array(line.utf8)) } }
                // Each event loop writes its own block, so the lines of two connections come in any order.
                let id = first.fields["X-Request-Id"] ?? "none"
                let line = try #require(log.first { $0.contains("\"\(id)\"") })
                let entry = try JSONText.parse(Array(line.utf8))
                let values = entry.members.compactMap(\.value.string)
                #expect(values.contains("getProduct") || values.contains("products.getProduct"))
                #expect(entry["status"]?.int == 200)
            }
        }
    }
}
