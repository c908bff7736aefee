/// The trie while it grows: the same tree as in ``RouteTable``, in a form that is easy to add to.
struct RouteDraft {
    /// A place in the trie.
    struct Node {
        /// Children by literal segment.
        var literals: [[UInt8]: Int] = [:]

        /// Children by the literals of a mixed segment.
        var mixed: [[[UInt8]]: Int] = [:]

        /// The keys of `literals` in the order of their arrival.
        var literalOrder: [[UInt8]] = []

        /// The keys of `mixed` in the order of their arrival.
        var mixedOrder: [[[UInt8]]] = []

        /// The child for any segment.
        var expression: Int?

        /// The operations of the template that ends here.
        var operations: [Operation] = []

        /// The index of the mount that ends here, in a trie of mounts.
        var mount: Int?

        /// All children with what leads to them, the better ones first.
        var children: [(shape: SegmentShape, node: Int)] {
            var result = literalOrder.compactMap { key in literals[key].map { (SegmentShape.literal(key), $0) } }
            result += mixedByRank.map { (SegmentShape.mixed($0.literals), $0.node) }
            if let expression { result.append((.expression, expression)) }
            return result
        }

        /// The mixed children, most literal text first, else in the order of their arrival.
        var mixedByRank: [(literals: [[UInt8]], node: Int)] {
            mixedOrder.enumerated()
                .map { (rank: -SegmentShape.mixed($0.element).literalLength, place: $0.offset, literals: $0.element) }
                .sorted { ($0.rank, $0.place) < ($1.rank, $1.place) }
                .compactMap { entry in mixed[entry.literals].map { (entry.literals, $0) } }
        }
    }

    /// A method of a template.
    struct Operation {
        /// The method as in a request line.
        var method: String

        /// The index of the definition in the builder.
        var definition: Int
    }

    /// All nodes of all hosts.
    private(set) var nodes: [Node] = []

    /// Adds a root.
    mutating func addRoot() -> Int {
        nodes.append(Node())
        return nodes.count - 1
    }

    /// Finds or makes the node that segments lead to.
    mutating func node(at segments: some Sequence<SegmentShape>, below root: Int) -> Int {
        var index = root
        for segment in segments {
            if let child = child(of: index, segment) {
                index = child
                continue
            }
            let child = addRoot()
            switch segment {
            case .literal(let text):
                nodes[index].literals[text] = child
                nodes[index].literalOrder.append(text)
            case .mixed(let literals):
                nodes[index].mixed[literals] = child
                nodes[index].mixedOrder.append(literals)
            case .expression: nodes[index].expression = child
            }
            index = child
        }
        return index
    }

    /// Adds an operation to a node, or gives the one that has the method already.
    mutating func add(_ operation: Operation, at node: Int) -> Operation? {
        if let first = nodes[node].operations.first(where: { $0.method.utf8.elementsEqual(operation.method.utf8) }) {
            return first
        }
        nodes[node].operations.append(operation)
        return nil
    }

    /// Sets the mount of a node.
    mutating func setMount(_ mount: Int, at node: Int) { nodes[node].mount = mount }

    /// The child that a segment of this shape leads to.
    private func child(of index: Int, _ shape: SegmentShape) -> Int? {
        switch shape {
        case .literal(let text): nodes[index].literals[text]
        case .mixed(let literals): nodes[index].mixed[literals]
        case .expression: nodes[index].expression
        }
    }
}
