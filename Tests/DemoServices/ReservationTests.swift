import DemoServices
import JSONDocuments
import Testing

/// What specs/products.yaml says of reservations.
@Suite("Reservations of the products service")
struct ReservationTests {
    private let client = DemoClient()

    /// How many pieces of a product are left.
    private func stock(_ product: Int) throws -> Int? { try client.send("GET /products/\(product)").json["stock"]?.int }

    @Test("pieces are in the stock or in a reservation, and come back when it is given up")
    func heldAndReleased() throws {
        let before = try #require(try stock(1))
        let reply = try client.send(
            "POST /reservations", #"{"items":[{"productId":1,"quantity":2},{"productId":2,"quantity":1}]}"#)
        #expect(reply.status == 201)
        #expect(reply.header("Location") == "/reservations/1")
        #expect(reply.json["status"]?.string == "held")
        #expect(try stock(1) == before - 2)
        #expect(try client.send("GET /reservations/1").response.body == reply.response.body)
        #expect(try client.send("DELETE /reservations/1").status == 204)
        #expect(try stock(1) == before)
        #expect(try client.send("DELETE /reservations/1").status == 404)
    }

    @Test("all pieces are laid by or none, also where a product stands in several items")
    func allOrNone() throws {
        let (one, two) = (try #require(try stock(1)), try #require(try stock(2)))
        let most = min(one, 100)
        let items = (0...(one / most)).map { _ in #"{"productId":1,"quantity":\#(most)}"# }.joined(separator: ",")
        let reply = try client.send("POST /reservations", #"{"items":[{"productId":2,"quantity":1},\#(items)]}"#)
        #expect(reply.status == 409)
        #expect(try stock(1) == one)
        #expect(try stock(2) == two)
        #expect(try client.send("POST /reservations", #"{"items":[{"productId":999,"quantity":1}]}"#).status == 404)
    }

    @Test("what is sold stays sold")
    func sold() throws {
        let before = try #require(try stock(3))
        _ = try client.send("POST /reservations", #"{"items":[{"productId":3,"quantity":1}]}"#)
        #expect(try client.send("PATCH /reservations/1", #"{"status":"held"}"#).json["status"]?.string == "held")
        #expect(try client.send("PATCH /reservations/1", #"{"status":"sold"}"#).json["status"]?.string == "sold")
        #expect(try client.send("PATCH /reservations/1", #"{"status":"sold"}"#).status == 200)
        #expect(try client.send("PATCH /reservations/1", #"{"status":"held"}"#).status == 409)
        #expect(try client.send("DELETE /reservations/1").status == 409)
        #expect(try stock(3) == before - 1)
    }
}
