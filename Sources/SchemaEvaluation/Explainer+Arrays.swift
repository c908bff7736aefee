import JSONDocuments

/// Arrays.
extension Explainer {
    /// Nodes of the elements.
    func elements(of index: Int) -> [Int] {
        var result: [Int] = []
        var element = index + 1
        let end = Int(view.nodes[index].next)
        while element < end {
            result.append(element)
            element = Int(view.nodes[element].next)
        }
        return result
    }

    /// Runs a step for arrays.
    mutating func runArray(_ step: Instruction, _ index: Int, _ evaluated: inout Evaluated) -> Bool {
        let elements = elements(of: index)
        guard spend(elements.count) else { return false }
        switch step.opcode {
        case .minItems:
            if elements.count >= Int(step.a) { return true }
            report(
                step.location,
                "expected at least \(Self.count(Int(step.a), "element", "elements")), found \(elements.count)")
            return false
        case .maxItems:
            if elements.count <= Int(step.a) { return true }
            report(
                step.location,
                "expected at most \(Self.count(Int(step.a), "element", "elements")), found \(elements.count)")
            return false
        case .uniqueItems: return hasUniqueItems(elements, step.location)
        case .items:
            var holds = true
            for (number, element) in elements.enumerated().dropFirst(Int(step.b)) {
                if !checkChild(step.a, element, .element(number), &evaluated) {
                    holds = false
                    if isDone || halted != nil { return false }
                }
            }
            return holds
        case .prefixItems:
            var holds = true
            for (number, element) in elements.enumerated().prefix(Int(step.b)) {
                let schema = tables.schemaLists[Int(step.a) + number]
                if !checkChild(schema, element, .element(number), &evaluated) {
                    holds = false
                    if isDone || halted != nil { return false }
                }
            }
            return holds
        case .contains: return runContains(tables.contains[Int(step.a)], elements, &evaluated)
        default:
            assertionFailure("a step in the wrong section")
            return false
        }
    }

    /// Counts the elements that keep a schema.
    private mutating func runContains(
        _ plan: ContainsPlan, _ elements: [Int], _ evaluated: inout Evaluated
    ) -> Bool {
        var found = 0
        for element in elements {
            var below = Evaluated()
            if holdsSilently(plan.schema, element, &below) {
                found += 1
                if plan.evaluates { evaluated.insert(element) }
            }
            if halted != nil { return false }
        }
        if found < Int(plan.minimum) {
            let wanted = Self.count(Int(plan.minimum), "element", "elements")
            report(plan.minimumLocation, "expected at least \(wanted) of the kind described, found \(found)")
            return false
        }
        if found > Int(plan.maximum) {
            let wanted = Self.count(Int(plan.maximum), "element", "elements")
            report(plan.maximumLocation, "expected at most \(wanted) of the kind described, found \(found)")
            return false
        }
        return true
    }

    /// Looks for two equal elements; only elements with equal hashes are compared.
    private mutating func hasUniqueItems(_ elements: [Int], _ location: UInt32) -> Bool {
        var places: [Int: [Int]] = [:]
        for (number, element) in elements.enumerated() {
            let hash = StructuralHash.hash(view, element)
            for other in places[hash, default: []] {
                var budget = steps
                let isEqual = StructuralEquality.areEqual(view, elements[other], view, element, &budget)
                guard spend(steps - budget) else { return false }
                if isEqual {
                    report(location, "expected elements that all differ, but \(other) and \(number) are equal")
                    return false
                }
            }
            places[hash, default: []].append(number)
        }
        return true
    }
}
