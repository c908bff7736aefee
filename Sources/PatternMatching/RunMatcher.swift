/// Matches the simplest patterns by one loop over the bytes: `^[a-z0-9]{3,20}$`, `^/v1/prices`, `^\d{4}-\d\d$`, `.`.
///
/// A run is a class with a count. A chain of runs is matched greedily, without a way back; `make` accepts a chain only
/// if greed cannot be wrong: a run of variable length must share no character with what may follow it.
///
///     ^v[0-9]{1,9}$   →   runs: {v}×1…1, {0…9}×1…9;  to the end
struct RunMatcher: Sendable, Equatable {
    /// A class with a count.
    struct Run: Sendable, Equatable {
        /// Members below U+0040, one bit each.
        var low: UInt64 = 0
        /// Members from U+0040 to U+007F.
        var high: UInt64 = 0
        /// Which code points beyond ASCII are members.
        var beyond = Beyond.none
        /// Fewest repetitions.
        var minimum: UInt32 = 1
        /// Most repetitions; `UInt32.max` is unbounded.
        var maximum: UInt32 = 1
    }

    /// Membership of code points beyond ASCII.
    enum Beyond: UInt8, Sendable {
        /// None is a member.
        case none
        /// All are members.
        case all
        /// All but U+2028 and U+2029: `.` of ECMA-262.
        case allButLineSeparators
    }

    /// How the chain lies in the text.
    enum Placement: UInt8, Sendable {
        /// Every text matches.
        case anywhereEmpty
        /// From the start, and no further than the chain goes.
        case whole
        /// From the start.
        case prefix
        /// The one run, at least once, somewhere.
        case somewhere
        /// The literal, somewhere.
        case literalSomewhere
        /// The literal at the end.
        case literalSuffix
    }

    /// How the chain lies in the text.
    let placement: Placement
    /// The chain.
    let runs: [Run]
    /// The bytes of a literal placement.
    let literal: [UInt8]

    /// Whether the text is searched, by ways that are faster than to look at every byte in turn.
    var isSearch: Bool {
        switch placement {
        case .anywhereEmpty, .literalSomewhere, .literalSuffix: true
        case .whole, .prefix, .somewhere: false
        }
    }

    /// Most runs of a chain.
    private static let maximumRuns = 32

    /// The matcher for a pattern; `nil` if the pattern is not that simple.
    static func make(_ root: PatternNode) -> RunMatcher? {
        var nodes: [PatternNode] = []
        guard flatten(root, into: &nodes) else { return nil }
        var anchoredStart = false
        var anchoredEnd = false
        if nodes.first == .start {
            anchoredStart = true
            nodes.removeFirst()
        }
        if nodes.last == .end {
            anchoredEnd = true
            nodes.removeLast()
        }
        if let literal = literalBytes(nodes), !anchoredStart {
            if literal.isEmpty { return RunMatcher(placement: .anywhereEmpty, runs: [], literal: []) }
            let placement = anchoredEnd ? Placement.literalSuffix : .literalSomewhere
            return RunMatcher(placement: placement, runs: [], literal: literal)
        }
        guard nodes.count <= maximumRuns else { return nil }
        var runs: [Run] = []
        for node in nodes {
            guard let run = run(node) else { return nil }
            runs.append(run)
        }
        if !anchoredStart {
            guard runs.count == 1, !anchoredEnd else { return nil }
            guard runs[0].minimum > 0 else { return RunMatcher(placement: .anywhereEmpty, runs: [], literal: []) }
            return runs[0].minimum == 1 ? RunMatcher(placement: .somewhere, runs: runs, literal: []) : nil
        }
        guard isDeterministic(runs, toEnd: anchoredEnd) else { return nil }
        return RunMatcher(placement: anchoredEnd ? .whole : .prefix, runs: runs, literal: [])
    }

    /// Lays out sequences and plain groups; `false` for anything with a choice.
    private static func flatten(_ node: PatternNode, into nodes: inout [PatternNode]) -> Bool {
        switch node {
        case .empty: return true
        case .sequence(let children): return children.allSatisfy { flatten($0, into: &nodes) }
        case .group(let inner, _): return flatten(inner, into: &nodes)
        case .scalar, .set, .quantified, .start, .end:
            nodes.append(node)
            return true
        default: return false
        }
    }

    /// The UTF-8 of a chain of single characters, `nil` for anything else.
    private static func literalBytes(_ nodes: [PatternNode]) -> [UInt8]? {
        var text = String.UnicodeScalarView()
        for node in nodes {
            guard case .scalar(let value) = node, let scalar = Unicode.Scalar(value) else { return nil }
            text.append(scalar)
        }
        return Array(String(text).utf8)
    }

    /// A node as a run, `nil` if it is none.
    private static func run(_ node: PatternNode) -> Run? {
        switch node {
        case .scalar(let value):
            guard value < 0x80 else { return nil }
            var run = Run()
            run.insert(value)
            return run
        case .set(let set): return run(set)
        case .group(let inner, _):
            switch inner {
            case .scalar, .set: return run(inner)
            default: return nil
            }
        case .quantified(let inner, let minimum, let maximum, _):
            guard var run = run(inner), run.minimum == 1, run.maximum == 1 else { return nil }
            run.minimum = UInt32(clamping: minimum)
            run.maximum = maximum.map { UInt32(clamping: $0) } ?? .max
            return run
        default: return nil
        }
    }

    /// A class as a run, `nil` if code points beyond ASCII must be told apart.
    private static func run(_ set: ScalarSet) -> Run? {
        guard set.isPlain else { return nil }
        let members = set.negated ? set.complement : set
        var run = Run()
        for value in 0..<UInt32(0x80) where members.contains(value) { run.insert(value) }
        var beyond = ScalarSet()
        for range in members.ranges where range.last >= 0x80 { beyond.insert(max(range.first, 0x80), range.last) }
        if beyond.ranges.isEmpty {
            run.beyond = .none
        } else if beyond.ranges == [ScalarSet.Range(first: 0x80, last: ScalarSet.lastScalar)] {
            run.beyond = .all
        } else if beyond.ranges == [
            ScalarSet.Range(first: 0x80, last: 0x2027), ScalarSet.Range(first: 0x202A, last: ScalarSet.lastScalar),
        ] {
            run.beyond = .allButLineSeparators
        } else {
            return nil
        }
        return run
    }

    /// Whether greed cannot be wrong.
    private static func isDeterministic(_ runs: [Run], toEnd: Bool) -> Bool {
        for (index, run) in runs.enumerated() where run.minimum != run.maximum {
            for follower in runs[(index + 1)...] {
                if run.overlaps(follower) { return false }
                if follower.minimum > 0 { break }
            }
        }
        return true
    }
}

extension RunMatcher.Run {
    /// Adds an ASCII character.
    mutating func insert(_ value: UInt32) {
        if value < 0x40 { low |= 1 << UInt64(value) } else { high |= 1 << UInt64(value - 0x40) }
    }

    /// Whether a character is a member of both.
    func overlaps(_ other: Self) -> Bool {
        low & other.low != 0 || high & other.high != 0 || (beyond != .none && other.beyond != .none)
    }
}
