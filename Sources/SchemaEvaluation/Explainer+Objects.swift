import JSONDocuments

/// Objects.
extension Explainer {
    /// Nodes of the members' names.
    func members(of index: Int) -> [Int] {
        var result: [Int] = []
        var member = index + 1
        let end = Int(view.nodes[index].next)
        while member < end {
            result.append(member)
            member = Int(view.nodes[member + 1].next)
        }
        return result
    }

    /// Runs a step for objects.
    mutating func runObject(_ step: Instruction, _ index: Int, _ evaluated: inout Evaluated) -> Bool {
        let members = members(of: index)
        guard spend(members.count) else { return false }
        switch step.opcode {
        case .object: return runMembers(tables.objects[Int(step.a)], members, &evaluated)
        case .minProperties:
            if members.count >= Int(step.a) { return true }
            report(
                step.location,
                "expected at least \(Self.count(Int(step.a), "property", "properties")), found \(members.count)")
            return false
        case .maxProperties:
            if members.count <= Int(step.a) { return true }
            report(
                step.location,
                "expected at most \(Self.count(Int(step.a), "property", "properties")), found \(members.count)")
            return false
        case .propertyNames:
            var holds = true
            for member in members {
                var none = Evaluated()
                if holdsSilently(step.a, member, &none) { continue }
                holds = false
                report(step.location, "\"\(name(of: member))\" is no property name that is allowed here")
                if isDone || halted != nil { return false }
            }
            return holds
        case .dependentRequired: return runDependency(tables.dependencies[Int(step.a)], index, step.location)
        case .dependentSchema:
            let trigger = tables.names[Int(step.a)]
            guard view.value(forKey: tables.text(of: trigger), inObject: index) != nil else { return true }
            return check(step.b, index, &evaluated)
        default:
            assertionFailure("a step in the wrong section")
            return false
        }
    }

    /// Checks `properties`, `patternProperties`, `additionalProperties` and `required`.
    private mutating func runMembers(_ plan: ObjectPlan, _ members: [Int], _ evaluated: inout Evaluated) -> Bool {
        var holds = true
        var present = Set<Int>()
        for member in members {
            let text = view.text(of: member)
            var isKnown = false
            let number = plan.names.find(NameKey(text), text, tables)
            if number >= 0 {
                present.insert(number)
                let schema = tables.names[Int(plan.names.entries) + number].schema
                if schema != SchemaProgram.noSchema {
                    isKnown = true
                    holds = checkChild(schema, member + 1, .member(member), &evaluated) && holds
                }
            }
            for place in plan.patterns..<(plan.patterns + plan.patternCount) {
                let property = tables.patternProperties[Int(place)]
                guard spend(1), let isFound = matches(property.pattern, text) else { return false }
                guard isFound else { continue }
                isKnown = true
                holds = checkChild(property.schema, member + 1, .member(member), &evaluated) && holds
            }
            if !isKnown {
                if plan.isClosed {
                    holds = false
                    let name = name(of: member)
                    let hint = isDone ? "" : suggestion(for: name, in: plan.names)
                    report(plan.additionalLocation, at: [.member(member)], "unknown property \"\(name)\"\(hint)")
                } else if plan.additional != SchemaProgram.noSchema {
                    holds = checkChild(plan.additional, member + 1, .member(member), &evaluated) && holds
                }
            }
            if !holds, isDone || halted != nil { return false }
        }
        return hasRequired(plan, present) && holds
    }

    /// Reports every required name that is absent.
    private mutating func hasRequired(_ plan: ObjectPlan, _ present: Set<Int>) -> Bool {
        var holds = true
        for number in 0..<Int(plan.names.count) where !present.contains(number) {
            let entry = tables.names[Int(plan.names.entries) + number]
            guard entry.required != NameEntry.notRequired else { continue }
            holds = false
            let name = String(decoding: tables.text(of: entry), as: UTF8.self)
            report(plan.requiredLocation, "the required property \"\(name)\" is missing")
        }
        return holds
    }

    /// Checks the names that a name demands.
    private mutating func runDependency(_ plan: DependencyPlan, _ index: Int, _ location: UInt32) -> Bool {
        let trigger = tables.names[Int(plan.trigger)]
        guard view.value(forKey: tables.text(of: trigger), inObject: index) != nil else { return true }
        var holds = true
        for place in plan.names..<(plan.names + plan.count) {
            let demanded = tables.text(of: tables.names[Int(place)])
            guard view.value(forKey: demanded, inObject: index) == nil else { continue }
            holds = false
            let name = String(decoding: demanded, as: UTF8.self)
            let cause = String(decoding: tables.text(of: trigger), as: UTF8.self)
            report(location, "the property \"\(name)\" is missing, which \"\(cause)\" requires")
        }
        return holds
    }
}
