/// The three services of the example together, freshly seeded.
package struct DemoShop: Sendable {
    /// The accounts.
    package let users: UserService

    /// The catalogue.
    package let products: ProductService

    /// The orders.
    package let orders: OrderService

    /// All of them, in the order of their ports.
    package var services: [any DemoService] { [users, products, orders] }

    /// Opens the shop with its seed, which is the same each time.
    ///
    /// - Parameter now: The time, in seconds since 1970 UTC, for what is created or changed from here on.
    package init(now: @escaping @Sendable () -> Int) {
        users = UserService(now: now)
        products = ProductService(now: now)
        orders = OrderService(now: now)
    }
}
