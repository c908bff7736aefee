import JSONDocuments

/// Which referenced nodes lead to which, and which references are part of a circle.
struct ReferenceGraph {
    /// Every reference that leads somewhere, and whether it is part of a circle.
    private(set) var references: [(node: JSONValue, isCircular: Bool)] = []

    /// The nodes that references lead to.
    private var vertices: [JSONValue] = []
    /// Their numbers.
    private var numbers: [JSONValue: Int] = [:]
    /// Where each leads.
    private var edges: [[Int]] = []
    /// The connected part of each.
    private var parts: [Int] = []

    /// Builds the graph of a document.
    init(_ document: LintDocument) {
        var found: [(node: JSONValue, target: JSONValue)] = []
        for number in document.files.indices {
            for case (let node, .target(let target)) in document.references(ofFile: number) {
                found.append((node, target))
            }
        }
        for (_, target) in found where numbers[target] == nil {
            numbers[target] = vertices.count
            vertices.append(target)
        }
        edges = Array(repeating: [], count: vertices.count)
        var holders: [[Int]] = []
        for number in document.files.indices {
            var around = HolderSweep(vertices, in: document.files[number].document)
            for (node, target) in found where node.document === document.files[number].document {
                holders.append(around.holders(of: node.index))
                for holder in holders[holders.count - 1] { edges[holder].append(numbers[target] ?? 0) }
            }
        }
        connect()
        references = zip(found, holders).map { entry, around in
            let target = parts[numbers[entry.target] ?? 0]
            return (entry.node, around.contains { parts[$0] == target })
        }
    }

    /// Finds the connected parts, with a stack of its own instead of recursion.
    private mutating func connect() {
        var order = Array(repeating: 0, count: vertices.count)
        var lowest = order
        var isOpen = Array(repeating: false, count: vertices.count)
        parts = Array(repeating: -1, count: vertices.count)
        var open: [Int] = []
        var count = 0
        var part = 0
        for start in vertices.indices where order[start] == 0 {
            var path: [(vertex: Int, edge: Int)] = [(start, 0)]
            while let (vertex, edge) = path.last {
                if edge == 0 {
                    count += 1
                    order[vertex] = count
                    lowest[vertex] = count
                    open.append(vertex)
                    isOpen[vertex] = true
                }
                if edge < edges[vertex].count {
                    path[path.count - 1].edge += 1
                    let next = edges[vertex][edge]
                    if order[next] == 0 {
                        path.append((next, 0))
                    } else if isOpen[next] {
                        lowest[vertex] = min(lowest[vertex], order[next])
                    }
                    continue
                }
                path.removeLast()
                if let outer = path.last?.vertex { lowest[outer] = min(lowest[outer], lowest[vertex]) }
                guard lowest[vertex] == order[vertex] else { continue }
                while let last = open.popLast() {
                    isOpen[last] = false
                    parts[last] = part
                    if last == vertex { break }
                }
                part += 1
            }
        }
    }
}

/// The vertices of one file around places that are asked for in ascending order.
private struct HolderSweep {
    /// Numbers and ranges of the vertices, by where they begin.
    private let vertices: [(number: Int, nodes: Range<Int>)]
    /// The next one.
    private var upcoming = 0
    /// Those that have begun and not ended, the outermost first.
    private var open: [Int] = []

    /// Starts at the beginning of a file.
    init(_ all: [JSONValue], in document: JSONDocument) {
        vertices = all.enumerated().filter { $0.element.document === document }.map {
            ($0.offset, $0.element.index..<Int($0.element.node.next))
        }.sorted { $0.nodes.lowerBound < $1.nodes.lowerBound }
    }

    /// The numbers of the vertices around a node.
    mutating func holders(of node: Int) -> [Int] {
        while upcoming < vertices.count, vertices[upcoming].nodes.lowerBound <= node {
            close(before: vertices[upcoming].nodes.lowerBound)
            open.append(upcoming)
            upcoming += 1
        }
        close(before: node)
        return open.map { vertices[$0].number }
    }

    /// Forgets those that have ended.
    private mutating func close(before node: Int) {
        while let last = open.last, vertices[last].nodes.upperBound <= node { open.removeLast() }
    }
}
