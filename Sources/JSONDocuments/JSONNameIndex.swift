/// Hash tables over the member names of the large objects of a document, made once.
struct JSONNameIndex: Sendable {
    /// Where the table of one object stands in `slots`.
    private struct Table: Sendable {
        /// The place of its first slot.
        let start: Int

        /// One less than the number of its slots, which is a power of two.
        let mask: Int
    }

    /// Objects with fewer members are searched from the first to the last.
    private static let smallest = 24

    /// The tables, one after the other: indices of names, 0 where free.
    private var slots: [UInt32] = []

    /// The table of each large object.
    private var tables: [UInt32: Table] = [:]

    /// Indexes every large object of a document.
    init(_ view: JSONView) {
        for index in 0..<view.count {
            let node = view[index]
            guard node.kind == .object, node.childCount >= Self.smallest else { continue }
            add(index, node, view)
        }
    }

    /// Whether an object has a table.
    func covers(_ object: Int) -> Bool {
        tables[UInt32(truncatingIfNeeded: object)] != nil
    }

    /// The index of a member's value; of duplicate names the first.
    func value(forKey key: UnsafeRawBufferPointer, inObject object: Int, _ view: JSONView) -> Int? {
        guard let table = tables[UInt32(truncatingIfNeeded: object)] else { return nil }
        var slot = Self.hash(key) & table.mask
        while case let name = Int(slots[table.start + slot]), name != 0 {
            if JSONView.isEqual(view.text(of: name), key) { return name + 1 }
            slot = (slot + 1) & table.mask
        }
        return nil
    }

    /// Makes the table of one object, at most half full.
    private mutating func add(_ object: Int, _ node: JSONNode, _ view: JSONView) {
        var size = 64
        while size < node.childCount * 2 { size *= 2 }
        let table = Table(start: slots.count, mask: size - 1)
        slots.append(contentsOf: repeatElement(0, count: size))
        tables[UInt32(truncatingIfNeeded: object)] = table
        var name = object + 1
        while name < Int(node.next) {
            var slot = Self.hash(view.text(of: name)) & table.mask
            while slots[table.start + slot] != 0 { slot = (slot + 1) & table.mask }
            slots[table.start + slot] = UInt32(truncatingIfNeeded: name)
            name = Int(view[name + 1].next)
        }
    }

    /// A hash that is seeded for each process.
    private static func hash(_ text: UnsafeRawBufferPointer) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: text)
        return hasher.finalize()
    }
}
