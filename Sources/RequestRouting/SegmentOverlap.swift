/// Finds a segment that two shapes both match: the proof that two templates are ambiguous.
///
/// A shape is a small automaton over units, a unit being a byte or a triplet. The product of two automata is searched
/// breadth first, so the witness is as short as can be. (Hopcroft, Ullman: Introduction to Automata Theory, section
/// 3.2.)
struct SegmentOverlap {
    /// One step of a shape.
    private enum Step: Equatable {
        /// Exactly this unit.
        case unit([UInt8])

        /// Any one unit: the least that an expression takes.
        case one

        /// Any number of further units.
        case more
    }

    /// A pair of places, and how it was reached.
    private struct State {
        /// The step that comes next in the first shape.
        let first: Int

        /// The step that comes next in the second shape.
        let second: Int

        /// How many units were taken, at most 3.
        let length: Int

        /// The index of the state before.
        let parent: Int

        /// The unit that led here.
        let unit: [UInt8]
    }

    /// The number of states after which a search gives up; only templates of thousands of bytes get there.
    private static let limit = 200_000

    /// A segment that both shapes match and that is no dot segment, or nil.
    static func witness(_ first: SegmentShape, _ second: SegmentShape) -> [UInt8]? {
        if case .literal(let one) = first, case .literal(let other) = second { return one == other ? one : nil }
        if endsDiffer(first, second) { return nil }
        let left = steps(of: first)
        let right = steps(of: second)
        // An expression on its own stands for letters, which make the clearest witness.
        let units = [SegmentShape.sampleValue] + units(of: left) + units(of: right)
        var states = [State(first: 0, second: 0, length: 0, parent: -1, unit: [])]
        var seen: Set<Int> = []
        var place = 0
        while place < states.count, states.count < limit {
            let state = states[place]
            let isAtEnd = isEnd(state.first, left) && isEnd(state.second, right)
            if isAtEnd, state.length > 0 {
                let text = self.text(of: place, in: states)
                if text != [PathOctet.dot], text != [PathOctet.dot, PathOctet.dot] { return text }
            }
            for unit in units {
                for one in next(state.first, left, unit) {
                    for other in next(state.second, right, unit) {
                        let length = min(state.length + 1, 3)
                        let key = (one * (right.count + 1) + other) * 4 + length
                        guard seen.insert(key).inserted else { continue }
                        states.append(State(first: one, second: other, length: length, parent: place, unit: unit))
                    }
                }
            }
            place += 1
        }
        return nil
    }

    /// Whether literal text at the start or the end already excludes a common segment; decides most pairs at once.
    private static func endsDiffer(_ first: SegmentShape, _ second: SegmentShape) -> Bool {
        func ends(_ shape: SegmentShape) -> (start: [UInt8], end: [UInt8]) {
            switch shape {
            case .literal(let text): (text, text)
            case .expression: ([], [])
            case .mixed(let literals): (literals.first ?? [], literals.last ?? [])
            }
        }
        let (one, other) = (ends(first), ends(second))
        return zip(one.start, other.start).contains { $0 != $1 }
            || zip(one.end.reversed(), other.end.reversed()).contains { $0 != $1 }
    }

    /// The steps of a shape.
    private static func steps(of shape: SegmentShape) -> [Step] {
        switch shape {
        case .literal(let text): units(of: text).map(Step.unit)
        case .expression: [.one, .more]
        case .mixed(let literals):
            Array(literals.map { units(of: $0).map(Step.unit) }.joined(separator: [.one, .more]))
        }
    }

    /// Divides canonical text into bytes and triplets.
    private static func units(of text: [UInt8]) -> [[UInt8]] {
        var result: [[UInt8]] = []
        var rest = text[...]
        while let byte = rest.first {
            result.append(Array(rest.prefix(byte == PathOctet.percent ? 3 : 1)))
            rest = rest.dropFirst(byte == PathOctet.percent ? 3 : 1)
        }
        return result
    }

    /// The different units that steps name.
    private static func units(of steps: [Step]) -> [[UInt8]] {
        var result: [[UInt8]] = []
        for case .unit(let unit) in steps where !result.contains(unit) { result.append(unit) }
        return result
    }

    /// The places that a unit leads to.
    private static func next(_ place: Int, _ steps: [Step], _ unit: [UInt8]) -> [Int] {
        var result: [Int] = []
        var place = place
        while place < steps.count {
            switch steps[place] {
            case .unit(let wanted):
                if wanted == unit { result.append(place + 1) }
                return result
            case .one:
                result.append(place + 1)
                return result
            case .more:
                result.append(place)
                place += 1
            }
        }
        return result
    }

    /// Whether nothing has to follow.
    private static func isEnd(_ place: Int, _ steps: [Step]) -> Bool {
        steps[place...].allSatisfy { $0 == .more }
    }

    /// The units that led to a state.
    private static func text(of index: Int, in states: [State]) -> [UInt8] {
        var units: [[UInt8]] = []
        var index = index
        while index > 0 {
            units.append(states[index].unit)
            index = states[index].parent
        }
        return units.reversed().flatMap { $0 }
    }
}
