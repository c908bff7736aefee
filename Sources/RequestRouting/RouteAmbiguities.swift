/// Finds templates between which no rule decides: both match one path, and at the first segment where they differ they
/// have equally much literal text, as `/{a}-{b}` and `/{a}.{b}` have.
///
/// Templates that differ in a literal and an expression are never ambiguous, since the literal further left decides.
struct RouteAmbiguities {
    /// Two definitions that match the same path.
    struct Ambiguity {
        /// The index of the definition that came first.
        let first: Int

        /// The index of the other.
        let second: Int

        /// A path that both match.
        let path: [UInt8]
    }

    /// The trie to search.
    private let draft: RouteDraft

    /// What was found.
    private var found: [Ambiguity] = []

    /// How many pairs of nodes may still be compared. When they are used up, what is undecided counts as ambiguous.
    private var budget = 1_000_000

    /// Searches below a root.
    static func search(_ draft: RouteDraft, from root: Int) -> [Ambiguity] {
        var search = RouteAmbiguities(draft: draft)
        search.visit(root, path: [])
        return search.found
    }

    private init(draft: RouteDraft) { self.draft = draft }

    /// Compares the mixed children of a node, then goes on below.
    private mutating func visit(_ index: Int, path: [UInt8]) {
        let node = draft.nodes[index]
        let mixed = node.mixedByRank
        for (place, one) in mixed.enumerated() {
            let shape = SegmentShape.mixed(one.literals)
            for other in mixed[(place + 1)...] {
                let otherShape = SegmentShape.mixed(other.literals)
                guard otherShape.literalLength == shape.literalLength else { break }
                guard let segment = SegmentOverlap.witness(shape, otherShape),
                    let common = common(one.node, other.node)
                else { continue }
                found.append(
                    Ambiguity(
                        first: min(common.first, common.second), second: max(common.first, common.second),
                        path: path + [PathOctet.slash] + segment + common.rest))
            }
        }
        for child in node.children { visit(child.node, path: path + [PathOctet.slash] + child.shape.sample) }
    }

    /// A rest of a path that templates below two nodes both match, with one of the definitions of each.
    private mutating func common(_ one: Int, _ other: Int) -> (first: Int, second: Int, rest: [UInt8])? {
        let (left, right) = (draft.nodes[one], draft.nodes[other])
        if let first = left.operations.first, let second = right.operations.first {
            return (first.definition, second.definition, [])
        }
        for child in left.children {
            for opposite in counterparts(of: child.shape, in: right) {
                budget -= 1
                guard budget > 0 else { return anyDefinitions(below: one, other) }
                guard let segment = SegmentOverlap.witness(child.shape, opposite.shape),
                    let deeper = common(child.node, opposite.node)
                else { continue }
                return (deeper.first, deeper.second, [PathOctet.slash] + segment + deeper.rest)
            }
        }
        return nil
    }

    /// The children of a node that could match what a shape matches.
    private func counterparts(
        of shape: SegmentShape, in node: RouteDraft.Node
    ) -> [(shape: SegmentShape, node: Int)] {
        guard case .literal(let text) = shape else { return node.children }
        var result = node.mixedByRank.map { (shape: SegmentShape.mixed($0.literals), node: $0.node) }
        if let child = node.literals[text] { result.append((shape, child)) }
        if let child = node.expression { result.append((.expression, child)) }
        return result
    }

    /// Definitions to name when the search is cut off.
    private func anyDefinitions(below one: Int, _ other: Int) -> (first: Int, second: Int, rest: [UInt8])? {
        guard let first = anyDefinition(below: one), let second = anyDefinition(below: other) else { return nil }
        return (first, second, [])
    }

    /// Some definition below a node.
    private func anyDefinition(below index: Int) -> Int? {
        var index = index
        while draft.nodes[index].operations.isEmpty {
            guard let child = draft.nodes[index].children.first else { return nil }
            index = child.node
        }
        return draft.nodes[index].operations.first?.definition
    }
}
