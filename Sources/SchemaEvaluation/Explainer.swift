import JSONDocuments
import PatternMatching

/// The explaining executor: what is wrong, where, and by which keyword.
///
/// Written from the same program as `Acceptor`, but by itself: it returns what was evaluated instead of keeping notes,
/// and goes on after a violation. The conformance tests hold both to the same answers.
struct Explainer {
    /// Children of one value that were evaluated, by node.
    typealias Evaluated = Set<Int>

    /// The program.
    let program: SchemaProgram
    /// Its memory.
    let tables: ProgramTables
    /// The document with the value.
    let view: JSONView
    /// The document with the constants.
    let constants: JSONView
    /// The value where instance pointers begin.
    let root: Int
    /// Most violations to collect.
    let limit: Int
    /// Whether messages may repeat values.
    let echoesValues: Bool
    /// What was found so far.
    var violations: [SchemaViolation] = []
    /// Whether violations matter: not while a branch is tried that may fail.
    var isSilent = false
    /// The way from the root to the value at hand.
    var path: [PathStep] = []
    /// Memory for patterns.
    var scratch = PatternScratchBox()
    /// Steps left.
    var steps: Int
    /// Schemas that may still be entered within each other.
    var depth: Int
    /// The limit that was hit.
    var halted: UndecidedReason?

    /// A step from a container to a child.
    enum PathStep {
        /// To the member with the name of this node.
        case member(Int)
        /// To an element.
        case element(Int)
    }

    /// An executor for one value.
    init(
        _ program: SchemaProgram, _ view: JSONView, _ constants: JSONView, root: Int, limit: Int, echoesValues: Bool
    ) {
        let limits = EvaluationLimits()
        self.program = program
        tables = program.tables
        self.view = view
        self.constants = constants
        self.root = root
        self.limit = max(limit, 1)
        self.echoesValues = echoesValues
        steps = limits.steps(forNodes: view.count)
        // A frame here is larger than in the fast executor.
        depth = limits.depth
    }

    /// Explains the value at the root.
    mutating func explain(_ schema: UInt32) -> [SchemaViolation] {
        var evaluated = Evaluated()
        let holds = check(schema, root, &evaluated)
        if let halted { return [.undecided(halted)] }
        assert(holds == violations.isEmpty, "a failure without a violation")
        return violations
    }

    /// Gives up.
    /// - Returns: Always `false`.
    mutating func halt(_ reason: UndecidedReason) -> Bool {
        if halted == nil { halted = reason }
        steps = 0
        return false
    }

    /// Takes steps from the budget.
    mutating func spend(_ count: Int) -> Bool {
        steps &-= count
        return steps > 0 || halt(.steps)
    }

    /// Whether further violations are of no interest.
    var isDone: Bool { isSilent || violations.count >= limit }

    /// Checks a value against a schema.
    /// - Parameter evaluated: Receives the children that were evaluated, if the schema holds.
    /// - Returns: Whether the schema holds.
    mutating func check(_ schema: UInt32, _ index: Int, _ evaluated: inout Evaluated) -> Bool {
        guard depth > 0 else { return halt(.depth) }
        guard spend(1) else { return false }
        depth &-= 1
        defer { depth &+= 1 }
        let header = tables.headers[Int(schema)]
        let node = view.nodes[index]
        guard admits(header, node, index) else {
            if halted == nil { reportType(header, index) }
            return false
        }
        var own = Evaluated()
        var holds = true
        let section: Range<UInt32> =
            switch node.kind {
            case .string: header.first..<header.numbers
            case .number: header.numbers..<header.arrays
            case .array: header.arrays..<header.objects
            case .object: header.objects..<header.any
            case .null, .false, .true: header.any..<header.any
            }
        for place in [section, header.any..<header.end].joined() {
            if !run(tables.instructions[Int(place)], index, &own) {
                holds = false
                if isDone || halted != nil { return false }
            }
        }
        if holds { evaluated.formUnion(own) }
        return holds && halted == nil
    }

    /// Whether the value's kind is admitted.
    private func admits(_ header: SchemaHeader, _ node: JSONNode, _ index: Int) -> Bool {
        if header.types.admits(node.kind) { return true }
        guard node.kind == .number, header.types.contains(.integer) else { return false }
        if node.flags.contains(.integerLiteral) { return true }
        return !header.integersBySpelling && ExactNumber.isMathematicalInteger(view.text(of: index))
    }

    /// Runs one step.
    private mutating func run(_ step: Instruction, _ index: Int, _ evaluated: inout Evaluated) -> Bool {
        switch step.opcode {
        case .minLength, .maxLength, .pattern, .format: runString(step, index)
        case .minimum, .maximum, .exclusiveMinimum, .exclusiveMaximum, .multipleOf, .numberFormat:
            runNumber(step, index)
        case .minItems, .maxItems, .uniqueItems, .items, .prefixItems, .contains: runArray(step, index, &evaluated)
        case .minProperties, .maxProperties, .object, .propertyNames, .dependentRequired, .dependentSchema:
            runObject(step, index, &evaluated)
        case .enumeration, .apply, .anyOf, .oneOf, .taggedAnyOf, .taggedOneOf, .not, .condition, .never:
            runAny(step, index, &evaluated)
        case .unevaluatedItems, .unevaluatedProperties: runUnevaluated(step, index, &evaluated)
        }
    }

    /// Checks a child, one step further down.
    mutating func checkChild(
        _ schema: UInt32, _ index: Int, _ step: PathStep, _ evaluated: inout Evaluated
    ) -> Bool {
        path.append(step)
        defer { path.removeLast() }
        var below = Evaluated()
        let holds = check(schema, index, &below)
        if holds { evaluated.insert(index) }
        return holds
    }

    /// Checks a schema without reporting anything.
    mutating func holdsSilently(_ schema: UInt32, _ index: Int, _ evaluated: inout Evaluated) -> Bool {
        let wasSilent = isSilent
        isSilent = true
        defer { isSilent = wasSilent }
        var own = Evaluated()
        let holds = check(schema, index, &own)
        if holds { evaluated.formUnion(own) }
        return holds
    }
}

/// Memory for patterns behind a reference, so that the explaining executor can be a plain structure.
final class PatternScratchBox {
    /// The memory.
    var scratch = PatternScratch()

    /// Searches a pattern.
    func matches(_ pattern: PatternHandle, _ text: UnsafeRawBufferPointer) -> PatternVerdict {
        pattern.matches(text, using: &scratch)
    }
}
