import JSONDocuments

/// Equality of JSON values as JSON Schema defines it (2020-12 core §4.2.2): numbers by value, strings by code points,
/// arrays in order, objects without order.
enum StructuralEquality {
    /// Values nested deeper than this within the compared ones are not compared: the budget is set to nothing.
    private static let maximumDepth = 1_000

    /// Whether two values are equal.
    /// - Parameter budget: Nodes and names that may still be looked at; zero or less afterwards means that there is no
    ///   answer.
    static func areEqual(
        _ left: JSONView, _ leftIndex: Int, _ right: JSONView, _ rightIndex: Int, _ budget: inout Int
    ) -> Bool {
        areEqual(left, leftIndex, right, rightIndex, &budget, maximumDepth)
    }

    /// Whether two values are equal, so deep.
    private static func areEqual(
        _ left: JSONView, _ leftIndex: Int, _ right: JSONView, _ rightIndex: Int, _ budget: inout Int, _ depth: Int
    ) -> Bool {
        budget &-= 1
        guard depth > 0 else {
            budget = 0
            return false
        }
        let one = left.nodes[leftIndex]
        let other = right.nodes[rightIndex]
        guard budget > 0, TypeSet(of: one.kind).admits(other.kind) else { return false }
        switch one.kind {
        case .null, .false, .true: return true
        case .string: return JSONView.isEqual(left.text(of: one), right.text(of: other))
        case .number: return ExactNumber.compare(left.text(of: one), right.text(of: other)) == 0
        case .array:
            guard one.childCount == other.childCount else { return false }
            var child = leftIndex &+ 1
            var counterpart = rightIndex &+ 1
            while child < Int(one.next) {
                guard areEqual(left, child, right, counterpart, &budget, depth &- 1) else { return false }
                child = Int(left.nodes[child].next)
                counterpart = Int(right.nodes[counterpart].next)
            }
            return true
        case .object:
            guard one.childCount == other.childCount else { return false }
            return haveEqualMembers(left, leftIndex, right, rightIndex, &budget, depth)
        }
    }

    /// Objects with more members get a table of names as soon as the order of their members differs.
    private static let searchedCount = 16

    /// Whether two objects with the same number of members have the same members.
    private static func haveEqualMembers(
        _ left: JSONView, _ leftIndex: Int, _ right: JSONView, _ rightIndex: Int, _ budget: inout Int, _ depth: Int
    ) -> Bool {
        let end = Int(left.nodes[leftIndex].next)
        let otherEnd = Int(right.nodes[rightIndex].next)
        let count = right.nodes[rightIndex].childCount
        var member = leftIndex &+ 1
        // Where the other object goes on if the names come in the same order.
        var expected = rightIndex &+ 1
        while member < end {
            let name = left.text(of: member)
            var counterpart = expected
            if expected >= otherEnd || !JSONView.isEqual(right.text(of: expected), name) {
                if count > searchedCount {
                    return haveEqualMembers(left, member..<end, right, rightIndex, count, &budget, depth)
                }
                guard let value = right.value(forKey: name, inObject: rightIndex) else { return false }
                counterpart = value &- 1
            }
            guard areEqual(left, member &+ 1, right, counterpart &+ 1, &budget, depth &- 1) else { return false }
            member = Int(left.nodes[member &+ 1].next)
            expected = Int(right.nodes[counterpart &+ 1].next)
        }
        return true
    }

    /// Compares the rest of a large object with another one by a table of that one's names.
    private static func haveEqualMembers(
        _ left: JSONView, _ rest: Range<Int>, _ right: JSONView, _ rightIndex: Int, _ count: Int, _ budget: inout Int,
        _ depth: Int
    ) -> Bool {
        budget &-= count
        guard budget > 0 else { return false }
        var size = 64
        while size < count &* 2 { size &*= 2 }
        var remaining = budget
        defer { budget = remaining }
        return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: size) { slots in
            // A slot holds the node of a name; node 0 is no name.
            slots.initialize(repeating: 0)
            var member = rightIndex &+ 1
            while member < Int(right.nodes[rightIndex].next) {
                var slot = nameHash(right, member) & (size &- 1)
                while slots[slot] != 0 { slot = (slot &+ 1) & (size &- 1) }
                slots[slot] = UInt32(truncatingIfNeeded: member)
                member = Int(right.nodes[member &+ 1].next)
            }
            member = rest.lowerBound
            while member < rest.upperBound {
                var slot = nameHash(left, member) & (size &- 1)
                var counterpart = Int(slots[slot])
                while counterpart != 0, !JSONView.isEqual(right.text(of: counterpart), left.text(of: member)) {
                    slot = (slot &+ 1) & (size &- 1)
                    counterpart = Int(slots[slot])
                }
                guard counterpart != 0,
                    areEqual(left, member &+ 1, right, counterpart &+ 1, &remaining, depth &- 1)
                else { return false }
                member = Int(left.nodes[member &+ 1].next)
            }
            return true
        }
    }

    /// The hash of a name, seeded for each process.
    private static func nameHash(_ view: JSONView, _ name: Int) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: view.text(of: name))
        return hasher.finalize()
    }
}

/// Hashes of JSON values: equal values have equal hashes. Seeded for each process, so that nobody can prepare
/// collisions.
enum StructuralHash {
    /// Values nested deeper than this do not add to the hash.
    private static let maximumDepth = 200

    /// The hash of a value.
    static func hash(_ view: JSONView, _ index: Int) -> Int { hash(view, index, maximumDepth) }

    /// The hash of a value, so deep.
    private static func hash(_ view: JSONView, _ index: Int, _ depth: Int) -> Int {
        var hasher = Hasher()
        let node = view.nodes[index]
        hasher.combine(node.kind.rawValue)
        switch node.kind {
        case .null, .false, .true: break
        case .string: hasher.combine(bytes: view.text(of: node))
        case .number: ExactNumber.hash(view.text(of: node), into: &hasher)
        case .array:
            guard depth > 0 else { break }
            var child = index &+ 1
            while child < Int(node.next) {
                hasher.combine(hash(view, child, depth &- 1))
                child = Int(view.nodes[child].next)
            }
        case .object:
            guard depth > 0 else { break }
            // A sum does not depend on the order of members.
            var sum = 0
            var member = index &+ 1
            while member < Int(node.next) {
                var pair = Hasher()
                pair.combine(bytes: view.text(of: member))
                pair.combine(hash(view, member &+ 1, depth &- 1))
                sum = sum &+ pair.finalize()
                member = Int(view.nodes[member &+ 1].next)
            }
            hasher.combine(sum)
        }
        return hasher.finalize()
    }
}
