import JSONDocuments

/// Pieces of products that are laid by for an order, as specs/products.yaml describes it.
struct Reservation: Numbered, ReplyContent {
    /// What becomes of the pieces: they wait, or they are gone.
    enum Status: String, CaseIterable, Sendable {
        case held, sold
    }

    /// The number; 0 until the store has given one.
    var id = 0

    /// Whether the pieces are sold.
    var status = Status.held

    /// What is laid by.
    let items: [Order.Item]

    /// When, in seconds since 1970.
    let createdAt: Int

    /// A reservation that a client makes.
    init(_ fields: FieldReader, createdAt: Int) throws(Refusal) {
        try fields.require(["items"])
        items = try Order.items(fields)
        self.createdAt = createdAt
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", id)
        writer.member("status", status.rawValue)
        Order.write(items, to: &writer)
        writer.member("createdAt", CalendarTime.text(createdAt))
        writer.endObject()
    }
}

/// The catalogue, and what is laid by of it. A piece is in the stock of its product or in one reservation, never in both.
struct Warehouse: Sendable {
    /// The catalogue.
    var products: NumberedStore<Product>

    /// What is laid by.
    var reservations = NumberedStore<Reservation>(of: "reservation")

    /// Takes the pieces out of the stock, all or none. 404 for a product that is not there, 409 where too few are left.
    mutating func hold(_ reservation: Reservation) throws(Refusal) -> Reservation {
        var changed: [Int: Product] = [:]
        for item in reservation.items {
            var product = if let known = changed[item.productID] { known } else { try products.item(item.productID) }
            guard product.stock >= item.quantity else {
                throw .conflict("Of product \(item.productID) only \(product.stock) are left.")
            }
            product.stock -= item.quantity
            changed[item.productID] = product
        }
        for (id, product) in changed { products.replace(id, with: product) }
        return reservations.add(reservation)
    }

    /// Puts the pieces back. 409 where they are sold; a product that is gone takes nothing back.
    mutating func release(_ id: Int) throws(Refusal) {
        let reservation = try reservations.item(id)
        guard reservation.status == .held else { throw .conflict("Reservation \(id) is sold.") }
        for item in reservation.items {
            guard var product = try? products.item(item.productID) else { continue }
            product.stock = min(product.stock + item.quantity, Product.mostStock)
            products.replace(item.productID, with: product)
        }
        try reservations.remove(id)
    }

    /// Sells the pieces; what is sold stays sold.
    mutating func move(_ id: Int, to status: Reservation.Status) throws(Refusal) -> Reservation {
        var reservation = try reservations.item(id)
        guard reservation.status == .held || status == .sold else { throw .conflict("Reservation \(id) is sold.") }
        reservation.status = status
        reservations.replace(id, with: reservation)
        return reservation
    }
}
