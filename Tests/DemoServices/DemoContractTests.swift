import DemoServices
import JSONDocuments
import Testing

/// The services against their own documents in specs/, by the gateway's own schema engine.
@Suite("The demo services keep their contracts")
struct DemoContractTests {
    private let client = DemoClient()

    @Test(
        "every reply is one that the document describes",
        arguments: [
            ("users", "listUsers", "GET /users?limit=100", nil), ("users", "listUsers", "GET /users?limit=0", nil),
            ("users", "getUser", "GET /users/4711", nil), ("users", "getUser", "GET /users/none", nil),
            ("users", "createUser", "POST /users", #"{"username":"new","email":"n@mail.example","name":"N"}"#),
            ("users", "createUser", "POST /users", #"{"username":"ada.lindqvist","email":"n@a.b","name":"N"}"#),
            ("users", "createUser", "POST /users", "{"),
            ("users", "patchUser", "PATCH /users/1", #"{"phone":null}"#),
            ("users", "patchUser", "PATCH /users/2", #"{"username":"ada.lindqvist"}"#),
            ("users", "deleteUser", "DELETE /users/3", nil), ("users", "deleteUser", "DELETE /users/4711", nil),
            ("products", "listProducts", "GET /products?sort=price_desc&limit=100", nil),
            ("products", "listProducts", "GET /products?page=99", nil),
            ("products", "getProduct", "GET /products/4711", nil),
            ("products", "patchProduct", "PATCH /products/1", #"{"price":0.29,"tags":[],"attributes":{}}"#),
            ("products", "patchProduct", "PATCH /products/1", #"{"sku":"KIT-0002"}"#),
            ("products", "deleteProduct", "DELETE /products/40", nil),
            (
                "products", "createReservation", "POST /reservations", #"{"items":[{"productId":1,"quantity":2}]}"#
            ),
            (
                "products", "createReservation", "POST /reservations",
                #"{"items":[{"productId":4711,"quantity":1}]}"#
            ),
            (
                "products", "createReservation", "POST /reservations",
                #"{"items":[{"productId":1,"quantity":100},{"productId":1,"quantity":100}]}"#
            ),
            ("products", "createReservation", "POST /reservations", #"{"items":[]}"#),
            ("products", "getReservation", "GET /reservations/4711", nil),
            ("products", "patchReservation", "PATCH /reservations/4711", #"{"status":"sold"}"#),
            ("products", "deleteReservation", "DELETE /reservations/4711", nil),
            ("orders", "listOrders", "GET /orders?limit=100", nil),
            ("orders", "listOrders", "GET /orders?from=2025-02-01&to=2025-01-01", nil),
            ("orders", "getOrder", "GET /orders/4711", nil),
            ("orders", "createOrder", "POST /orders", #"{"userId":1,"items":[]}"#),
            (
                "orders", "createOrder", "POST /orders",
                #"{"userId":1,"items":[{"productId":1,"quantity":1},{"productId":1,"quantity":1}]}"#
            ),
            ("orders", "patchOrder", "PATCH /orders/1", #"{"status":"pending"}"#),
            ("orders", "patchOrder", "PATCH /orders/30", #"{"status":"paid"}"#),
        ] as [(String, String, String, String?)])
    func replies(_ name: String, operation: String, line: String, body: String?) throws {
        let reply = try client.send(line, body)
        #expect(try ShopDocument(name).faults(of: reply, to: operation) == [])
    }

    @Test(
        "everything in the seed is valid by its document",
        arguments: [("users", "getUser", 25), ("products", "getProduct", 40), ("orders", "getOrder", 30)])
    func seed(_ name: String, operation: String, count: Int) throws {
        let document = try ShopDocument(name)
        for id in 1...count {
            let reply = try client.send("GET /\(name)/\(id)")
            #expect(reply.status == 200)
            #expect(try document.faults(of: reply, to: operation) == [])
        }
        #expect(try client.send("GET /\(name)/\(count + 1)").status == 404)
    }

    @Test(
        "the examples of the documents can be sent as they are",
        arguments: [
            ("users", "createUser", "/users", 201), ("users", "replaceUser", "/users/1", 200),
            ("users", "patchUser", "/users/1", 200), ("products", "createProduct", "/products", 201),
            ("products", "replaceProduct", "/products/1", 200), ("products", "patchProduct", "/products/1", 200),
            ("orders", "createOrder", "/orders", 201), ("orders", "patchOrder", "/orders/23", 200),
        ])
    func examples(_ name: String, id: String, path: String, status: Int) throws {
        let document = try ShopDocument(name)
        let operation = try #require(document.operations[id])
        #expect(!operation.examples.isEmpty)
        for example in operation.examples {
            let reply = try client.send("\(operation.method) \(path)", JSONWriter.text(of: example))
            #expect(reply.status == status)
            #expect(try document.faults(of: reply, to: id) == [])
        }
    }

    @Test("the documents describe these operations", arguments: ["users", "products", "orders"])
    func operations(_ name: String) throws {
        let ids = try ShopDocument(name).operations.keys.sorted()
        let expected = [
            "users": ["createUser", "deleteUser", "getUser", "listUsers", "patchUser", "replaceUser"],
            "products": [
                "createProduct", "createReservation", "deleteProduct", "deleteReservation", "getProduct",
                "getReservation", "listProducts", "patchProduct", "patchReservation", "replaceProduct",
            ],
            "orders": ["createOrder", "getOrder", "listOrders", "patchOrder"],
        ]
        #expect(ids == expected[name])
    }
}
