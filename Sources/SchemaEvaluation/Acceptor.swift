import JSONDocuments
import PatternMatching

/// The fast executor: yes or no, no memory of its own, no words.
///
/// A limit sets `halted` and makes every further check fail, so that the evaluation unwinds at once; whoever asks at
/// the top looks at `halted` before the result. Nested calls are bounded by `EvaluationLimits.depth`.
///
/// Tracking: while `tracks` is set, every keyword notes the children that it evaluated in `workspace.evaluated`. Who
/// tries a schema that may fail (`anyOf`, `not`, `if`) cuts the notes of a failed try off again. Children are checked
/// with tracking off, so the notes of one object or array lie together, unless `tracksBelow` asks for those of all levels
/// (`SchemaProgram.undeclaredMembers`).
struct Acceptor {
    /// The program.
    let tables: ProgramTables
    /// The document with the value.
    let view: JSONView
    /// The document with the constants.
    let constants: JSONView
    /// Memory of the thread.
    let workspace: UnsafeMutablePointer<EvaluationWorkspace>
    /// Steps left.
    var steps: Int
    /// Schemas that may still be entered within each other.
    var depth: Int
    /// Whether evaluated children are noted.
    var tracks = false
    /// Whether the children of children are noted too, and objects whose members are described.
    var tracksBelow = false
    /// The limit that was hit.
    var halted: UndecidedReason?

    /// An executor for one value.
    init(
        _ tables: ProgramTables, _ view: JSONView, _ constants: JSONView,
        _ workspace: UnsafeMutablePointer<EvaluationWorkspace>
    ) {
        self.tables = tables
        self.view = view
        self.constants = constants
        self.workspace = workspace
        steps = workspace.pointee.limits.steps(forNodes: view.count)
        depth = workspace.pointee.limits.depth
    }

    /// Gives up.
    /// - Returns: Always `false`.
    @inline(never)
    mutating func halt(_ reason: UndecidedReason) -> Bool {
        if halted == nil { halted = reason }
        steps = 0
        return false
    }

    /// Checks a value against a schema.
    /// - Parameters:
    ///   - schema: Index of the header.
    ///   - index: The value's node.
    @inline(__always)
    mutating func check(_ schema: UInt32, _ index: Int) -> Bool {
        let header = tables.headers + Int(schema)
        let kind = view.nodes[index].kind
        guard header.pointee.types.admits(kind) else {
            // Patterns, not `==`: that is a call through a table, here and below.
            guard case .number = kind else { return false }
            return isAdmittedInteger(header, index)
        }
        return header.pointee.isTypeOnly || run(header, index, kind)
    }

    /// Whether a number is an integer where only integers are admitted, and keeps the rest of the schema.
    @inline(never)
    private mutating func isAdmittedInteger(_ header: UnsafePointer<SchemaHeader>, _ index: Int) -> Bool {
        guard header.pointee.types.contains(.integer) else { return false }
        if !view.nodes[index].isIntegerLiteral {
            guard !header.pointee.integersBySpelling, ExactNumber.isMathematicalInteger(view.content(of: index)) else {
                return false
            }
        }
        return header.pointee.isTypeOnly || run(header, index, .number)
    }

    /// Runs the steps of a schema.
    @inline(never)
    private mutating func run(_ header: UnsafePointer<SchemaHeader>, _ index: Int, _ kind: JSONKind) -> Bool {
        guard depth > 0 else { return halt(.depth) }
        guard spend(1) else { return false }
        if header.pointee.tracks { return runTracking(header, index, kind) }
        depth &-= 1
        defer { depth &+= 1 }
        return runSections(header, index, kind)
    }

    /// Runs the steps of a schema that asks what was evaluated.
    private mutating func runTracking(_ header: UnsafePointer<SchemaHeader>, _ index: Int, _ kind: JSONKind) -> Bool {
        let outerBase = trackingBase
        let outerTracks = tracks
        let base = workspace.pointee.evaluated.count
        trackingBase = base
        tracks = true
        depth &-= 1
        let result = runSections(header, index, kind)
        depth &+= 1
        tracks = outerTracks
        trackingBase = outerBase
        if !outerTracks { workspace.pointee.evaluated.truncate(to: base) }
        return result
    }

    /// Where the notes of the schema that asks begin.
    var trackingBase = 0

    /// Runs the section for the value's kind, then the section for all kinds.
    @inline(__always)
    private mutating func runSections(
        _ header: UnsafePointer<SchemaHeader>, _ index: Int, _ kind: JSONKind
    ) -> Bool {
        let sections = header.pointee
        switch kind {
        case .string:
            if sections.first < sections.numbers, !runString(sections.first, sections.numbers, index) { return false }
        case .number:
            if sections.numbers < sections.arrays, !runNumber(sections.numbers, sections.arrays, index) { return false }
        case .array:
            if sections.arrays < sections.objects, !runArray(sections.arrays, sections.objects, index) { return false }
        case .object:
            if sections.objects < sections.any, !runObject(sections.objects, sections.any, index) { return false }
        case .null, .false, .true: break
        }
        return sections.any == sections.end || runAny(sections.any, sections.end, index)
    }

    /// Takes steps from the budget.
    @inline(__always)
    mutating func spend(_ count: Int) -> Bool {
        steps &-= count
        return steps > 0 || halt(.steps)
    }

    /// Checks a child, with its notes apart from those of its parent.
    @inline(__always)
    mutating func checkChild(_ schema: UInt32, _ index: Int) -> Bool {
        guard tracks else { return check(schema, index) }
        return checkTrackedChild(schema, index)
    }

    /// Checks a child of a value whose evaluated children are noted, and notes it.
    @inline(never)
    private mutating func checkTrackedChild(_ schema: UInt32, _ index: Int) -> Bool {
        // The notes of a child that fails are cut off with those of the schema that fails with it.
        tracks = tracksBelow
        let result = check(schema, index)
        tracks = true
        if result { note(index) }
        return result
    }

    /// Notes an object with members about whose members a schema says something, by the node of its first name.
    @inline(never)
    mutating func noteDescribed(_ object: Int) {
        if view.nodes[object].childCount > 0 { note(object &+ 1) }
    }

    /// Notes an evaluated child.
    @inline(__always)
    mutating func note(_ index: Int) {
        if tracks { workspace.pointee.evaluated.append(UInt32(truncatingIfNeeded: index)) }
    }

    /// Checks a schema whose failure is no failure yet, and forgets the notes of a failed try.
    mutating func attempt(_ schema: UInt32, _ index: Int) -> Bool {
        guard tracks else { return check(schema, index) }
        let base = workspace.pointee.evaluated.count
        let result = check(schema, index)
        if !result { workspace.pointee.evaluated.truncate(to: base) }
        return result
    }
}
