/// Runs what PCRE2 10.42 refuses: look-behind of variable length, counts beyond 65,535.
///
/// The tree is compiled to a short program for a backtracking machine with ECMA-262's rules: look-behind runs backwards
/// (§22.2.2.4), an empty repetition is no repetition (§22.2.2.3.1). Slow, and bounded like PCRE2: steps and stack are
/// limited, and a hit limit is `undecided`.
final class BacktrackingMatcher: Sendable {
    /// One step of the machine.
    enum Instruction: Sendable {
        /// Reads one code point of a set, forwards or backwards.
        case read(ScalarSet, backward: Bool)
        /// Goes on at one place, and at the other should that fail.
        case fork(first: Int, second: Int)
        /// Goes on elsewhere.
        case jump(Int)
        /// Notes the position in a slot.
        case note(Int)
        /// Fails if the position is the one that the slot holds.
        case progress(Int)
        /// Fails unless the text begins here.
        case start
        /// Fails unless the text ends here.
        case end
        /// Fails unless this is a word boundary (or none).
        case wordBoundary(negated: Bool)
        /// Runs the program after this step up to its `accept`; goes on at `next`.
        case look(negated: Bool, next: Int)
        /// Reads what the group captured.
        case backreference(Int, backward: Bool)
        /// The end of a program.
        case accept
    }

    /// The program.
    let program: [Instruction]
    /// Number of slots: two for each group, one for each repetition.
    let slotCount: Int

    /// Most steps of a program; beyond, the pattern is refused.
    private static let maximumProgram = 300_000

    /// Compiles a pattern.
    /// - Throws: `unsupported` for patterns that need Unicode's tables, `tooLarge` for those with huge counts.
    init(_ pattern: PatternParser.Result) throws(PatternError) {
        var builder = Builder(slotCount: (pattern.captureCount + 1) * 2)
        try builder.emit(pattern.root, backward: false)
        builder.program.append(.accept)
        program = builder.program
        slotCount = builder.slotCount
    }

    /// Writes the program.
    private struct Builder {
        /// The program so far.
        var program: [Instruction] = []
        /// Slots so far.
        var slotCount: Int

        /// Nodes written so far: one that is empty adds no step, and still takes time as often as it is repeated.
        var written = 0

        /// Writes a node.
        mutating func emit(_ node: PatternNode, backward: Bool) throws(PatternError) {
            written += 1
            guard program.count < maximumProgram, written < maximumProgram else {
                throw PatternError(.tooLarge, at: 0, "the counts of this pattern are too large")
            }
            switch node {
            case .empty: break
            case .scalar, .set:
                if let step = try step(of: node, backward: backward) { program.append(step) }
            case .sequence(let nodes):
                for node in backward ? nodes.reversed() : nodes { try emit(node, backward: backward) }
            case .alternation(let nodes): try emitAlternation(nodes[...], backward: backward)
            case .group(let inner, let capture):
                guard let capture else { return try emit(inner, backward: backward) }
                program.append(.note(capture * 2 + (backward ? 1 : 0)))
                try emit(inner, backward: backward)
                program.append(.note(capture * 2 + (backward ? 0 : 1)))
            case .quantified(let inner, let minimum, let maximum, let lazy):
                try emitCopies(inner, minimum, backward: backward)
                if let maximum {
                    try emitOptional(inner, maximum - minimum, lazy: lazy, backward: backward)
                } else {
                    try emitLoop(inner, lazy: lazy, backward: backward)
                }
            case .start: program.append(.start)
            case .end: program.append(.end)
            case .wordBoundary(let negated): program.append(.wordBoundary(negated: negated))
            case .look(let inner, let behind, let negated):
                let place = program.count
                program.append(.accept)
                try emit(inner, backward: behind)
                program.append(.accept)
                program[place] = .look(negated: negated, next: program.count)
            case .backreference(let number): program.append(.backreference(number, backward: backward))
            }
        }

        /// The one step that reads a character; nil for any other node.
        private func step(of node: PatternNode, backward: Bool) throws(PatternError) -> Instruction? {
            switch node {
            case .scalar(let value): return .read(ScalarSet([.init(first: value, last: value)]), backward: backward)
            case .set(let set):
                guard set.isPlain else {
                    throw PatternError(
                        .unsupported, at: 0, "Unicode properties cannot stand beside look-behind of variable length")
                }
                return .read(set, backward: backward)
            default: return nil
            }
        }

        /// Writes a node as often as it is asked for. Copies of one character share its set: a count of 50,000 is one
        /// allocation and not as many.
        private mutating func emitCopies(_ node: PatternNode, _ count: Int, backward: Bool) throws(PatternError) {
            guard let step = try step(of: node, backward: backward) else {
                for _ in 0..<count { try emit(node, backward: backward) }
                return
            }
            guard count < maximumProgram - program.count else {
                throw PatternError(.tooLarge, at: 0, "the counts of this pattern are too large")
            }
            program.append(contentsOf: repeatElement(step, count: count))
        }

        /// Writes alternatives.
        private mutating func emitAlternation(_ nodes: ArraySlice<PatternNode>, backward: Bool) throws(PatternError) {
            var exits: [Int] = []
            for (index, node) in nodes.enumerated() {
                guard index < nodes.count - 1 else {
                    try emit(node, backward: backward)
                    break
                }
                let fork = program.count
                program.append(.accept)
                try emit(node, backward: backward)
                exits.append(program.count)
                program.append(.accept)
                program[fork] = .fork(first: fork + 1, second: program.count)
            }
            for exit in exits { program[exit] = .jump(program.count) }
        }

        /// Writes up to `count` repetitions.
        private mutating func emitOptional(
            _ inner: PatternNode, _ count: Int, lazy: Bool, backward: Bool
        ) throws(PatternError) {
            var forks: [Int] = []
            let step = try step(of: inner, backward: backward)
            for _ in 0..<count {
                forks.append(program.count)
                program.append(.accept)
                if let step, program.count < maximumProgram {
                    program.append(step)
                } else {
                    try emit(inner, backward: backward)
                }
            }
            for fork in forks {
                program[fork] =
                    lazy
                    ? .fork(first: program.count, second: fork + 1) : .fork(first: fork + 1, second: program.count)
            }
        }

        /// Writes any number of repetitions.
        private mutating func emitLoop(_ inner: PatternNode, lazy: Bool, backward: Bool) throws(PatternError) {
            let slot = slotCount
            slotCount += 1
            let fork = program.count
            program.append(.accept)
            program.append(.note(slot))
            try emit(inner, backward: backward)
            program.append(.progress(slot))
            program.append(.jump(fork))
            program[fork] =
                lazy
                ? .fork(first: program.count, second: fork + 1) : .fork(first: fork + 1, second: program.count)
        }
    }
}
