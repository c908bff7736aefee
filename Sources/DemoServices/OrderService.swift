import Synchronization

/// The orders of the shop: specs/orders.yaml over memory.
package final class OrderService: DemoService {
    package let name = "orders"
    package let port = 9103

    /// Paths, methods, counter.
    private let desk = ResourceDesk(
        collection: "orders", collectionMethods: ["GET", "POST"], itemMethods: ["GET", "PATCH"])

    /// The time in seconds since 1970.
    private let now: @Sendable () -> Int

    /// The orders.
    private let store: Mutex<NumberedStore<Order>>

    /// Opens the service with its seed.
    package init(now: @escaping @Sendable () -> Int) {
        self.now = now
        store = Mutex(OrderSeed.store())
    }

    package var requestCount: Int { desk.requestCount }

    package func respond(to request: DemoRequest) -> DemoResponse {
        desk.answer(request) { call throws(Refusal) in
            switch (call.request.method, call.target) {
            case ("POST", .collection): try create(call)
            case ("PATCH", .item(let id)): try patch(id, call)
            case (_, .item(let id)): try .json(200, store.withLock { store throws(Refusal) in try store.item(id) })
            case (_, .collection): try list(call.query)
            }
        }
    }

    /// Answers `listOrders`.
    private func list(_ query: QueryReader) throws(Refusal) -> DemoResponse {
        let user = try query.integer("userId", 1...Int.max)
        let status = try query.choice("status", as: Order.Status.self)
        let from = try query.day("from")
        let to = try query.day("to")
        let found = store.withLock { $0.all }.filter { order in
            (user == nil || order.userID == user) && (status == nil || order.status == status)
                && (from.map { order.day >= $0 } ?? true) && (to.map { order.day <= $0 } ?? true)
        }
        return try .json(200, Page(of: found.sorted { ($0.createdAt, $0.id) > ($1.createdAt, $1.id) }, asked: query))
    }

    /// Answers `createOrder`.
    private func create(_ call: ResourceCall) throws(Refusal) -> DemoResponse {
        let order = try Order(call.fields(Order.names), createdAt: now())
        let added = store.withLock { $0.add(order) }
        return .json(201, added, location: "/orders/\(added.id)")
    }

    /// Answers `patchOrder`.
    private func patch(_ id: Int, _ call: ResourceCall) throws(Refusal) -> DemoResponse {
        let fields = try call.fields(["status"])
        try fields.require(["status"])
        let status = try fields.choice("status", as: Order.Status.self)
        let now = now()
        let order = try store.withLock { store throws(Refusal) in
            var order = try store.item(id)
            if try order.move(to: status, at: now) { store.replace(id, with: order) }
            return order
        }
        return .json(200, order)
    }
}
