import JSONDocuments

/// Values of any kind: enumerations, references, branches, and what was evaluated.
extension Acceptor {
    /// Runs the steps for values of any kind.
    mutating func runAny(_ first: UInt32, _ end: UInt32, _ index: Int) -> Bool {
        for place in first..<end {
            let step = tables.instructions[Int(place)]
            switch step.opcode {
            case .apply: guard check(step.a, index) else { return false }
            case .enumeration: guard isListed(tables.enumerations + Int(step.a), index) else { return false }
            case .anyOf: guard keepsAny(step.a, step.b, index) else { return false }
            case .oneOf: guard keepsOne(step.a, step.b, index) else { return false }
            case .taggedAnyOf:
                let (list, count) = candidates(tables.choices + Int(step.a), index)
                guard keepsAny(list, count, index) else { return false }
            case .taggedOneOf:
                let (list, count) = candidates(tables.choices + Int(step.a), index)
                guard keepsOne(list, count, index) else { return false }
            case .not: guard breaks(step.a, index) else { return false }
            case .condition: guard keepsCondition(step.a, index) else { return false }
            case .never: return false
            case .unevaluatedItems: guard checkUnevaluatedItems(step.a, index) else { return false }
            case .unevaluatedProperties: guard checkUnevaluatedProperties(step.a, index) else { return false }
            default: assertionFailure("a step in the wrong section")
            }
        }
        return true
    }

    /// Whether the value is one of a list.
    private mutating func isListed(_ plan: UnsafePointer<EnumerationPlan>, _ index: Int) -> Bool {
        let kind = view.nodes[index].kind
        guard plan.pointee.types.admits(kind) else { return false }
        if case .string = kind {
            let text = view.content(of: index)
            return plan.pointee.strings.find(NameKey(text), text, tables) >= 0
        }
        for number in plan.pointee.others..<(plan.pointee.others &+ plan.pointee.otherCount) {
            let constant = Int(tables.schemaLists[Int(number)])
            var budget = steps
            let isEqual = StructuralEquality.areEqual(view, index, constants, constant, &budget)
            guard spend(steps &- budget) else { return false }
            if isEqual { return true }
        }
        return false
    }

    /// The branches that the tag of a value leaves over.
    private func candidates(_ plan: UnsafePointer<ChoicePlan>, _ index: Int) -> (list: UInt32, count: UInt32) {
        let tag = tables.names[Int(plan.pointee.tag)]
        guard let value = view.value(forKey: tables.text(of: tag), inObject: index),
            case .string = view.nodes[value].kind
        else { return (plan.pointee.branches, plan.pointee.branchCount) }
        let text = view.content(of: value)
        let number = plan.pointee.values.find(NameKey(text), text, tables)
        guard number >= 0 else { return (plan.pointee.others, plan.pointee.otherCount) }
        let entry = tables.names + Int(plan.pointee.values.entries) + number
        return (entry.pointee.schema, entry.pointee.required)
    }

    /// Whether at least one branch holds. All are tried if what they evaluate matters.
    private mutating func keepsAny(_ list: UInt32, _ count: UInt32, _ index: Int) -> Bool {
        var holds = false
        for number in list..<(list &+ count) {
            if attempt(tables.schemaLists[Int(number)], index) {
                if !tracks { return true }
                holds = true
            }
            if halted != nil { return false }
        }
        return holds
    }

    /// Whether exactly one branch holds.
    private mutating func keepsOne(_ list: UInt32, _ count: UInt32, _ index: Int) -> Bool {
        var holds = false
        for number in list..<(list &+ count) where attempt(tables.schemaLists[Int(number)], index) {
            if holds { return false }
            holds = true
        }
        return holds && halted == nil
    }

    /// Whether a schema does not hold; whatever it evaluated does not count.
    private mutating func breaks(_ schema: UInt32, _ index: Int) -> Bool {
        let base = workspace.pointee.evaluated.count
        let holds = check(schema, index)
        workspace.pointee.evaluated.truncate(to: base)
        return !holds && halted == nil
    }

    /// Checks `then` or `else`, as `if` says.
    private mutating func keepsCondition(_ list: UInt32, _ index: Int) -> Bool {
        let holds = attempt(tables.schemaLists[Int(list)], index)
        if halted != nil { return false }
        let branch = tables.schemaLists[Int(list &+ (holds ? 1 : 2))]
        return branch == SchemaProgram.noSchema || check(branch, index)
    }

    /// Checks the members that nothing has evaluated.
    private mutating func checkUnevaluatedProperties(_ schema: UInt32, _ index: Int) -> Bool {
        guard case .object = view.nodes[index].kind else { return true }
        if tracksBelow { noteDescribed(index) }
        let stamp = stampEvaluated()
        var member = index &+ 1
        let end = Int(view.nodes[index].next)
        while member < end {
            let value = member &+ 1
            if workspace.pointee.stamps.elements[value] != stamp {
                guard checkChild(schema, value) else { return false }
            }
            member = Int(view.nodes[value].next)
        }
        return true
    }

    /// Checks the elements that nothing has evaluated.
    private mutating func checkUnevaluatedItems(_ schema: UInt32, _ index: Int) -> Bool {
        guard case .array = view.nodes[index].kind else { return true }
        let stamp = stampEvaluated()
        var element = index &+ 1
        let end = Int(view.nodes[index].next)
        while element < end {
            if workspace.pointee.stamps.elements[element] != stamp {
                guard checkChild(schema, element) else { return false }
            }
            element = Int(view.nodes[element].next)
        }
        return true
    }

    /// Marks every child that was noted since the schema began.
    private mutating func stampEvaluated() -> UInt32 {
        let stamp = workspace.pointee.nextStamp(nodes: view.count)
        let evaluated = workspace.pointee.evaluated.elements
        let count = workspace.pointee.evaluated.count
        var place = trackingBase
        while place < count {
            workspace.pointee.stamps.elements[Int(evaluated[place])] = stamp
            place &+= 1
        }
        return stamp
    }
}
