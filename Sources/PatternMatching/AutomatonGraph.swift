/// A pattern as a graph of steps over bytes, many of which may be under way at once: what an automaton is made from.
struct AutomatonGraph {
    /// One step.
    enum Step: Equatable {
        /// The pattern has matched.
        case match
        /// One of these bytes, then another step.
        case bytes(ClosedRange<UInt8>, Int)
        /// Both steps.
        case fork(Int, Int)
        /// At the start of the text, another step.
        case start(Int)
        /// At the end of the text, another step.
        case end(Int)
        /// Nothing: a class without members.
        case nothing
    }

    /// The steps; the first is the match.
    private(set) var steps: [Step] = [.match]

    /// The step of the match.
    static let match = 0

    /// Nodes that were added so far, those in repetitions each time.
    private var additions = 0

    /// Most such nodes: a repetition of nothing adds no step.
    private static let maximumAdditions = 10_000

    /// Most steps: `[\s\S]{1,2048}` and its kind are left to other engines.
    private static let maximumSteps = 1_000

    /// Adds a node.
    /// - Parameter next: The step after it.
    /// - Returns: The node's first step; `nil` if the node is not regular, or the graph too large.
    mutating func add(_ node: PatternNode, before next: Int) -> Int? {
        additions += 1
        guard additions <= Self.maximumAdditions else { return nil }
        switch node {
        case .empty: return next
        case .scalar(let value): return add(ScalarSet([ScalarSet.Range(first: value, last: value)]), before: next)
        case .set(let set): return set.isPlain ? add(set.negated ? set.complement : set, before: next) : nil
        case .sequence(let children):
            var step = next
            for child in children.reversed() {
                guard let first = add(child, before: step) else { return nil }
                step = first
            }
            return step
        case .alternation(let branches):
            var all: Int?
            for branch in branches.reversed() {
                guard let first = add(branch, before: next) else { return nil }
                guard let others = all else {
                    all = first
                    continue
                }
                guard let fork = append(.fork(first, others)) else { return nil }
                all = fork
            }
            return all ?? next
        case .group(let inner, _): return add(inner, before: next)
        case .quantified(let inner, let minimum, let maximum, _):
            return add(inner, atLeast: minimum, atMost: maximum, before: next)
        case .start: return append(.start(next))
        case .end: return append(.end(next))
        case .wordBoundary, .look, .backreference: return nil
        }
    }

    /// Adds a repetition.
    private mutating func add(_ node: PatternNode, atLeast minimum: Int, atMost maximum: Int?, before next: Int) -> Int?
    {
        guard minimum <= Self.maximumSteps, maximum ?? 0 <= Self.maximumSteps else { return nil }
        var step = next
        if let maximum {
            for _ in 0..<max(maximum - minimum, 0) {
                guard let turn = add(node, before: step), let fork = append(.fork(turn, next)) else { return nil }
                step = fork
            }
        } else {
            // The loop's fork is entered by its own body.
            guard let fork = append(.nothing), let turn = add(node, before: fork) else { return nil }
            steps[fork] = .fork(turn, next)
            step = fork
        }
        for _ in 0..<minimum {
            guard let turn = add(node, before: step) else { return nil }
            step = turn
        }
        return step
    }

    /// Adds a class as the bytes of its members in UTF-8.
    private mutating func add(_ set: ScalarSet, before next: Int) -> Int? {
        var all: Int?
        for range in set.ranges {
            var pending = [(range.first, range.last)]
            while let (first, last) = pending.popLast() {
                if let middle = UTF8Ranges.division(first, last) {
                    pending.append((middle, last))
                    pending.append((first, middle - 1))
                    continue
                }
                var step = next
                for bytes in UTF8Ranges.bytes(first, last).reversed() {
                    guard let added = append(.bytes(bytes, step)) else { return nil }
                    step = added
                }
                guard step != next else { continue }
                guard let others = all else {
                    all = step
                    continue
                }
                guard let fork = append(.fork(step, others)) else { return nil }
                all = fork
            }
        }
        return all ?? append(.nothing)
    }

    /// Adds a step; `nil` if there are too many.
    private mutating func append(_ step: Step) -> Int? {
        guard steps.count < Self.maximumSteps else { return nil }
        steps.append(step)
        return steps.count - 1
    }
}
