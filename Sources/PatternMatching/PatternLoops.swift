/// The loops of a pattern that may take one text in many ways, with texts that they take.
struct PatternLoops {
    /// A loop.
    struct Loop {
        /// A text that what stands before the loop takes.
        let prefix: String
        /// Texts that one turn of the loop takes.
        let pumps: [String]
        /// A text that what stands behind the loop takes: engines see at once where a letter that must come is missing.
        let rest: String

        /// What makes a match fail behind the loop, though every letter that must come is there.
        var failures: [String] {
            let bare = ["!", "\u{0}", "\n"]
            return bare + (rest.isEmpty ? [""] : bare.map { $0 + rest } + [rest + "!"])
        }
    }

    /// The loops, the outer before the inner.
    private(set) var found: [Loop] = []

    /// Texts that a loop is tried with, at most.
    private static let variety = 6

    /// Finds the loops of a tree.
    mutating func collect(_ root: PatternNode) { collect(root, after: "", before: "", depth: 0) }

    /// Finds the loops of a node that stands between two texts.
    private mutating func collect(_ node: PatternNode, after prefix: String, before rest: String, depth: Int) {
        guard depth < 64, found.count < 32 else { return }
        switch node {
        case .quantified(let body, _, let maximum, _):
            if maximum.map({ $0 > 8 }) ?? true {
                let pumps = Array(Self.samples(body, depth: 0).prefix(Self.variety))
                if !pumps.isEmpty { found.append(Loop(prefix: prefix, pumps: pumps, rest: rest)) }
            }
            collect(body, after: prefix, before: rest, depth: depth + 1)
        case .group(let body, _), .look(let body, _, _):
            collect(body, after: prefix, before: rest, depth: depth + 1)
        case .alternation(let branches):
            for branch in branches { collect(branch, after: prefix, before: rest, depth: depth + 1) }
        case .sequence(let parts):
            let texts = parts.map { Self.samples($0, depth: 0).first ?? "" }
            for (number, part) in parts.enumerated() {
                collect(
                    part, after: prefix + texts[..<number].joined(), before: texts[(number + 1)...].joined() + rest,
                    depth: depth + 1)
            }
        case .empty, .scalar, .set, .start, .end, .wordBoundary, .backreference: break
        }
    }

    /// Texts that a node takes, the shortest first; empty where none is known.
    private static func samples(_ node: PatternNode, depth: Int) -> [String] {
        guard depth < 64 else { return [] }
        switch node {
        case .empty, .start, .end, .wordBoundary, .look, .backreference: return [""]
        case .scalar(let value): return [Unicode.Scalar(value).map { String($0) } ?? ""]
        case .set(let set): return candidates.filter { set.contains($0.value) }.prefix(2).map { String($0) }
        case .group(let body, _): return samples(body, depth: depth + 1)
        case .alternation(let branches):
            return Array(branches.flatMap { samples($0, depth: depth + 1).prefix(2) }.prefix(variety))
        case .sequence(let parts):
            var texts = [""]
            for part in parts {
                let next = samples(part, depth: depth + 1)
                guard let first = next.first else { return [] }
                // One text in full, and for each variation of a part one more.
                texts = texts.map { $0 + first } + next.dropFirst().prefix(2).map { (texts.first ?? "") + $0 }
                texts = Array(texts.prefix(variety))
            }
            return texts
        case .quantified(let body, let minimum, let maximum, _):
            let once = samples(body, depth: depth + 1)
            guard let first = once.first else { return minimum == 0 ? [""] : [] }
            let least = String(repeating: first, count: min(max(minimum, 1), 64))
            let isLoop = maximum.map { $0 > minimum } ?? true
            return Array(([least] + once.dropFirst() + (isLoop ? [least + first] : [])).prefix(variety))
        }
    }

    /// Characters that samples are made of, the plain ones first.
    private static let candidates: [Unicode.Scalar] =
        [
            "a", "0", "A", "b", "1", "_", "-", ".", " ", "/", ",", ":", "@", "%", "+", "=", "#", "\"", "'", "\t", "ä",
            "é",
        ]
        + (0x21...0x7E).compactMap { Unicode.Scalar(UInt32($0)) }
}
