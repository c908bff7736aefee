/// Runs a pattern as a deterministic automaton over bytes: one table look-up for each byte of the text, whatever the
/// pattern, and so no limit that a text could run into.
///
/// Whatever is regular in the strict sense can be such an automaton: classes, alternatives, repetitions, `^` and `$`; not
/// look-around, `\b` and back references. Which groups took what does not matter to JSON Schema, and with it neither
/// greed nor the order of alternatives. `make` refuses what would grow large.
///
/// One array holds everything. Its first 256 entries give the column of each byte; rows of `width` entries follow:
///
///     row 256              nothing can match any more
///     row 256 + width      something has matched
///     row 256 + 2 × width  the start of the text
///     …
///     entry 0 of a row: whether the pattern matches if the text ends here; the others: offset of the next row
///
/// Source: the subset construction of Rabin and Scott, "Finite Automata and Their Decision Problems" (1959).
struct AutomatonMatcher: Sendable, Equatable {
    /// Columns and rows.
    let table: [UInt16]
    /// Entries of a row.
    let width: Int

    /// Where the rows begin: the row of the texts that cannot match any more.
    static var failed: Int { 256 }

    /// The automaton of a pattern; `nil` where the pattern is not regular, or the automaton would be large.
    static func make(_ root: PatternNode) -> AutomatonMatcher? {
        var graph = AutomatonGraph()
        guard let start = graph.add(root, before: AutomatonGraph.match) else { return nil }
        var builder = AutomatonBuilder(graph, start: start)
        return builder.build()
    }

    /// Searches the pattern in a text.
    /// - Parameters:
    ///   - table: Columns and rows, from `make`: its offsets lie within it.
    ///   - text: UTF-8. Of anything else no more is promised than an answer.
    /// - Complexity: O(bytes).
    @inline(__always)
    static func matches(
        _ table: UnsafePointer<UInt16>, width: Int, _ text: UnsafeRawBufferPointer
    ) -> Bool {
        let matched = failed &+ width
        var row = matched &+ width
        for byte in text {
            row = Int(table[row &+ Int(table[Int(byte)])])
            if row <= matched { return row == matched }
        }
        return table[row] != 0
    }
}
