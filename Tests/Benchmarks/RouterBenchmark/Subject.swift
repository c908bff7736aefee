import RequestRouting

/// How requests spread over the resources of a table. What they do with a resource is the same sequence in all tables,
/// so that nothing but the size differs.
enum Traffic: String, CaseIterable {
    /// The resource of rank k gets a share proportional to 1/k (Zipf's law), as popularity in web traffic is spread.
    case typical

    /// Every resource gets the same share: the most cache misses that traffic can cause.
    case uniform
}

/// A route table of a given size with requests drawn over all of its operations.
final class Subject {
    /// How many operations the table has.
    let operations: Int

    /// The table.
    let table: RouteTable

    /// The requests of each kind of traffic.
    private let loads: [Traffic: Load]

    /// How many requests a round sends.
    private static let requestCount = 4096

    /// The ten operations of a resource.
    private static let shapes: [(method: String, template: String)] = [
        ("GET", ""), ("POST", ""), ("GET", "/{id}"), ("PUT", "/{id}"), ("PATCH", "/{id}"), ("DELETE", "/{id}"),
        ("GET", "/{id}/items"), ("POST", "/{id}/items"),
        ("GET", "/{id}/items/{itemId}"), ("DELETE", "/{id}/items/{itemId}"),
    ]

    /// Makes a table with as many resources of ten operations as are needed.
    init(operations: Int) {
        self.operations = operations
        var builder = RouteTableBuilder()
        for index in 0..<operations {
            let shape = Self.shapes[index % 10]
            builder.add(
                RouteDefinition(
                    id: RouteID(index: index), method: shape.method,
                    template: Self.resource(index / 10) + shape.template, name: "operation\(index)"))
        }
        table = builder.build().0
        var loads: [Traffic: Load] = [:]
        for traffic in Traffic.allCases { loads[traffic] = Self.load(traffic, over: max(operations / 10, 1)) }
        self.loads = loads
    }

    /// Sends all requests of a kind of traffic, and tells the nanoseconds of one.
    ///
    /// - Parameter canonicalising: Whether the path is made canonical before it is matched.
    func measure(_ traffic: Traffic, canonicalising: Bool) -> Double {
        guard let load = loads[traffic] else { return .infinity }
        var captures = RouteCaptures()
        var buffer = PathBuffer()
        var matched = 0
        let repetitions = 8
        let clock = ContinuousClock()
        let duration = load.text.withUnsafeBytes { text in
            clock.measure {
                for _ in 0..<repetitions {
                    for request in load.requests {
                        let path = UnsafeRawBufferPointer(rebasing: text[request.path])
                        if canonicalising, RequestPath.canonicalise(path, into: &buffer) != .canonical { continue }
                        let result = table.match(
                            host: UnsafeRawBufferPointer(start: nil, count: 0),
                            method: UnsafeRawBufferPointer(rebasing: text[request.method]), path: path,
                            captures: &captures)
                        if case .matched = result { matched += 1 }
                    }
                }
            }
        }
        guard matched == repetitions * load.requests.count else {
            print("\(repetitions * load.requests.count - matched) requests found no operation")
            return .infinity
        }
        let (seconds, attoseconds) = duration.components
        return (Double(seconds) * 1e9 + Double(attoseconds) / 1e9) / Double(matched)
    }

    /// Draws requests; the same ones in every run.
    private static func load(_ traffic: Traffic, over resources: Int) -> Load {
        var choices = Random(state: 42)
        var random = Random(state: 43)
        let ranking = choices.shuffled(resources)
        var shares: [Double] = []
        var sum = 0.0
        for rank in 1...resources {
            sum += traffic == .typical ? 1 / Double(rank) : 1
            shares.append(sum)
        }
        var load = Load()
        for _ in 0..<requestCount {
            let drawn = Double(choices.next(below: 1 << 30)) / Double(1 << 30) * sum
            let shape = shapes[random.next(below: shapes.count)]
            let path = (resource(ranking[shares.firstIndex(above: drawn)]) + shape.template)
                .replacing("{id}", with: "\(100_000_000 + random.next(below: 900_000_000))")
                .replacing("{itemId}", with: "\(1000 + random.next(below: 9000))")
            load.append(method: shape.method, path: path)
        }
        return load
    }

    /// The collection path of a resource; all of them have the same length, whatever the size of the table.
    private static func resource(_ index: Int) -> String { "/v1/resource-\(100_000 + index)" }
}

/// Requests, one after the other in one text.
private struct Load {
    /// The methods and paths.
    var text: [UInt8] = []

    /// Where each method and path lies in the text.
    var requests: [(method: Range<Int>, path: Range<Int>)] = []

    /// Adds a request.
    mutating func append(method: String, path: String) {
        let start = text.count
        text += Array(method.utf8)
        let middle = text.count
        text += Array(path.utf8)
        requests.append((start..<middle, middle..<text.count))
    }
}

extension [Double] {
    /// The index of the first element above a value, in a rising array; the last index if there is none.
    fileprivate func firstIndex(above value: Double) -> Int {
        var low = 0
        var high = count - 1
        while low < high {
            let middle = (low + high) / 2
            if self[middle] > value { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

/// A small generator of numbers that are the same in every run (SplitMix64).
private struct Random {
    /// The state.
    var state: UInt64

    /// A number from 0 up to a bound.
    mutating func next(below bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }

    /// The numbers below a bound in random order.
    mutating func shuffled(_ bound: Int) -> [Int] {
        var numbers = Array(0..<bound)
        for index in stride(from: bound - 1, to: 0, by: -1) { numbers.swapAt(index, next(below: index + 1)) }
        return numbers
    }
}
