/// The orders that are there when the shop opens.
enum OrderSeed {
    /// 2025-01-06T10:00:00Z, when the first order was made.
    private static let opening = 1_736_157_600

    /// How many orders there are.
    private static let count = 30

    /// What some customers ask of the packers.
    private static let notes = ["Please wrap it as a gift.", "Leave it with the neighbour.", "No plastic, please."]

    /// A store with thirty orders, one every four days: the old ones delivered, the young ones on their way.
    static func store() -> NumberedStore<Order> {
        var store = NumberedStore<Order>(of: "order")
        for index in 0..<count {
            // Steps that share no factor with the counts of users and products visit all of them.
            let items = (0...index % 3).map { line in
                Order.Item(productID: (index * 7 + line * 11) % 40 + 1, quantity: (index + line * 2) % 5 + 1)
            }
            let made = opening + index * 4 * CalendarTime.secondsPerDay + index * 2_340
            store.add(
                Order(
                    userID: index * 7 % 25 + 1, items: items, status: status(index),
                    note: index % 4 == 0 ? notes[index / 4 % notes.count] : nil, createdAt: made,
                    updatedAt: made + (status(index) == .pending ? 0 : 36 * 3600 + index * 420)))
        }
        return store
    }

    /// The status of an order by its place: the older, the further.
    private static func status(_ index: Int) -> Order.Status {
        switch index {
        case _ where index % 9 == 5: .cancelled
        case 0..<14: .delivered
        case 14..<20: .shipped
        case 20..<25: .paid
        default: .pending
        }
    }
}
