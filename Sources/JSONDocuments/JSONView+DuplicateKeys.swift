extension JSONView {
    /// The names of a complete object that repeat an earlier one, each with that earlier one, as indices.
    ///
    /// - Parameters:
    ///   - object: The index of an object.
    ///   - limit: How many pairs to look for.
    /// - Returns: The pairs in the order of the repetitions; none when all names differ byte by byte.
    /// - Complexity: O(members) expected; the hash is seeded for each process, so no text is built to collide. Objects
    ///   with more than 32 members take a table from the heap.
    package func duplicateKeys(inObject object: Int, limit: Int) -> [(first: Int, second: Int)] {
        let node = nodes[object]
        guard node.kind == .object, node.childCount > 1 else { return [] }
        return node.childCount <= KeySignature.directCount
            ? duplicatesByComparison(object, limit) : duplicatesByHash(object, limit)
    }

    /// Compares every name with those before it.
    private func duplicatesByComparison(_ object: Int, _ limit: Int) -> [(first: Int, second: Int)] {
        let last = Int(nodes[object].next)
        var pairs: [(first: Int, second: Int)] = []
        var second = object + 1
        while second < last, pairs.count < limit {
            var first = object + 1
            while first < second {
                if JSONView.isEqual(text(of: first), text(of: second)) {
                    pairs.append((first, second))
                    break
                }
                first = Int(nodes[first + 1].next)
            }
            second = Int(nodes[second + 1].next)
        }
        return pairs
    }

    /// Looks every name up in a table of those before it.
    private func duplicatesByHash(_ object: Int, _ limit: Int) -> [(first: Int, second: Int)] {
        let last = Int(nodes[object].next)
        var size = 64
        while size < nodes[object].childCount * 2 { size *= 2 }
        // A slot holds the upper half of a hash and the index of a name; 0 is free, since no name has index 0.
        return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: size) { slots in
            slots.initialize(repeating: 0)
            var pairs: [(first: Int, second: Int)] = []
            var key = object + 1
            search: while key < last, pairs.count < limit {
                let current = key
                key = Int(nodes[current + 1].next)
                let content = text(of: current)
                var hasher = Hasher()
                hasher.combine(bytes: content)
                let hash = UInt64(truncatingIfNeeded: hasher.finalize())
                var slot = Int(truncatingIfNeeded: hash) & (size - 1)
                while slots[slot] != 0 {
                    if slots[slot] >> 32 == hash >> 32 {
                        let first = Int(slots[slot] & 0xFFFF_FFFF)
                        if JSONView.isEqual(text(of: first), content) {
                            pairs.append((first, current))
                            continue search
                        }
                    }
                    slot = (slot + 1) & (size - 1)
                }
                slots[slot] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(current)
            }
            return pairs
        }
    }
}
