import DemoServices
import JSONDocuments
import Testing

/// specs/products.yaml, operation by operation.
@Suite("The products service")
struct ProductServiceTests {
    private let client = DemoClient()

    @Test("the first product is always the same, and of a sensible size")
    func getProduct() throws {
        let reply = try client.send("GET /products/1")
        #expect(reply.status == 200)
        #expect(reply.json["name"]?.string == "Stoneware mug")
        #expect(reply.json["price"]?.numberLiteral == "14.5")
        #expect(reply.json["discontinuedAt"]?.isNull == true)
        #expect((400...900).contains(reply.response.body.count))
    }

    @Test("there are forty products, some in every category")
    func categories() throws {
        #expect(try client.send("GET /products").json["total"]?.int == 40)
        for category in ["books", "garden", "kitchen", "lighting", "outdoor", "stationery"] {
            let items = try client.send("GET /products?category=\(category)&limit=100").json["items"]
            #expect((items?.count ?? 0) >= 5)
            #expect(items?.elements.allSatisfy { $0["category"]?.string == category } == true)
        }
        #expect(try client.send("GET /products?category=toys").status == 400)
    }

    @Test(
        "a list is sorted as asked",
        arguments: ["price_asc", "price_desc", "name_asc", "name_desc", "newest", "id_asc"])
    func sorting(_ order: String) throws {
        let items = try client.send("GET /products?sort=\(order)&limit=100").json["items"]
        let rows = Array(try #require(items).elements)
        #expect(rows.count == 40)
        for (before, after) in zip(rows, rows.dropFirst()) {
            let prices = (before["price"]?.double ?? 0, after["price"]?.double ?? 0)
            let names = (before["name"]?.string ?? "", after["name"]?.string ?? "")
            let times = (before["createdAt"]?.string ?? "", after["createdAt"]?.string ?? "")
            let ids = (before["id"]?.int ?? 0, after["id"]?.int ?? 0)
            switch order {
            case "price_asc": #expect(prices.0 < prices.1 || (prices.0 == prices.1 && ids.0 < ids.1))
            case "price_desc": #expect(prices.0 > prices.1 || (prices.0 == prices.1 && ids.0 < ids.1))
            case "name_asc": #expect(names.0 <= names.1)
            case "name_desc": #expect(names.0 >= names.1)
            case "newest": #expect(times.0 >= times.1)
            default: #expect(ids.0 < ids.1)
            }
        }
    }

    @Test("filter, order and page work together")
    func combination() throws {
        let all = try client.send("GET /products?category=outdoor&sort=price_desc&limit=100").ids
        let page = try client.send("GET /products?category=outdoor&sort=price_desc&limit=2&page=2")
        #expect(page.ids == Array(all[2..<4]))
        #expect(page.json["total"]?.int == all.count)
        #expect(try client.send("GET /products?sort=price").status == 400)
    }

    @Test(
        "a product is created whole, with exact prices",
        arguments: ["0.01", "34.95", "19.9", "100000", "7", "1e1", "0.29"])
    func createProduct(_ price: String) throws {
        let reply = try client.send(
            "POST /products",
            """
            {"sku":"LIG-0107","name":"Lamp","category":"lighting","price":\(price),"currency":"EUR","tags":["led"],
            "attributes":{"power":"5 W"},"discontinuedAt":"2025-11-30T00:00:00.5+01:00"}
            """)
        #expect(reply.status == 201)
        #expect(reply.header("Location") == "/products/41")
        #expect(reply.json["price"]?.double == Double(price))
        #expect(reply.json["stock"]?.int == 0)
        #expect(reply.json["attributes"]?["power"]?.string == "5 W")
        #expect(try client.send("GET /products/41").response.body == reply.response.body)
    }

    @Test(
        "what breaks the contract is refused by the name of the property",
        arguments: [
            ("price", "0"), ("price", "-1"), ("price", "0.001"), ("price", "14.555"), ("price", "100000.01"),
            ("price", #""14.5""#), ("price", "1e400"), ("sku", #""KIT-1""#), ("sku", #""kit-0001""#), ("name", #""""#),
            ("category", #""toys""#), ("currency", #""SEK""#), ("stock", "-1"), ("stock", "1.5"), ("weightGrams", "0"),
            ("tags", #"["Led"]"#), ("tags", #""led""#), ("attributes", #"{"power":5}"#), ("attributes", "[]"),
            ("discontinuedAt", #""2025-02-30T00:00:00Z""#), ("discontinuedAt", #""yesterday""#),
        ])
    func badProducts(_ name: String, value: String) throws {
        var members = [
            "sku": #""LIG-0107""#, "name": #""Lamp""#, "category": #""lighting""#, "price": "1", "currency": #""EUR""#,
        ]
        members[name] = value
        let body = "{" + members.map { #""\#($0.key)":\#($0.value)"# }.joined(separator: ",") + "}"
        let reply = try client.send("POST /products", body)
        #expect(reply.status == 400)
        #expect(reply.message?.isEmpty == false)
    }

    @Test("a tag or a sku stands once")
    func duplicates() throws {
        #expect(try client.send("PATCH /products/2", #"{"tags":["a","a"]}"#).status == 400)
        #expect(try client.send("PATCH /products/2", #"{"sku":"KIT-0001"}"#).status == 409)
        #expect(try client.send("PATCH /products/1", #"{"sku":"KIT-0001"}"#).status == 200)
    }

    @Test("PATCH changes what it names; a new currency needs a new price")
    func patchProduct() throws {
        let reply = try client.send("PATCH /products/1", #"{"price":12.9,"stock":80}"#)
        #expect(reply.json["price"]?.numberLiteral == "12.9")
        #expect(reply.json["stock"]?.int == 80)
        #expect(reply.json["sku"]?.string == "KIT-0001")
        #expect(try client.send("PATCH /products/1", #"{"currency":"USD"}"#).status == 400)
        #expect(try client.send("PATCH /products/1", #"{"currency":"USD","price":15}"#).status == 200)
    }

    @Test("PUT replaces and DELETE removes")
    func replaceAndDelete() throws {
        let body = #"{"sku":"KIT-0001","name":"Mug","category":"kitchen","price":9.5,"currency":"EUR"}"#
        let reply = try client.send("PUT /products/1", body)
        #expect(reply.status == 200)
        #expect(reply.json["description"]?.string == "")
        #expect(reply.json["attributes"] == nil)
        #expect(try client.send("DELETE /products/1").status == 204)
        #expect(try client.send("PUT /products/1", body).status == 404)
    }
}
