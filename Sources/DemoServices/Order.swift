import JSONDocuments

/// What a customer bought, as specs/orders.yaml describes it.
struct Order: Numbered, ReplyContent {
    /// Where an order is on its way.
    ///
    /// | from | to |
    /// |---|---|
    /// | pending | paid, cancelled |
    /// | paid | shipped, cancelled |
    /// | shipped | delivered |
    /// | delivered, cancelled | nothing |
    enum Status: String, CaseIterable, Sendable {
        case pending, paid, shipped, delivered, cancelled

        /// The steps that an order can take from here.
        var next: [Status] {
            switch self {
            case .pending: [.paid, .cancelled]
            case .paid: [.shipped, .cancelled]
            case .shipped: [.delivered]
            case .delivered, .cancelled: []
            }
        }
    }

    /// One product and how many pieces of it.
    struct Item: Sendable {
        /// The number of the product in the catalogue, taken on trust.
        var productID: Int

        /// How many pieces.
        var quantity: Int
    }

    /// What a client may send.
    static let names = ["userId", "items", "note"]

    /// The number; 0 until the store has given one.
    var id = 0

    /// The number of the user who ordered, taken on trust.
    var userID: Int

    /// Where the order is.
    var status = Status.pending

    /// What was ordered.
    var items: [Item]

    /// What the customer asks of the packers.
    var note: String?

    /// When the order was made, in seconds since 1970.
    let createdAt: Int

    /// When it was changed last.
    var updatedAt: Int

    /// The day the order was made, in days since 1970 UTC.
    var day: Int { createdAt / CalendarTime.secondsPerDay }

    /// An order that stands in the seed.
    init(userID: Int, items: [Item], status: Status, note: String?, createdAt: Int, updatedAt: Int) {
        self.userID = userID
        self.items = items
        self.status = status
        self.note = note
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// An order that a client makes.
    init(_ fields: FieldReader, createdAt: Int) throws(Refusal) {
        try fields.require(["userId", "items"])
        userID = try fields.integer("userId", 1...Int.max)
        items = try Self.items(fields)
        note = fields.has("note") ? try fields.string("note", 1...500) : nil
        self.createdAt = createdAt
        updatedAt = createdAt
    }

    /// Reads the member `items`.
    static func items(_ fields: FieldReader) throws(Refusal) -> [Item] {
        var items: [Item] = []
        for value in try fields.array("items", 1...50) {
            let item = try FieldReader(value, "An item", names: ["productId", "quantity"])
            try item.require(["productId", "quantity"])
            let product = try item.integer("productId", 1...Int.max)
            items.append(Item(productID: product, quantity: try item.integer("quantity", 1...100)))
        }
        return items
    }

    /// Writes the member `items`.
    static func write(_ items: [Item], to writer: inout JSONWriter) {
        writer.key("items")
        writer.beginArray()
        for item in items {
            writer.beginObject()
            writer.member("productId", item.productID)
            writer.member("quantity", item.quantity)
            writer.endObject()
        }
        writer.endArray()
    }

    /// Takes a step, or refuses with 409. The status that the order has already is no step.
    ///
    /// - Returns: Whether anything changed.
    mutating func move(to next: Status, at time: Int) throws(Refusal) -> Bool {
        guard next != status else { return false }
        guard status.next.contains(next) else {
            throw .conflict("A \(status.rawValue) order cannot become \(next.rawValue).")
        }
        status = next
        updatedAt = time
        return true
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", id)
        writer.member("userId", userID)
        writer.member("status", status.rawValue)
        Self.write(items, to: &writer)
        if let note { writer.member("note", note) }
        writer.member("createdAt", CalendarTime.text(createdAt))
        writer.member("updatedAt", CalendarTime.text(updatedAt))
        writer.endObject()
    }
}
