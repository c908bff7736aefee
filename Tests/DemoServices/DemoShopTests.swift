import DemoServices
import Testing

/// What the three services have in common.
@Suite("The demo shop")
struct DemoShopTests {
    private let client = DemoClient()

    @Test("routes/shop.yaml finds the services by name and port")
    func namesAndPorts() {
        #expect(client.shop.services.map(\.name) == ["users", "products", "orders"])
        #expect(client.shop.services.map(\.port) == [9101, 9102, 9103])
    }

    @Test("a health check is answered and not counted", arguments: [0, 1, 2])
    func health(_ index: Int) {
        let service = client.shop.services[index]
        #expect(service.respond(to: DemoRequest(method: "GET", path: "/healthz")).status == 200)
        #expect(service.requestCount == 0)
    }

    @Test("every other request is counted, refused ones too")
    func counting() throws {
        _ = try client.send("GET /users/1")
        _ = try client.send("GET /users/none")
        _ = try client.send("DELETE /users")
        #expect(client.shop.users.requestCount == 3)
        #expect(client.shop.products.requestCount == 0)
    }

    @Test(
        "what the documents do not describe is refused with a message",
        arguments: [
            ("DELETE /products", 405), ("PUT /users", 405), ("DELETE /orders/1", 405), ("PUT /orders/1", 405),
            ("POST /users/1", 405), ("GET /users/1/friends", 404), ("GET /usersandmore", 404), ("GET /users/", 400),
            ("GET /users/0", 400), ("GET /users/-1", 400), ("GET /products/abc", 400),
            ("GET /orders/99999999999999999999", 400), ("GET /orders/4711", 404),
        ])
    func refusals(_ line: String, status: Int) throws {
        let reply = try client.send(line)
        #expect(reply.status == status)
        #expect(reply.message?.isEmpty == false)
        #expect(reply.header("Content-Type") == "application/json")
    }

    @Test("405 names the methods that there are (RFC 9110 §15.5.6)")
    func allow() throws {
        #expect(try client.send("DELETE /products").header("Allow") == "GET, POST")
        #expect(try client.send("PUT /orders/1").header("Allow") == "GET, PATCH")
    }

    @Test(
        "content that is not a JSON object is refused",
        arguments: [
            ("{", "application/json", 400), ("", "application/json", 400), ("[]", "application/json", 400),
            (#"{"status":"paid","status":"shipped"}"#, "application/json", 400), ("status=paid", "text/plain", 415),
            (#"{"status":"cancelled"}"#, "application/json; charset=utf-8", 200),
        ])
    func content(_ body: String, type: String, status: Int) throws {
        #expect(try client.send("PATCH /orders/30", body, type: type).status == status)
    }

    @Test(
        "pages are cut by page and limit",
        arguments: [
            ("/users", 20, 1), ("/users?page=2", 5, 21), ("/users?limit=3&page=4", 3, 10), ("/users?page=3", 0, nil),
            ("/users?page=100000&limit=100", 0, nil), ("/users?limit=%31%30", 10, 1),
            ("/users?unknown=1&limit=1", 1, 1),
        ] as [(String, Int, Int?)])
    func pages(_ target: String, count: Int, first: Int?) throws {
        let reply = try client.send("GET \(target)")
        #expect(reply.status == 200)
        #expect(reply.ids.count == count)
        #expect(reply.ids.first == first)
        #expect(reply.json["total"]?.int == 25)
    }

    @Test(
        "a page or limit out of bounds is refused by its name",
        arguments: ["limit=0", "limit=101", "limit=abc", "page=0", "page="])
    func badPages(_ query: String) throws {
        let reply = try client.send("GET /products?\(query)")
        #expect(reply.status == 400)
        #expect(reply.message?.contains(String(query.prefix(4))) == true)
    }

    @Test("calls from many threads find one whole store")
    func concurrency() async throws {
        let shop = client.shop
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<50 {
                group.addTask {
                    let body = #"{"userId":1,"items":[{"productId":\#(number + 1),"quantity":1}]}"#
                    _ = shop.orders.respond(
                        to: DemoRequest(
                            method: "POST", path: "/orders",
                            headers: [(name: "Content-Type", value: "application/json")], body: Array(body.utf8)))
                }
            }
        }
        #expect(try client.send("GET /orders?limit=100").json["total"]?.int == 80)
    }
}
