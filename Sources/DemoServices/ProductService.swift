import Synchronization

/// The catalogue of the shop: specs/products.yaml over memory.
package final class ProductService: DemoService {
    package let name = "products"
    package let port = 9102

    /// Paths, methods, counter.
    private let desk = ResourceDesk(
        collection: "products", collectionMethods: ["GET", "POST"], itemMethods: ["GET", "PUT", "PATCH", "DELETE"])

    /// The same for what is laid by.
    private let reservations = ResourceDesk(
        collection: "reservations", collectionMethods: ["POST"], itemMethods: ["GET", "PATCH", "DELETE"])

    /// The time in seconds since 1970.
    private let now: @Sendable () -> Int

    /// The catalogue, and what is laid by of it.
    private let store: Mutex<Warehouse>

    /// Opens the service with its seed.
    package init(now: @escaping @Sendable () -> Int) {
        self.now = now
        store = Mutex(Warehouse(products: ProductSeed.store()))
    }

    package var requestCount: Int { desk.requestCount + reservations.requestCount }

    package func respond(to request: DemoRequest) -> DemoResponse {
        if request.path.hasPrefix("/reservations") { return respondAboutReservations(request) }
        return desk.answer(request) { call throws(Refusal) in
            switch (call.request.method, call.target) {
            case ("POST", .collection): try create(call)
            case ("PUT", .item(let id)): try replace(id, call)
            case ("PATCH", .item(let id)): try patch(id, call)
            case ("DELETE", .item(let id)): try delete(id)
            case (_, .item(let id)):
                try .json(200, store.withLock { warehouse throws(Refusal) in try warehouse.products.item(id) })
            case (_, .collection): try list(call.query)
            }
        }
    }

    /// Answers about what is laid by.
    private func respondAboutReservations(_ request: DemoRequest) -> DemoResponse {
        reservations.answer(request) { call throws(Refusal) in
            switch (call.request.method, call.target) {
            case ("PATCH", .item(let id)):
                let fields = try call.fields(["status"])
                try fields.require(["status"])
                let status = try fields.choice("status", as: Reservation.Status.self)
                return try .json(
                    200, store.withLock { warehouse throws(Refusal) in try warehouse.move(id, to: status) })
            case ("DELETE", .item(let id)):
                try store.withLock { warehouse throws(Refusal) in try warehouse.release(id) }
                return DemoResponse(status: 204)
            case (_, .item(let id)):
                return try .json(
                    200, store.withLock { warehouse throws(Refusal) in try warehouse.reservations.item(id) })
            case (_, .collection):
                let reservation = try Reservation(call.fields(["items"]), createdAt: now())
                let held = try store.withLock { warehouse throws(Refusal) in try warehouse.hold(reservation) }
                return .json(201, held, location: "/reservations/\(held.id)")
            }
        }
    }

    /// Answers `listProducts`.
    private func list(_ query: QueryReader) throws(Refusal) -> DemoResponse {
        let category = try query.choice("category", as: Product.Category.self)
        let order = try query.choice("sort", as: ProductOrder.self) ?? .byID
        let all = store.withLock { $0.products.all }
        return try .json(
            200, Page(of: order.sorted(all.filter { category == nil || $0.category == category }), asked: query))
    }

    /// Answers `createProduct`.
    private func create(_ call: ResourceCall) throws(Refusal) -> DemoResponse {
        let fields = try Self.whole(call)
        let now = now()
        let product = try store.withLock { warehouse throws(Refusal) in
            var product = Product(createdAt: now, updatedAt: now)
            try product.apply(fields)
            try Self.refuseTwin(of: product, in: warehouse.products)
            return warehouse.products.add(product)
        }
        return .json(201, product, location: "/products/\(product.id)")
    }

    /// Answers `replaceProduct`.
    private func replace(_ id: Int, _ call: ResourceCall) throws(Refusal) -> DemoResponse {
        let fields = try Self.whole(call)
        let now = now()
        let product = try store.withLock { warehouse throws(Refusal) in
            var product = Product(id: id, createdAt: try warehouse.products.item(id).createdAt, updatedAt: now)
            try product.apply(fields)
            try Self.refuseTwin(of: product, in: warehouse.products)
            warehouse.products.replace(id, with: product)
            return product
        }
        return .json(200, product)
    }

    /// Answers `patchProduct`.
    private func patch(_ id: Int, _ call: ResourceCall) throws(Refusal) -> DemoResponse {
        let fields = try call.fields(Product.names)
        guard fields.count > 0 else { throw .badRequest("The content names no property to change.") }
        if fields.has("currency") { try fields.require(["price"]) }
        let now = now()
        let product = try store.withLock { warehouse throws(Refusal) in
            var product = try warehouse.products.item(id)
            try product.apply(fields)
            try Self.refuseTwin(of: product, in: warehouse.products)
            product.updatedAt = now
            warehouse.products.replace(id, with: product)
            return product
        }
        return .json(200, product)
    }

    /// Answers `deleteProduct`.
    private func delete(_ id: Int) throws(Refusal) -> DemoResponse {
        try store.withLock { warehouse throws(Refusal) in try warehouse.products.remove(id) }
        return DemoResponse(status: 204)
    }

    /// The body of a request that gives the whole product.
    private static func whole(_ call: ResourceCall) throws(Refusal) -> FieldReader {
        let fields = try call.fields(Product.names)
        try fields.require(["sku", "name", "category", "price", "currency"])
        return fields
    }

    /// 409 when another product has the sku.
    private static func refuseTwin(of product: Product, in store: NumberedStore<Product>) throws(Refusal) {
        for other in store.all where other.id != product.id && other.sku == product.sku {
            throw .conflict("The sku \(product.sku) is taken.")
        }
    }
}

/// The orders in which the catalogue can be listed; products that are equal stand by their ids.
private enum ProductOrder: String, CaseIterable {
    case byID = "id_asc"
    case byName = "name_asc"
    case byNameReversed = "name_desc"
    case cheapestFirst = "price_asc"
    case dearestFirst = "price_desc"
    case newestFirst = "newest"

    /// Sorts products that stand by their ids. The library's sort is stable.
    func sorted(_ products: [Product]) -> [Product] {
        switch self {
        case .byID: products
        case .byName: products.sorted { $0.name < $1.name }
        case .byNameReversed: products.sorted { $0.name > $1.name }
        case .cheapestFirst: products.sorted { $0.priceInHundredths < $1.priceInHundredths }
        case .dearestFirst: products.sorted { $0.priceInHundredths > $1.priceInHundredths }
        case .newestFirst: products.sorted { $0.createdAt > $1.createdAt }
        }
    }
}
