/// Lays a draft out in the flat arrays of a ``RouteTable``.
struct RouteTableLayout {
    /// A host of the draft with the roots of its tries.
    struct Host {
        /// Which hosts are meant.
        var pattern: HostPattern

        /// The root of its templates in the draft.
        var root: Int

        /// The root of its mounts in the draft.
        var mountRoot: Int

        /// The next wider host, as an index in the same list.
        var next: Int?
    }

    /// See ``RouteTable/nodes``.
    private(set) var nodes: ContiguousArray<RouteNode> = []
    /// See ``RouteTable/slots``.
    private(set) var slots: ContiguousArray<UInt64> = []
    /// See ``RouteTable/patterns``.
    private(set) var patterns: ContiguousArray<RoutePattern> = []
    /// See ``RouteTable/parts``.
    private(set) var parts: ContiguousArray<TextSlice> = []
    /// See ``RouteTable/endpoints``.
    private(set) var endpoints: ContiguousArray<RouteEndpoint> = []
    /// See ``RouteTable/otherMethods``.
    private(set) var otherMethods: ContiguousArray<TextSlice> = []
    /// See ``RouteTable/rows``.
    private(set) var rows: ContiguousArray<RouteRow> = []
    /// See ``RouteTable/allowValues``.
    private(set) var allowValues: ContiguousArray<AllowedMethods> = []
    /// See ``RouteTable/hosts``.
    private(set) var hosts: ContiguousArray<RouteHost> = []
    /// See ``RouteTable/hostSlots``.
    private(set) var hostSlots: ContiguousArray<UInt32> = []
    /// See ``RouteTable/mounts``.
    private(set) var mounts: ContiguousArray<RouteMount>
    /// See ``RouteTable/text``.
    private(set) var text: ContiguousArray<UInt8> = []

    /// Where a text lies already.
    private var known: [[UInt8]: TextSlice] = [:]

    /// Where an `Allow` value lies already.
    private var knownAllow: [[UInt8]: UInt32] = [:]

    /// The literal edges: parent, hash of the segment, child.
    private var edges: [(parent: UInt32, hash: UInt64, child: UInt32)] = []

    /// Lays out.
    ///
    /// - Parameters:
    ///   - draft: The tries.
    ///   - hosts: The hosts; the first one stands for any.
    ///   - mounts: The public places, by the numbers that the draft uses.
    ///   - row: Gives the caller's number and the length of the mount of a definition.
    init(
        _ draft: RouteDraft, hosts draftHosts: [Host], mounts: ContiguousArray<RouteMount>,
        row: (Int) -> (id: UInt32, mountLength: UInt32)
    ) {
        self.mounts = mounts
        for host in draftHosts {
            let root = layOut(draft, from: host.root, row: row)
            let mountRoot = layOut(draft, from: host.mountRoot, row: row)
            let (name, isExact): ([UInt8], Bool) =
                switch host.pattern {
                case .any: ([], false)
                case .name(let name): (name, true)
                case .below(let name): (name, false)
                }
            hosts.append(
                RouteHost(
                    name: intern(name), isExact: isExact, root: root, mountRoot: mountRoot,
                    next: host.next.map { UInt32(clamping: $0) } ?? absentIndex))
        }
        fillSlots()
        fillHostSlots()
    }

    /// A node of the draft that is still to be visited.
    private struct Visit {
        /// The node of the draft.
        let source: Int

        /// Its number in the table, nil if it gets one when it is visited.
        let index: Int?

        /// The number of its parent, if it gets its own when it is visited.
        let parent: UInt32

        /// The literal segment that leads to it, likewise.
        let key: [UInt8]
    }

    /// Lays one trie out in depth; returns the number of its root.
    ///
    /// Few literal children get neighbouring numbers when their parent is visited. Many are found by their hash, so
    /// each gets its number when its own turn comes, and what is below it follows at once.
    private mutating func layOut(
        _ draft: RouteDraft, from root: Int, row: (Int) -> (id: UInt32, mountLength: UInt32)
    ) -> UInt32 {
        let first = nodes.count
        nodes.append(RouteNode())
        var stack = [Visit(source: root, index: first, parent: absentIndex, key: [])]
        while let visit = stack.popLast() {
            let node = draft.nodes[visit.source]
            let index = visit.index ?? addLiteral(visit.key, below: visit.parent, isHashed: true)
            let parent = UInt32(clamping: index)
            let areFew = node.literalOrder.count <= Int(RouteTable.fewChildren)
            nodes[index].literalCount = UInt32(clamping: node.literalOrder.count)
            nodes[index].firstLiteral = UInt32(clamping: nodes.count)
            var next: [Visit] = []
            for key in node.literalOrder {
                let child = areFew ? addLiteral(key, below: parent, isHashed: false) : nil
                next.append(Visit(source: node.literals[key] ?? root, index: child, parent: parent, key: key))
            }
            let mixed = node.mixedByRank
            if !mixed.isEmpty { nodes[index].firstPattern = UInt32(clamping: patterns.count) }
            for (place, child) in mixed.enumerated() {
                next.append(Visit(source: child.node, index: nodes.count, parent: parent, key: []))
                addPattern(child.literals, below: parent, isLast: place == mixed.count - 1)
            }
            if let expression = node.expression {
                nodes[index].expressionChild = UInt32(clamping: nodes.count)
                next.append(Visit(source: expression, index: nodes.count, parent: parent, key: []))
                nodes.append(RouteNode(parent: parent))
            }
            if let mount = node.mount {
                nodes[index].firstRow = UInt32(clamping: mount)
            } else if !node.operations.isEmpty {
                addEndpoint(node.operations, at: index, row: row)
            }
            stack += next.reversed()
        }
        return UInt32(clamping: first)
    }

    /// Adds the node behind a literal segment; returns its number.
    private mutating func addLiteral(_ key: [UInt8], below parent: UInt32, isHashed: Bool) -> Int {
        let segment = key.withUnsafeBytes { PathSegment(in: $0, from: 0) }
        if isHashed { edges.append((parent, segment.hash, UInt32(clamping: nodes.count))) }
        let slice = intern(key)
        nodes.append(
            RouteNode(
                word0: segment.word0, word1: segment.word1, textOffset: slice.offset,
                textCount: UInt16(clamping: slice.count), parent: parent))
        return nodes.count - 1
    }

    /// Adds a mixed segment and the node behind it.
    private mutating func addPattern(_ literals: [[UInt8]], below parent: UInt32, isLast: Bool) {
        patterns.append(
            RoutePattern(
                child: UInt32(clamping: nodes.count), firstPart: UInt32(clamping: parts.count),
                partCount: UInt32(clamping: literals.count),
                minimumCount: UInt32(clamping: literals.reduce(literals.count - 1) { $0 + $1.count }), isLast: isLast))
        for literal in literals { parts.append(intern(literal)) }
        nodes.append(RouteNode(parent: parent))
    }

    /// Adds the operations of the template that ends at a node.
    private mutating func addEndpoint(
        _ operations: [RouteDraft.Operation], at node: Int, row: (Int) -> (id: UInt32, mountLength: UInt32)
    ) {
        let names = RouteMethod.sorted(operations.map(\.method))
        rows.append(RouteRow(id: UInt32(clamping: endpoints.count), mountLength: 0))
        let firstRow = rows.count
        let firstOther = otherMethods.count
        var declaredBy = firstRow
        for (place, name) in names.enumerated() {
            guard let index = operations.firstIndex(where: { $0.method.utf8.elementsEqual(name.utf8) }) else {
                continue
            }
            let bytes = Array(name.utf8)
            if let known = bytes.withUnsafeBytes({ RouteMethod.named($0) }) {
                nodes[node].methods |= known.bit
            } else {
                otherMethods.append(intern(bytes))
            }
            if index == 0 { declaredBy = firstRow + place }
            let (id, mountLength) = row(operations[index].definition)
            rows.append(RouteRow(id: id, mountLength: mountLength))
        }
        nodes[node].firstRow = UInt32(clamping: firstRow)
        endpoints.append(
            RouteEndpoint(
                declaredBy: UInt32(clamping: declaredBy), allow: allowValue(names),
                firstOther: UInt32(clamping: firstOther), otherCount: UInt32(clamping: otherMethods.count - firstOther))
        )
    }

    /// The number of the `Allow` value with these methods.
    private mutating func allowValue(_ names: [String]) -> UInt32 {
        let value = Array(names.joined(separator: ", ").utf8)
        if let known = knownAllow[value] { return known }
        allowValues.append(AllowedMethods(fieldValue: value))
        let index = UInt32(clamping: allowValues.count - 1)
        knownAllow[value] = index
        return index
    }

    /// Puts a text into the common store, each text once.
    private mutating func intern(_ bytes: [UInt8]) -> TextSlice {
        if let slice = known[bytes] { return slice }
        let slice = TextSlice(offset: UInt32(clamping: text.count), count: UInt32(clamping: bytes.count))
        text.append(contentsOf: bytes)
        known[bytes] = slice
        return slice
    }

    /// Hashes the literal edges into at most a quarter of the slots, so that few need a second probe.
    private mutating func fillSlots() {
        let size = Self.powerOfTwo(atLeast: edges.count * 4)
        slots = ContiguousArray(repeating: UInt64(absentIndex), count: size)
        for edge in edges {
            let key = SegmentKey.mix(edge.hash, below: edge.parent)
            var slot = Int(truncatingIfNeeded: key) & (size - 1)
            while UInt32(truncatingIfNeeded: slots[slot]) != absentIndex { slot = (slot + 1) & (size - 1) }
            slots[slot] = key & 0xFFFF_FFFF_0000_0000 | UInt64(edge.child)
        }
    }

    /// Hashes the hosts into at most half of the slots.
    private mutating func fillHostSlots() {
        let size = Self.powerOfTwo(atLeast: hosts.count * 2)
        hostSlots = ContiguousArray(repeating: absentIndex, count: size)
        for (index, host) in hosts.enumerated().dropFirst() {
            var hash = HostHash()
            let name = text[Int(host.name.offset)..<Int(host.name.offset) + Int(host.name.count)]
            for byte in name.reversed() { hash.add(byte) }
            var slot = hash.slot(isExact: host.isExact) & (size - 1)
            while hostSlots[slot] != absentIndex { slot = (slot + 1) & (size - 1) }
            hostSlots[slot] = UInt32(clamping: index)
        }
    }

    /// The smallest power of two that is at least a number, and at least 4.
    private static func powerOfTwo(atLeast count: Int) -> Int {
        var size = 4
        while size < count { size *= 2 }
        return size
    }
}
