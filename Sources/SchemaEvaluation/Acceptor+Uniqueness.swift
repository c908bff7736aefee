import JSONDocuments

/// `uniqueItems`, in linear time.
extension Acceptor {
    /// Arrays up to this length are compared pair by pair.
    private static var pairwiseLimit: Int { 8 }

    /// Whether no two elements are equal.
    mutating func hasUniqueItems(_ index: Int, _ count: Int) -> Bool {
        if count < 2 { return true }
        if count > Self.pairwiseLimit { return hasUniqueHashes(index, count) }
        let end = Int(view.nodes[index].next)
        var element = index &+ 1
        while element < end {
            var other = Int(view.nodes[element].next)
            while other < end {
                if mayBeSame(element, other), isSame(element, other) || halted != nil { return false }
                other = Int(view.nodes[other].next)
            }
            element = Int(view.nodes[element].next)
        }
        return true
    }

    /// Whether two elements cannot be told apart at a glance, as two strings without escapes of different lengths can.
    @inline(__always)
    private func mayBeSame(_ element: Int, _ other: Int) -> Bool {
        let one = view.nodes[element]
        let two = view.nodes[other]
        guard case .string = one.kind, case .string = two.kind, !one.isDecoded, !two.isDecoded
        else { return true }
        return one.upper &- one.lower == two.upper &- two.lower
    }

    /// Compares two elements within the budget.
    private mutating func isSame(_ element: Int, _ other: Int) -> Bool {
        var budget = steps
        let result = StructuralEquality.areEqual(view, element, view, other, &budget)
        return spend(steps &- budget) && result
    }

    /// Puts the hash of every element into a table; only elements with equal hashes are compared.
    @inline(never)
    private mutating func hasUniqueHashes(_ index: Int, _ count: Int) -> Bool {
        let end = Int(view.nodes[index].next)
        guard spend(end &- index) else { return false }
        var size = 32
        while size < count &* 2 { size &*= 2 }
        let base = workspace.pointee.words.count
        workspace.pointee.words.extend(to: base &+ size, with: 0)
        defer { workspace.pointee.words.truncate(to: base) }
        let table = workspace.pointee.words.elements + base
        var element = index &+ 1
        while element < end {
            let hash = UInt64(truncatingIfNeeded: StructuralHash.hash(view, element))
            var slot = Int(truncatingIfNeeded: hash) & (size &- 1)
            // A slot holds the upper half of the hash and the node; node 0 is no element.
            while table[slot] != 0 {
                if table[slot] &>> 32 == hash &>> 32 {
                    let other = Int(truncatingIfNeeded: table[slot] & 0xFFFF_FFFF)
                    if isSame(element, other) || halted != nil { return false }
                }
                slot = (slot &+ 1) & (size &- 1)
            }
            table[slot] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(truncatingIfNeeded: element)
            element = Int(view.nodes[element].next)
        }
        return true
    }
}
