/// What a store can keep.
protocol Numbered: Sendable {
    /// The number; 0 until the store has given one.
    var id: Int { get set }
}

/// Items by their number; a number is never given away twice.
struct NumberedStore<Item: Numbered>: Sendable {
    /// What to call an item in a refusal: `user`.
    private let noun: String

    /// The items.
    private var items: [Int: Item] = [:]

    /// The number of the next item.
    private var nextID = 1

    /// Makes an empty store.
    init(of noun: String) { self.noun = noun }

    /// All items in the order of their numbers. O(n log n).
    var all: [Item] { items.sorted { $0.key < $1.key }.map(\.value) }

    /// The item with a number, or 404.
    func item(_ id: Int) throws(Refusal) -> Item {
        guard let item = items[id] else { throw .notFound("There is no \(noun) \(id).") }
        return item
    }

    /// Adds an item under the next number and returns it with that number.
    @discardableResult
    mutating func add(_ item: Item) -> Item {
        var item = item
        item.id = nextID
        items[nextID] = item
        nextID += 1
        return item
    }

    /// Puts an item in the place of the one with this number.
    mutating func replace(_ id: Int, with item: Item) { items[id] = item }

    /// Removes the item with a number, or 404.
    mutating func remove(_ id: Int) throws(Refusal) {
        guard items.removeValue(forKey: id) != nil else { throw .notFound("There is no \(noun) \(id).") }
    }
}
