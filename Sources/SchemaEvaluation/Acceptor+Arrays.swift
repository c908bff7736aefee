import JSONDocuments

/// Arrays.
extension Acceptor {
    /// Runs the steps for arrays.
    mutating func runArray(_ first: UInt32, _ end: UInt32, _ index: Int) -> Bool {
        let count = view.nodes[index].childCount
        guard spend(count) else { return false }
        for place in first..<end {
            let step = tables.instructions[Int(place)]
            switch step.opcode {
            case .items: guard checkItems(step.a, from: Int(step.b), index) else { return false }
            case .minItems: guard count >= Int(step.a) else { return false }
            case .maxItems: guard count <= Int(step.a) else { return false }
            case .prefixItems: guard checkPrefix(step.a, step.b, index) else { return false }
            case .contains: guard checkContains(tables.contains[Int(step.a)], index) else { return false }
            case .uniqueItems: guard hasUniqueItems(index, count) else { return false }
            default: assertionFailure("a step in the wrong section")
            }
        }
        return true
    }

    /// Checks every element from one on.
    private mutating func checkItems(_ schema: UInt32, from first: Int, _ index: Int) -> Bool {
        var element = index &+ 1
        let end = Int(view.nodes[index].next)
        var skipped = 0
        while skipped < first, element < end {
            element = Int(view.nodes[element].next)
            skipped &+= 1
        }
        while element < end {
            guard checkChild(schema, element) else { return false }
            element = Int(view.nodes[element].next)
        }
        return true
    }

    /// Checks the first elements, each against its own schema.
    private mutating func checkPrefix(_ list: UInt32, _ count: UInt32, _ index: Int) -> Bool {
        var element = index &+ 1
        let end = Int(view.nodes[index].next)
        for number in 0..<count {
            guard element < end else { return true }
            guard checkChild(tables.schemaLists[Int(list &+ number)], element) else { return false }
            element = Int(view.nodes[element].next)
        }
        return true
    }

    /// Counts the elements that keep a schema.
    private mutating func checkContains(_ plan: ContainsPlan, _ index: Int) -> Bool {
        var found: UInt32 = 0
        var element = index &+ 1
        let end = Int(view.nodes[index].next)
        let tracked = tracks
        defer { tracks = tracked }
        while element < end {
            let base = workspace.pointee.evaluated.count
            tracks = tracked && tracksBelow
            let holds = check(plan.schema, element)
            tracks = tracked
            if !holds { workspace.pointee.evaluated.truncate(to: base) }
            if holds {
                found &+= 1
                if found > plan.maximum { return false }
                if plan.evaluates { note(element) }
                if !tracked, plan.maximum == .max, found >= plan.minimum { return true }
            } else if halted != nil {
                return false
            }
            element = Int(view.nodes[element].next)
        }
        return found >= plan.minimum
    }
}
