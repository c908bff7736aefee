/// Finds the name that somebody probably meant: the "did you mean" of every diagnostic about an unknown name.
package struct NearestName {
    /// The name nearest to a wanted one, if any is near enough to be worth saying.
    ///
    /// Near means a small Damerau-Levenshtein distance: insertions, deletions, substitutions and transpositions of
    /// neighbours, each counted once, letter case ignored. The bound grows with the length: one edit for names of up to
    /// four scalars, two up to eight, three above, and always fewer than the wanted name has scalars. Of equally near
    /// names the first wins.
    ///
    /// - Parameters:
    ///   - names: The known names.
    ///   - wanted: The unknown name. One of more than 100 scalars is never near to anything.
    /// - Complexity: O(names × length of the wanted name × bound).
    package static func among(_ names: some Sequence<String>, to wanted: String) -> String? {
        let wantedScalars = scalars(of: wanted)
        guard !wantedScalars.isEmpty, wantedScalars.count <= longest else { return nil }
        var bound = min(wantedScalars.count <= 4 ? 1 : wantedScalars.count <= 8 ? 2 : 3, wantedScalars.count - 1)
        var nearest: String?
        for name in names where bound >= 0 {
            let candidate = scalars(of: name)
            guard abs(candidate.count - wantedScalars.count) <= bound else { continue }
            let distance = distance(from: wantedScalars, to: candidate)
            guard distance <= bound else { continue }
            nearest = name
            bound = distance - 1
        }
        return nearest
    }

    /// The suggestion sentence for an unknown name, or nil when nothing is near.
    package static func suggestion(among names: some Sequence<String>, to wanted: String) -> String? {
        among(names, to: wanted).map { "did you mean \"\($0)\"?" }
    }

    /// Names of more scalars than this are not compared.
    private static let longest = 100

    /// The scalars of a name with ASCII letters in lower case.
    private static func scalars(of name: String) -> [UInt32] {
        name.unicodeScalars.prefix(longest + 1).map { ("A"..."Z").contains($0) ? $0.value | 0x20 : $0.value }
    }

    /// The optimal string alignment distance: Damerau-Levenshtein where no stretch is edited twice.
    private static func distance(from first: [UInt32], to second: [UInt32]) -> Int {
        var beforeLast = [Int](repeating: 0, count: second.count + 1)
        var last = Array(0...second.count)
        var current = last
        for row in 0..<first.count {
            current[0] = row + 1
            for column in 0..<second.count {
                let isSame = first[row] == second[column]
                var best = min(last[column + 1] + 1, current[column] + 1, last[column] + (isSame ? 0 : 1))
                if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current[column + 1] = best
            }
            (beforeLast, last, current) = (last, current, beforeLast)
        }
        return last[second.count]
    }
}
