/// The walk through the trie.
extension RouteTable {
    /// Finds the best template that fits the rest of a path.
    ///
    /// It calls itself only where a node offers more than one way on; templates have at most
    /// ``PathTemplate/maximumSegments`` segments, which bounds the depth.
    ///
    /// - Parameters:
    ///   - start: The node reached so far.
    ///   - offset: The offset of the slash after it, or the end of the path.
    ///   - path: The canonical path.
    ///   - captures: Receives the values; as it was if nothing is found.
    /// - Returns: The node where the template ends, or ``absentIndex``.
    func walk(
        from start: UInt32, at offset: Int, _ path: UnsafeRawBufferPointer, _ captures: inout RouteCaptures
    ) -> UInt32 {
        let before = captures.count
        var index = start
        var offset = offset
        while offset < path.count {
            let node = nodes[Int(index)]
            let segment = PathSegment(in: path, from: offset &+ 1)
            if node.literalCount > 0, let child = literalChild(of: index, node, segment, path) {
                if node.firstPattern == absentIndex, node.expressionChild == absentIndex {
                    (index, offset) = (child, segment.upper)
                    continue
                }
                let found = walk(from: child, at: segment.upper, path, &captures)
                if found != absentIndex { return found }
            }
            // An expression never matches nothing (OpenAPI 3.2.0 section 4.8.2).
            if segment.count == 0 { break }
            if node.firstPattern != absentIndex {
                let found = walkPatterns(of: node, segment, path, &captures)
                if found != absentIndex { return found }
            }
            if node.expressionChild == absentIndex { break }
            captures.append(lower: segment.lower, upper: segment.upper)
            (index, offset) = (node.expressionChild, segment.upper)
        }
        if offset >= path.count, nodes[Int(index)].firstRow != absentIndex { return index }
        captures.truncate(to: before)
        return absentIndex
    }

    /// How many literal children are compared one after the other; more are found by their hash.
    static let fewChildren: UInt32 = 4

    /// The child that a literal segment leads to.
    @inline(__always)
    func literalChild(
        of index: UInt32, _ node: RouteNode, _ segment: PathSegment, _ path: UnsafeRawBufferPointer
    ) -> UInt32? {
        if node.literalCount <= Self.fewChildren {
            for child in node.firstLiteral..<node.firstLiteral &+ node.literalCount
            where leads(to: child, segment, path) {
                return child
            }
            return nil
        }
        let key = SegmentKey.mix(segment.hash, below: index)
        let tag = key & 0xFFFF_FFFF_0000_0000
        var slot = Int(truncatingIfNeeded: key) & slotMask
        while true {
            let entry = slots[slot]
            let child = UInt32(truncatingIfNeeded: entry)
            if child == absentIndex { return nil }
            if entry & 0xFFFF_FFFF_0000_0000 == tag, nodes[Int(child)].parent == index,
                leads(to: child, segment, path)
            {
                return child
            }
            slot = (slot &+ 1) & slotMask
        }
    }

    /// Whether a segment is the literal that leads to a node.
    @inline(__always)
    private func leads(to child: UInt32, _ segment: PathSegment, _ path: UnsafeRawBufferPointer) -> Bool {
        let node = nodes[Int(child)]
        guard node.word0 == segment.word0, node.word1 == segment.word1, Int(node.textCount) == segment.count else {
            return false
        }
        let text = TextSlice(offset: node.textOffset, count: UInt32(node.textCount))
        return segment.count <= 16 || equals(text, in: path, at: segment.lower)
    }

    /// Tries the mixed segments of a node, most literal text first.
    private func walkPatterns(
        of node: RouteNode, _ segment: PathSegment, _ path: UnsafeRawBufferPointer, _ captures: inout RouteCaptures
    ) -> UInt32 {
        let before = captures.count
        var index = Int(node.firstPattern)
        while true {
            let pattern = patterns[index]
            if segment.count >= Int(pattern.minimumCount), divide(segment, by: pattern, path, &captures) {
                let found = walk(from: pattern.child, at: segment.upper, path, &captures)
                if found != absentIndex { return found }
                captures.truncate(to: before)
            }
            if pattern.isLast { return absentIndex }
            index &+= 1
        }
    }

    /// Divides a segment into the literals of a pattern and the values between them.
    ///
    /// Every value takes as little as it can, from left to right, and one byte at least; the last literal ends the
    /// segment. Taking the earliest place of every literal finds a division whenever there is one. A literal is never
    /// found inside a triplet: `{a}2{b}` does not divide `x%2Fy`.
    ///
    /// - Returns: Whether the segment fits; if not, `captures` is as it was.
    private func divide(
        _ segment: PathSegment, by pattern: RoutePattern, _ path: UnsafeRawBufferPointer,
        _ captures: inout RouteCaptures
    ) -> Bool {
        let before = captures.count
        let firstPart = Int(pattern.firstPart)
        let lastPart = firstPart &+ Int(pattern.partCount) &- 1
        let prefix = parts[firstPart]
        let suffix = parts[lastPart]
        let suffixStart = segment.upper &- Int(suffix.count)
        guard equals(prefix, in: path, at: segment.lower), equals(suffix, in: path, at: suffixStart),
            isBoundary(suffixStart, in: path)
        else { return false }
        var valueStart = segment.lower &+ Int(prefix.count)
        for index in firstPart &+ 1..<lastPart {
            let literal = parts[index]
            // The value in hand and the values and literals to come need their room; at least one byte for this one.
            let latest = suffixStart &- Int(literal.count) &- 1
            var place = unitEnd(valueStart, in: path)
            while place <= latest, !equals(literal, in: path, at: place) { place = unitEnd(place, in: path) }
            guard place <= latest else {
                captures.truncate(to: before)
                return false
            }
            captures.append(lower: valueStart, upper: place)
            valueStart = place &+ Int(literal.count)
        }
        guard valueStart < suffixStart else {
            captures.truncate(to: before)
            return false
        }
        captures.append(lower: valueStart, upper: suffixStart)
        return true
    }

    /// Whether an offset of a canonical path does not lie inside a triplet.
    @inline(__always)
    private func isBoundary(_ offset: Int, in path: UnsafeRawBufferPointer) -> Bool {
        // A path starts with a slash, so two bytes before a segment's second byte exist.
        guard offset >= 2, offset < path.count else { return true }
        return path[offset &- 1] != PathOctet.percent && path[offset &- 2] != PathOctet.percent
    }

    /// The offset after the byte or triplet at an offset.
    @inline(__always)
    private func unitEnd(_ offset: Int, in path: UnsafeRawBufferPointer) -> Int {
        offset < path.count && path[offset] == PathOctet.percent ? offset &+ 3 : offset &+ 1
    }

    /// The API that covers a path that no operation declares.
    func mount(of path: UnsafeRawBufferPointer, from narrowest: UInt32) -> MountMatch? {
        var current = narrowest
        while current != absentIndex {
            let host = hosts[Int(current)]
            if let mount = mount(of: path, below: host.mountRoot) { return mount }
            current = host.next
        }
        return nil
    }

    /// The longest mount of one host that covers a path.
    private func mount(of path: UnsafeRawBufferPointer, below root: UInt32) -> MountMatch? {
        var index = root
        var offset = 0
        var best = absentIndex
        while true {
            let node = nodes[Int(index)]
            if node.firstRow != absentIndex { best = node.firstRow }
            guard offset < path.count, node.literalCount > 0 else { break }
            let segment = PathSegment(in: path, from: offset &+ 1)
            guard let child = literalChild(of: index, node, segment, path) else { break }
            (index, offset) = (child, segment.upper)
        }
        guard best != absentIndex else { return nil }
        let mount = mounts[Int(best)]
        return MountMatch(id: MountID(index: Int(mount.id)), mountLength: Int(mount.length))
    }
}
