/// Makes the table of an automaton: every set of steps that can be under way at once is a row.
struct AutomatonBuilder {
    /// The pattern.
    private let graph: AutomatonGraph
    /// Its first step.
    private let start: Int
    /// The column of each byte, from 1: bytes that no step tells apart have one.
    private var columns = [UInt16](repeating: 0, count: 256)
    /// A byte of each column.
    private var samples: [UInt8] = []
    /// Rows by the steps that are under way in them.
    private var rows: [[Int]: Int] = [:]
    /// The steps of each row; those of the first two do not matter.
    private var sets: [[Int]] = [[], [AutomatonGraph.match]]
    /// The steps of the set that is being made.
    private var members: [Int] = []
    /// Whether a step is among them.
    private var isMember: [Bool]
    /// Steps that may still be looked at.
    private var budget = 50_000

    /// Most entries of a table; offsets of rows have 16 bits.
    private static let maximumEntries = 16_384

    /// A builder.
    init(_ graph: AutomatonGraph, start: Int) {
        self.graph = graph
        self.start = start
        isMember = [Bool](repeating: false, count: graph.steps.count)
        findColumns()
    }

    /// The automaton; `nil` if it is too large.
    mutating func build() -> AutomatonMatcher? {
        let width = samples.count + 1
        var next: [[UInt16]] = [
            [UInt16](repeating: UInt16(AutomatonMatcher.failed), count: samples.count),
            [UInt16](repeating: UInt16(AutomatonMatcher.failed + width), count: samples.count),
        ]
        // The start of the text is a row of its own: `^` holds there and nowhere else.
        guard let first = follow([start], atStart: true) else { return nil }
        let startRow = sets.count
        sets.append(first.contains(AutomatonGraph.match) ? [AutomatonGraph.match] : first)
        while next.count < sets.count {
            let set = sets[next.count]
            var row: [UInt16] = []
            for byte in samples {
                guard let target = self.row(after: byte, in: set) else { return nil }
                row.append(UInt16(clamping: AutomatonMatcher.failed + target * width))
            }
            next.append(row)
            guard AutomatonMatcher.failed + sets.count * width <= Self.maximumEntries else { return nil }
        }
        var table = columns
        for (number, row) in next.enumerated() {
            guard let accepts = matchesAtEnd(sets[number], isStart: number == startRow) else { return nil }
            table.append(accepts ? 1 : 0)
            table += row
        }
        return AutomatonMatcher(table: table, width: width)
    }

    /// The number of the row that a byte leads to; `nil` if there is no budget left.
    private mutating func row(after byte: UInt8, in set: [Int]) -> Int? {
        if set == [AutomatonGraph.match] { return 1 }
        var targets: [Int] = []
        for step in set {
            if case .bytes(let range, let target) = graph.steps[step], range.contains(byte) { targets.append(target) }
        }
        // The pattern may begin anywhere.
        targets.append(start)
        guard let reached = follow(targets, atStart: false) else { return nil }
        if reached.isEmpty { return 0 }
        if reached.contains(AutomatonGraph.match) { return 1 }
        if let known = rows[reached] { return known }
        rows[reached] = sets.count
        sets.append(reached)
        return sets.count - 1
    }

    /// Whether the pattern matches if the text ends where these steps are under way; `nil` without budget.
    private mutating func matchesAtEnd(_ set: [Int], isStart: Bool) -> Bool? {
        guard let reached = follow(set, atStart: isStart, atEnd: true) else { return nil }
        return reached.contains(AutomatonGraph.match)
    }

    /// All steps that are under way with some: forks and fulfilled conditions are passed.
    /// - Returns: Sorted steps that wait for a byte or the end, and the match; `nil` without budget.
    private mutating func follow(_ first: [Int], atStart: Bool, atEnd: Bool = false) -> [Int]? {
        members.removeAll(keepingCapacity: true)
        var pending = first
        while let step = pending.popLast() {
            guard !isMember[step] else { continue }
            isMember[step] = true
            members.append(step)
            switch graph.steps[step] {
            case .fork(let one, let other):
                pending.append(one)
                pending.append(other)
            case .start(let next): if atStart { pending.append(next) }
            case .end(let next): if atEnd { pending.append(next) }
            case .match, .bytes, .nothing: break
            }
        }
        budget -= members.count
        var result: [Int] = []
        for step in members {
            isMember[step] = false
            switch graph.steps[step] {
            case .match, .bytes, .end: result.append(step)
            case .fork, .start, .nothing: break
            }
        }
        return budget > 0 ? result.sorted() : nil
    }

    /// Divides the bytes into columns.
    private mutating func findColumns() {
        var begins = [Bool](repeating: false, count: 257)
        begins[0] = true
        for case .bytes(let range, _) in graph.steps {
            begins[Int(range.lowerBound)] = true
            begins[Int(range.upperBound) + 1] = true
        }
        for byte in 0..<256 {
            if begins[byte] { samples.append(UInt8(byte)) }
            columns[byte] = UInt16(samples.count)
        }
    }
}
