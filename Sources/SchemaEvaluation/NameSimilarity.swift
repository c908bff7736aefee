/// Finds the declared name that a misspelt one may have meant.
///
/// `SourceDiagnostics` has a fuller version for authors; this kernel imports nothing but documents and patterns.
enum NameSimilarity {
    /// Longer names are not compared.
    private static let longest = 64

    /// The nearest name within an edit for every three letters; `nil` if none is near.
    static func nearest(to wanted: String, among names: some Sequence<String>) -> String? {
        let wanted = fold(wanted)
        guard wanted.count >= 2, wanted.count <= longest else { return nil }
        var bound = max(1, wanted.count / 3) + 1
        var nearest: String?
        for name in names {
            let candidate = fold(name)
            guard candidate.count <= longest, abs(candidate.count - wanted.count) < bound else { continue }
            let distance = distance(wanted, candidate)
            if distance < bound {
                bound = distance
                nearest = name
            }
        }
        return nearest
    }

    /// The name's bytes without differences of case and separators.
    private static func fold(_ name: String) -> [UInt8] {
        name.utf8.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }.map {
            ASCIIClass.isLetter($0) ? $0 | 0x20 : $0
        }
    }

    /// Edits from one name to the other: insertions, deletions, replacements, swaps of neighbours.
    private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        var beforeLast = Array(repeating: 0, count: other.count + 1)
        var last = Array(0...other.count)
        for (row, left) in one.enumerated() {
            var current = [row + 1]
            for (column, right) in other.enumerated() {
                var best = min(last[column + 1] + 1, current[column] + 1, last[column] + (left == right ? 0 : 1))
                if row > 0, column > 0, left == other[column - 1], one[row - 1] == right {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            (beforeLast, last) = (last, current)
        }
        return last[other.count]
    }
}
