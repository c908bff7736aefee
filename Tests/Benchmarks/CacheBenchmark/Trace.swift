import Glibc

/// A sequence of keys, the same in every run.
struct Trace {
    let name: String
    let keys: [Int]

    /// The traces of the comparison.
    static func all(requests: Int, capacity: Int) -> [Trace] {
        let objects = capacity * 10
        return [
            Trace(name: "Zipf 0.9", keys: zipf(0.9, requests, objects)),
            Trace(name: "Zipf 1.1", keys: zipf(1.1, requests, objects)),
            Trace(name: "Zipf 0.9 with scans", keys: scans(in: zipf(0.9, requests, objects), capacity: capacity)),
            Trace(name: "loop of 1.2 × the room", keys: (0..<requests).map { $0 % (capacity * 6 / 5) }),
        ]
    }

    /// Keys whose frequency falls with their rank to the power of `exponent`.
    private static func zipf(_ exponent: Double, _ requests: Int, _ objects: Int) -> [Int] {
        var sums: [Double] = []
        var sum = 0.0
        for rank in 1...objects {
            sum += pow(Double(rank), -exponent)
            sums.append(sum)
        }
        var random = SplitMix(state: 7)
        return (0..<requests).map { _ in
            let wanted = Double(random.next() >> 11) / Double(1 << 53) * sum
            var (low, high) = (0, objects - 1)
            while low < high {
                let middle = (low + high) / 2
                if sums[middle] < wanted { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }

    /// A fifth of all requests in runs over keys that are never asked for again, each as long as the room.
    private static func scans(in keys: [Int], capacity: Int) -> [Int] {
        var result: [Int] = []
        var next = 1 << 29
        for (index, key) in keys.enumerated() {
            if index % (capacity * 4) == capacity * 2 {
                result += next..<(next + capacity)
                next += capacity
            }
            result.append(key)
        }
        return result
    }
}

/// SplitMix64: random numbers from a seed (Steele et al., OOPSLA 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
