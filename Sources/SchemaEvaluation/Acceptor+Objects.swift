import JSONDocuments
import PatternMatching

/// Objects.
extension Acceptor {
    /// Runs the steps for objects.
    mutating func runObject(_ first: UInt32, _ end: UInt32, _ index: Int) -> Bool {
        let count = view.nodes[index].childCount
        guard spend(count) else { return false }
        for place in first..<end {
            let step = tables.instructions[Int(place)]
            switch step.opcode {
            case .object: guard checkMembers(tables.objects + Int(step.a), index, count) else { return false }
            case .minProperties: guard count >= Int(step.a) else { return false }
            case .maxProperties: guard count <= Int(step.a) else { return false }
            case .propertyNames: guard checkNames(step.a, index) else { return false }
            case .dependentRequired: guard keepsDependency(step.a, index) else { return false }
            case .dependentSchema:
                if has(step.a, index), !check(step.b, index) { return false }
            default: assertionFailure("a step in the wrong section")
            }
        }
        return true
    }

    /// Checks `properties`, `patternProperties`, `additionalProperties` and `required` in one walk.
    private mutating func checkMembers(_ plan: UnsafePointer<ObjectPlan>, _ index: Int, _ count: Int) -> Bool {
        let required = Int(plan.pointee.requiredCount)
        guard count >= required else { return false }
        if tracksBelow, !plan.pointee.isRequiredOnly { noteDescribed(index) }
        if required > 64 {
            let base = workspace.pointee.words.count
            workspace.pointee.words.extend(to: base &+ (required &+ 63) / 64, with: 0)
            defer { workspace.pointee.words.truncate(to: base) }
            return walk(plan, index, missing: 0, words: base) && hasAll(required, base)
        }
        let missing: UInt64 = required == 64 ? .max : (1 &<< UInt64(required)) &- 1
        return walk(plan, index, missing: missing, words: -1)
    }

    /// Whether every bit of a large set of required names is set.
    private func hasAll(_ required: Int, _ base: Int) -> Bool {
        var found = 0
        let words = workspace.pointee.words.elements
        for word in 0..<(required &+ 63) / 64 { found &+= words[base &+ word].nonzeroBitCount }
        return found == required
    }

    /// Walks over the members.
    /// - Parameters:
    ///   - missing: One bit for each required name.
    ///   - words: Where more than 64 bits lie instead; negative if they do not.
    /// - Returns: Whether every member keeps its schema and no bit is left.
    @inline(__always)
    private mutating func walk(
        _ plan: UnsafePointer<ObjectPlan>, _ index: Int, missing: UInt64, words: Int
    ) -> Bool {
        var missing = missing
        var member = index &+ 1
        let end = Int(view.nodes[index].next)
        let names = plan.pointee.names
        let entries = tables.names + Int(names.entries)
        // Members usually come in the order of the schema: the next name is tried before the table is asked.
        var expected = 0
        while member < end {
            let text = view.content(of: member)
            let key = NameKey(text)
            let value = member &+ 1
            var isKnown = false
            let number =
                expected < Int(names.count) && entries[expected].matches(key, text, tables)
                ? expected : names.find(key, text, tables)
            if number >= 0 {
                expected = number &+ 1
                let entry = entries + number
                if entry.pointee.required != NameEntry.notRequired {
                    if words < 0 {
                        missing &= ~(1 &<< UInt64(entry.pointee.required))
                        if missing == 0, plan.pointee.isRequiredOnly { return true }
                    } else {
                        let bit = Int(entry.pointee.required)
                        workspace.pointee.words.elements[words &+ bit &>> 6] |= 1 &<< UInt64(bit & 63)
                    }
                }
                if entry.pointee.schema != SchemaProgram.noSchema {
                    isKnown = true
                    guard checkChild(entry.pointee.schema, value) else { return false }
                }
            }
            if plan.pointee.patternCount > 0 {
                guard checkPatterns(plan, text, value, &isKnown) else { return false }
            }
            if !isKnown {
                if plan.pointee.isClosed { return false }
                if plan.pointee.additional != SchemaProgram.noSchema {
                    guard checkChild(plan.pointee.additional, value) else { return false }
                }
            }
            member = Int(view.nodes[value].next)
        }
        return missing == 0
    }

    /// Checks a member against the pattern properties.
    @inline(never)
    private mutating func checkPatterns(
        _ plan: UnsafePointer<ObjectPlan>, _ name: UnsafeRawBufferPointer, _ value: Int, _ isKnown: inout Bool
    ) -> Bool {
        guard spend(Int(plan.pointee.patternCount)) else { return false }
        for number in 0..<plan.pointee.patternCount {
            let property = tables.patternProperties[Int(plan.pointee.patterns &+ number)]
            if matches(property.pattern, name) {
                isKnown = true
                guard checkChild(property.schema, value) else { return false }
            } else if halted != nil {
                return false
            }
        }
        return true
    }

    /// Checks every name as a string.
    private mutating func checkNames(_ schema: UInt32, _ index: Int) -> Bool {
        let tracked = tracks
        tracks = false
        defer { tracks = tracked }
        var member = index &+ 1
        let end = Int(view.nodes[index].next)
        while member < end {
            guard check(schema, member) else { return false }
            member = Int(view.nodes[member &+ 1].next)
        }
        return true
    }

    /// Whether an object has a name.
    /// - Parameter name: Index of the name among the program's names.
    func has(_ name: UInt32, _ index: Int) -> Bool {
        let entry = tables.names[Int(name)]
        return view.value(forKey: tables.text(of: entry), inObject: index) != nil
    }

    /// Whether an object has all names that one of its names demands.
    private mutating func keepsDependency(_ number: UInt32, _ index: Int) -> Bool {
        let plan = tables.dependencies[Int(number)]
        guard has(plan.trigger, index) else { return true }
        guard spend(Int(plan.count) &* view.nodes[index].childCount) else { return false }
        for name in plan.names..<(plan.names &+ plan.count) where !has(name, index) { return false }
        return true
    }
}
