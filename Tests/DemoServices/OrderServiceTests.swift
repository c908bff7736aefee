import DemoServices
import JSONDocuments
import Testing

/// specs/orders.yaml, operation by operation.
@Suite("The orders service")
struct OrderServiceTests {
    private let client = DemoClient()

    @Test("an order is made as pending, with a Location")
    func createOrder() throws {
        let reply = try client.send(
            "POST /orders", #"{"userId":1,"items":[{"productId":1,"quantity":2}],"note":"Quickly, please."}"#)
        #expect(reply.status == 201)
        #expect(reply.header("Location") == "/orders/31")
        #expect(reply.json["status"]?.string == "pending")
        #expect(reply.json["items"]?[0]?["quantity"]?.int == 2)
        #expect(try client.send("GET /orders/31").response.body == reply.response.body)
    }

    @Test(
        "an order that cannot be is refused",
        arguments: [
            (#"{"userId":1,"items":[]}"#, 400), (#"{"userId":1}"#, 400),
            (#"{"items":[{"productId":1,"quantity":1}]}"#, 400),
            (#"{"userId":1,"items":[{"productId":1,"quantity":0}]}"#, 400),
            (#"{"userId":1,"items":[{"productId":1,"quantity":101}]}"#, 400),
            (#"{"userId":1,"items":[{"productId":1,"quantity":1.5}]}"#, 400),
            (#"{"userId":0,"items":[{"productId":1,"quantity":1}]}"#, 400),
            (#"{"userId":1,"items":[{"productId":1}]}"#, 400), (#"{"userId":1,"items":[1]}"#, 400),
            (#"{"userId":1,"items":[{"productId":1,"quantity":1}],"note":""}"#, 400),
            (#"{"userId":1,"items":[{"productId":1,"quantity":1}],"status":"paid"}"#, 400),
        ])
    func badOrders(_ body: String, status: Int) throws {
        let reply = try client.send("POST /orders", body)
        #expect(reply.status == status)
        #expect(reply.message?.isEmpty == false)
    }

    @Test("users and products are taken on trust: the service asks nobody")
    func trust() throws {
        let reply = try client.send("POST /orders", #"{"userId":999999,"items":[{"productId":999999,"quantity":1}]}"#)
        #expect(reply.status == 201)
    }

    @Test(
        "an order moves one step at a time",
        arguments: [
            ("pending", "paid", 200), ("pending", "cancelled", 200), ("pending", "pending", 200),
            ("pending", "shipped", 409),
            ("pending", "delivered", 409), ("paid", "shipped", 200), ("paid", "cancelled", 200),
            ("paid", "pending", 409),
            ("shipped", "delivered", 200), ("shipped", "cancelled", 409), ("delivered", "shipped", 409),
            ("cancelled", "paid", 409), ("pending", "lost", 400),
        ])
    func transitions(_ from: String, to: String, status: Int) throws {
        let id = try #require(try client.send("GET /orders?status=\(from)&limit=1").ids.first)
        let reply = try client.send("PATCH /orders/\(id)", #"{"status":"\#(to)"}"#)
        #expect(reply.status == status)
        let after = try client.send("GET /orders/\(id)").json
        #expect(after["status"]?.string == (status == 200 ? to : from))
        #expect((after["updatedAt"]?.string == "2025-06-01T12:00:00Z") == (status == 200 && from != to))
    }

    @Test("lists hold the newest first, and every status occurs")
    func listing() throws {
        let all = try client.send("GET /orders?limit=100")
        #expect(all.ids == (1...30).reversed())
        for status in ["pending", "paid", "shipped", "delivered", "cancelled"] {
            #expect(try client.send("GET /orders?status=\(status)").ids.isEmpty == false)
        }
    }

    @Test("filters must all hold")
    func filters() throws {
        let mine = try client.send("GET /orders?userId=1").ids
        #expect(mine == [26, 1])
        #expect(try client.send("GET /orders?userId=1&status=delivered").ids == [1])
        #expect(try client.send("GET /orders?userId=4711").ids.isEmpty)
    }

    @Test(
        "both days of a range belong to it",
        arguments: [
            ("from=2025-01-06&to=2025-01-06", [1]), ("to=2025-01-10", [2, 1]), ("from=2025-01-07&to=2025-01-09", []),
            ("from=2025-05-02", [30]), ("from=2025-01-07&to=2025-01-06", []),
            ("from=2025-01-06&to=2025-01-14", [3, 2, 1]),
        ] as [(String, [Int])])
    func ranges(_ query: String, ids: [Int]) throws {
        #expect(try client.send("GET /orders?\(query)").ids == ids)
    }

    @Test(
        "a day that does not exist is refused",
        arguments: [
            "from=2025-02-29", "from=2025-13-01", "from=2025-00-01", "from=2025-1-1", "to=yesterday", "to=2025-04-31",
            "from=",
        ])
    func badDays(_ query: String) throws {
        #expect(try client.send("GET /orders?\(query)").status == 400)
    }

    @Test(
        "a leap day exists in leap years", arguments: [("2024-02-29", 200), ("2000-02-29", 200), ("1900-02-29", 400)])
    func leapDays(_ day: String, status: Int) throws {
        #expect(try client.send("GET /orders?from=\(day)").status == status)
    }
}
