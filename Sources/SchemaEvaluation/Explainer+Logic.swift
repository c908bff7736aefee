import JSONDocuments

/// Values of any kind: enumerations, references, branches, and what was evaluated.
extension Explainer {
    /// Runs a step for values of any kind.
    mutating func runAny(_ step: Instruction, _ index: Int, _ evaluated: inout Evaluated) -> Bool {
        switch step.opcode {
        case .apply: return check(step.a, index, &evaluated)
        case .enumeration: return isListed(tables.enumerations[Int(step.a)], index, step.location)
        case .anyOf: return runAnyOf(step, index, &evaluated)
        case .oneOf: return runOneOf(step, index, &evaluated)
        case .taggedAnyOf: return runAnyOf(withoutTag(step, .anyOf), index, &evaluated)
        case .taggedOneOf: return runOneOf(withoutTag(step, .oneOf), index, &evaluated)
        case .not:
            var none = Evaluated()
            let holds = holdsSilently(step.a, index, &none)
            if halted != nil { return false }
            if holds { report(step.location, "the value is of a kind that is not allowed here") }
            return !holds
        case .condition:
            let holds = holdsSilently(tables.schemaLists[Int(step.a)], index, &evaluated)
            if halted != nil { return false }
            let branch = tables.schemaLists[Int(step.a) + (holds ? 1 : 2)]
            return branch == SchemaProgram.noSchema || check(branch, index, &evaluated)
        case .never:
            let isForbidden = step.a == Instruction.wrongDirection
            report(
                step.location,
                isForbidden ? "the property must not be sent in this direction" : "no value is allowed here")
            return false
        default:
            assertionFailure("a step in the wrong section")
            return false
        }
    }

    /// Whether the value is one of a list.
    private mutating func isListed(_ plan: EnumerationPlan, _ index: Int, _ location: UInt32) -> Bool {
        let candidates = children(of: Int(plan.values))
        for constant in candidates {
            var budget = steps
            let isEqual = StructuralEquality.areEqual(view, index, constants, constant, &budget)
            guard spend(steps - budget) else { return false }
            if isEqual { return true }
        }
        let shown = candidates.prefix(12).map(describeConstant)
        let rest = candidates.count > shown.count ? ", …" : ""
        let list = shown.joined(separator: ", ") + rest
        let expectation = plan.isConstant ? "expected \(list)" : "expected one of \(list)"
        report(location, expectation + (echoesValues ? echo(index) : ", found \(describeOther(plan, index))"))
        return false
    }

    /// The elements of an array of constants.
    private func children(of index: Int) -> [Int] {
        var result: [Int] = []
        var element = index + 1
        let end = Int(constants.nodes[index].next)
        while element < end {
            result.append(element)
            element = Int(constants.nodes[element].next)
        }
        return result
    }

    /// A constant as JSON; containers are named only.
    private func describeConstant(_ index: Int) -> String {
        let text = String(decoding: constants.text(of: index).prefix(80), as: UTF8.self)
        return switch constants.nodes[index].kind {
        case .null: "null"
        case .false: "false"
        case .true: "true"
        case .number: text
        case .string: "\"\(text)\""
        case .array: "a certain array"
        case .object: "a certain object"
        }
    }

    /// What was found instead of a constant: its kind, or another value of the same kind.
    private func describeOther(_ plan: EnumerationPlan, _ index: Int) -> String {
        let kind = view.nodes[index].kind
        guard plan.types.admits(kind) else { return describeKind(of: index) }
        return kind == .string ? "another text" : "another value"
    }

    /// A choice with all its branches: what is explained does not depend on tags.
    private func withoutTag(_ step: Instruction, _ opcode: Opcode) -> Instruction {
        let plan = tables.choices[Int(step.a)]
        return Instruction(opcode, a: plan.branches, b: plan.branchCount, location: step.location)
    }

    /// Tries the branches of `anyOf`; if none holds, the nearest one is explained.
    private mutating func runAnyOf(_ step: Instruction, _ index: Int, _ evaluated: inout Evaluated) -> Bool {
        var holds = false
        for number in step.a..<(step.a + step.b) {
            if holdsSilently(tables.schemaLists[Int(number)], index, &evaluated) { holds = true }
            if halted != nil { return false }
        }
        if !holds { reportBranches(step, index, "the value fits none of the \(step.b) alternatives") }
        return holds
    }

    /// Tries the branches of `oneOf`.
    private mutating func runOneOf(_ step: Instruction, _ index: Int, _ evaluated: inout Evaluated) -> Bool {
        var held: [Int] = []
        var own = Evaluated()
        for number in 0..<Int(step.b) {
            if holdsSilently(tables.schemaLists[Int(step.a) + number], index, &own) { held.append(number) }
            if halted != nil { return false }
        }
        switch held.count {
        case 1:
            evaluated.formUnion(own)
            return true
        case 0: reportBranches(step, index, "the value fits none of the \(step.b) alternatives")
        default:
            let list = held.prefix(8).map(String.init).joined(separator: ", ")
            report(step.location, "the value fits \(held.count) alternatives (\(list)), but exactly one is allowed")
        }
        return false
    }

    /// Reports that no branch holds, then what is wrong with the one that fails for the fewest and deepest reasons.
    private mutating func reportBranches(_ step: Instruction, _ index: Int, _ message: String) {
        guard !isDone else { return }
        let before = violations
        var best: [SchemaViolation] = []
        var bestScore = Int.min
        for number in step.a..<(step.a + min(step.b, 32)) {
            violations = []
            var none = Evaluated()
            _ = check(tables.schemaLists[Int(number)], index, &none)
            if halted != nil { return }
            let score = self.score(violations)
            if score > bestScore {
                bestScore = score
                best = violations
            }
        }
        violations = before
        report(step.location, message)
        violations += best.prefix(max(0, limit - violations.count))
    }

    /// How near a failed branch is: a wrong kind or a wrong constant at the top says that it was not meant.
    private func score(_ violations: [SchemaViolation]) -> Int {
        let top = violations.first?.instancePointer.utf8.count ?? 0
        let isAlien = violations.contains { violation in
            violation.instancePointer.utf8.count == top && (violation.keyword == "type" || violation.keyword == "false")
        }
        let isOtherConstant = violations.contains { $0.keyword == "const" || $0.keyword == "enum" }
        return (isAlien ? -10_000 : 0) + (isOtherConstant ? -1_000 : 0) - violations.count
    }

    /// Checks what nothing has evaluated.
    mutating func runUnevaluated(_ step: Instruction, _ index: Int, _ evaluated: inout Evaluated) -> Bool {
        let kind = view.nodes[index].kind
        var holds = true
        if step.opcode == .unevaluatedProperties {
            guard kind == .object else { return true }
            for member in members(of: index) where !evaluated.contains(member + 1) {
                if isNever(step.a) {
                    holds = false
                    report(
                        step.location, at: [.member(member)],
                        "unknown property \"\(name(of: member))\": nothing here describes it")
                } else {
                    holds = checkChild(step.a, member + 1, .member(member), &evaluated) && holds
                }
                if !holds, isDone || halted != nil { return false }
            }
        } else {
            guard kind == .array else { return true }
            for (number, element) in elements(of: index).enumerated() where !evaluated.contains(element) {
                if isNever(step.a) {
                    holds = false
                    report(step.location, at: [.element(number)], "element \(number) is one too many")
                } else {
                    holds = checkChild(step.a, element, .element(number), &evaluated) && holds
                }
                if !holds, isDone || halted != nil { return false }
            }
        }
        return holds
    }

    /// Whether a schema is `false`.
    private func isNever(_ schema: UInt32) -> Bool {
        let header = tables.headers[Int(schema)]
        return header.any < header.end && tables.instructions[Int(header.any)].opcode == .never
    }
}
