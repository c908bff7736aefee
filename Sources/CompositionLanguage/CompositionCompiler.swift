import JSONDocuments
import OpenAPIDocuments
import SourceDiagnostics

/// Compiles a composition: reads it, looks up every name, checks every reference against the documents' schemas, and
/// gives the plan that is executed.
///
/// Everything wrong is told at once, each with its place in routes/ and, where a document is the reason, a note with the
/// place there.
package struct CompositionCompiler {
    /// A step while it is compiled: what it calls, and what is known of the result.
    struct Draft {
        /// The name.
        let name: String
        /// Where the name stands.
        let range: SourceRange
        /// The map.
        let value: JSONValue
        /// Indices of API and operation; nil where there is no such operation.
        var target: (api: Int, operation: Int)?
        /// Statuses that are no failure.
        var accepted: [Int] = []
        /// Whether every further 2xx is none either.
        var acceptsSuccess = false
        /// The content; nil where no accepted response has JSON.
        var content: ValueType?
        /// Whether the step has `forEach`.
        var isFanOut = false
        /// The text of its `forEach`.
        var fanOutText: String?
        /// Whether it may be left out: `optional`, or a `when`.
        var mayBeMissing = false
        /// Whether single elements may be missing.
        var elementsMayBeMissing = false
        /// What stands in its place.
        var fallback = PlannedStep.Fallback.omit
        /// Steps that it needs.
        var dependencies: Set<Int> = []
        /// Whether anything uses it.
        var isUsed = false
        /// How several elements share a call, as far as the step alone tells.
        var batch: BatchDraft?
    }

    /// Where an expression stands.
    struct Scope {
        /// What `$item` is.
        var item: TypeShape?
        /// The text of the array that is walked.
        var array: String?
        /// The step whose request is being made; nil in the reply.
        var step: Int?
        /// The step that is being undone; nil everywhere else.
        var undoes: Int?
        /// Whether it stands in a `when`.
        var isCondition = false
        /// Whether it is only asked whether there is a value.
        var asksWhether = false
    }

    /// The APIs.
    let apis: [CallableAPI]
    /// The composition.
    let source: CompositionSource
    /// Walks through schemas.
    let walker: ShapeWalker
    /// The inputs.
    var inputs: [InputDraft] = []
    /// What is taken of the caller's token.
    var claims: [ClaimDraft] = []
    /// The steps.
    var drafts: [Draft] = []
    /// Everything wrong.
    var diagnostics: [Diagnostic] = []

    /// Starts on a composition.
    private init(_ source: CompositionSource, _ apis: [CallableAPI]) {
        self.source = source
        self.apis = apis
        walker = ShapeWalker(apis: apis)
    }

    /// Compiles a composition over APIs.
    ///
    /// - Returns: The plan, nil if a diagnostic is an error; and all diagnostics.
    package static func compile(
        _ source: CompositionSource, over apis: [CallableAPI]
    ) -> (plan: CompositionPlan?, diagnostics: [Diagnostic]) {
        var compiler = CompositionCompiler(source, apis)
        let plan = compiler.compile()
        let sorted = Diagnostic.sorted(compiler.diagnostics)
        return (sorted.contains { $0.severity == .error } ? nil : plan, sorted)
    }

    /// The whole composition.
    private mutating func compile() -> CompositionPlan? {
        readInputs()
        readClaims()
        readSteps()
        gatherDemands()
        guard !drafts.isEmpty else {
            report("missing-key", "a composition needs `steps`", at: source.range)
            return nil
        }
        let steps = drafts.indices.compactMap { step($0) }
        let compensations = drafts.indices.map { compensation(of: $0) }
        for step in steps + compensations.compactMap(\.self) { checkCredentials(of: step) }
        var reply = ReplyTemplate.literal(Array("{}".utf8))
        var shape = TypeShape.object([])
        if let respond = source.value["respond"] {
            let (template, type) = self.template(respond, Scope())
            reply = template
            shape = type.shape
            if !type.isCertain, !Self.isObjectTemplate(respond) {
                report("maybe-absent", "the whole reply may be absent", at: respond.range)
            }
        } else {
            report("missing-key", "a composition needs `respond`", at: source.range)
        }
        for index in drafts.indices where !drafts[index].isUsed && drafts[index].target.map(isRead) == true {
            report(
                .warning, "unused-step", "nothing uses what the step `\(drafts[index].name)` gets",
                at: drafts[index].range)
        }
        let stages = stages()
        checkWrites()
        let timeout = duration("timeout", in: source.value)
        if let timeout, let stages { checkTimeout(timeout, steps, stages) }
        guard steps.count == drafts.count, let stages else { return nil }
        return CompositionPlan(
            name: source.name, range: source.range, method: source.method, path: source.path,
            pathRange: source.pathRange, summary: source.value["summary"]?.string,
            description: source.value["description"]?.string,
            tags: source.value["tags"]?.elements.compactMap(\.string) ?? [], timeout: timeout,
            contract: source.value["contract"], inputs: inputs.map { planned($0) },
            claims: claims.map {
                PlannedClaim(name: Array($0.wireName.utf8), kind: $0.type, isRequired: $0.isRequired)
            }, steps: steps,
            compensations: compensations, stages: stages,
            reply: reply, replyShape: shape)
    }

    /// Whether the operation only reads (RFC 9110 §9.2.1).
    func isRead(_ target: (api: Int, operation: Int)) -> Bool {
        ["GET", "HEAD", "OPTIONS"].contains(operation(target).method)
    }

    /// The operation of a step.
    func operation(_ target: (api: Int, operation: Int)) -> Operation {
        apis[target.api].document.operations[target.operation]
    }

    // MARK: The graph

    /// Steps that can begin together, stage after stage; nil where they wait for one another.
    private mutating func stages() -> [[Int]]? {
        var stageOf = [Int?](repeating: nil, count: drafts.count)
        var stages: [[Int]] = []
        while stageOf.contains(nil) {
            let ready = drafts.indices.filter { index in
                stageOf[index] == nil && drafts[index].dependencies.allSatisfy { stageOf[$0] != nil }
            }
            guard !ready.isEmpty else {
                reportCycle(stageOf)
                return nil
            }
            for index in ready { stageOf[index] = stages.count }
            stages.append(ready)
        }
        return stages
    }

    /// Tells one way around.
    private mutating func reportCycle(_ stageOf: [Int?]) {
        guard var current = drafts.indices.first(where: { stageOf[$0] == nil }) else { return }
        var path: [Int] = []
        while !path.contains(current) {
            path.append(current)
            current = drafts[current].dependencies.sorted().first { stageOf[$0] == nil } ?? current
        }
        let start = path.firstIndex(of: current) ?? 0
        let around = (path[start...] + [current]).map { drafts[$0].name }
        report("cycle", "steps wait for one another: \(around.joined(separator: " -> "))", at: drafts[current].range)
    }

    /// Compares the longest way through the steps with the time for everything.
    private mutating func checkTimeout(_ timeout: Int64, _ steps: [PlannedStep], _ stages: [[Int]]) {
        guard steps.count == drafts.count else { return }
        var ends: [Int: (time: Int64, path: [String])] = [:]
        for index in stages.joined() {
            let before = steps[index].dependencies.compactMap { ends[$0] }.max { $0.time < $1.time } ?? (0, [])
            // What is optional does not keep the reply waiting past its end.
            let own = steps[index].timeout ?? 0
            ends[index] = (
                before.time + own,
                before.path + (own > 0 ? ["\(steps[index].name) (\(Self.milliseconds(own)))"] : [])
            )
        }
        // Of ways that take as long, the one that ends first in the file.
        let ways = ends.keys.sorted().compactMap { ends[$0] }
        guard let longest = ways.max(by: { $0.time < $1.time }), longest.time > timeout else { return }
        report(
            "impossible-timeout",
            "the steps may take \(Self.milliseconds(longest.time)) one after the other: \(longest.path.joined(separator: " -> ")); the composition has \(Self.milliseconds(timeout))",
            at: source.value["timeout"]?.range ?? source.range)
    }

    /// A duration for people.
    private static func milliseconds(_ nanoseconds: Int64) -> String { "\(nanoseconds / 1_000_000)ms" }

    /// Several calls that change something need a way back.
    private mutating func checkWrites() {
        let writes = drafts.filter { draft in
            draft.value["compensate"] == nil && (draft.target.map { !isRead($0) } ?? false)
        }
        guard writes.count > 1 else { return }
        report(
            "several-writes",
            "\(writes.count) steps change something and have no `compensate`: \(writes.map(\.name).joined(separator: ", "))",
            at: writes[1].range)
    }

    // MARK: Diagnostics

    /// Reports an error.
    mutating func report(
        _ code: String, _ message: String, at range: SourceRange, suggestion: String? = nil,
        note: (String, SourceRange?)? = nil
    ) {
        report(.error, code, message, at: range, suggestion: suggestion, note: note)
    }

    /// Reports a mistake.
    mutating func report(
        _ severity: Severity, _ code: String, _ message: String, at range: SourceRange,
        suggestion: String? = nil, note: (String, SourceRange?)? = nil
    ) {
        diagnostics.append(
            Diagnostic(
                severity, code, message, at: range, suggestion: suggestion,
                notes: note.map { [.init($0.0, at: $0.1)] } ?? []))
    }

    /// Reports keys that a map does not have.
    mutating func checkKeys(_ value: JSONValue, _ known: [String], _ what: String) {
        for member in value.members where !known.contains(member.name) {
            report(
                "unknown-key", "\(what) has no key `\(member.name)`", at: member.key.range,
                suggestion: NearestName.suggestion(among: known, to: member.name))
        }
    }

    /// A duration such as `250ms`, in nanoseconds.
    mutating func duration(_ key: String, in value: JSONValue) -> Int64? {
        guard let value = value[key] else { return nil }
        let text = value.string ?? ""
        for (unit, factor) in [("ms", Int64(1_000_000)), ("s", 1_000_000_000), ("m", 60_000_000_000)]
        where text.hasSuffix(unit) {
            if let number = Int64(text.dropLast(unit.count)), (1...86_400_000).contains(number) {
                return number * factor
            }
            break
        }
        report("bad-duration", "`\(key)` is a duration such as 250ms, 5s or 1m", at: value.range)
        return nil
    }

    /// A whole number in a range.
    mutating func integer(_ key: String, in value: JSONValue, _ range: ClosedRange<Int>) -> Int? {
        guard let value = value[key] else { return nil }
        guard let number = value.int, range.contains(number) else {
            report(
                "bad-number", "`\(key)` is a whole number from \(range.lowerBound) to \(range.upperBound)",
                at: value.range)
            return nil
        }
        return number
    }

    /// A truth value.
    mutating func truth(_ key: String, in value: JSONValue) -> Bool {
        guard let value = value[key] else { return false }
        guard let truth = value.bool else {
            report("bad-truth", "`\(key)` is true or false", at: value.range)
            return false
        }
        return truth
    }
}
