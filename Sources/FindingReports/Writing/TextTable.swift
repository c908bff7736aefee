/// Columns of text on a terminal.
struct TextTable {
    /// How a column is filled up.
    enum Alignment {
        case left, right

        /// The odd space goes to the left.
        case center
    }

    /// The alignments of the columns; further columns are filled up on the right.
    let alignments: [Alignment]

    /// The lines, two spaces between columns, no space at their ends.
    ///
    /// - Parameters:
    ///   - rows: The cells, on one line each.
    ///   - style: Dresses a cell by its column after it was measured.
    func lines(_ rows: [[String]], style: (_ row: Int, _ column: Int, _ text: String) -> String) -> [String] {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], DisplayWidth.of(cell))
            }
        }
        return rows.enumerated().map { index, row in
            let last = row.lastIndex { !$0.isEmpty } ?? 0
            return row.prefix(last + 1).enumerated().map { column, cell in
                let spaces = widths[column] - DisplayWidth.of(cell)
                let alignment = column < alignments.count ? alignments[column] : .left
                let before =
                    switch alignment {
                    case .left: 0
                    case .right: spaces
                    case .center: (spaces + 1) / 2
                    }
                let after = column == last ? 0 : spaces - before
                return Self.blank(before) + style(index, column, cell) + Self.blank(after)
            }.joined(separator: "  ")
        }
    }

    /// Spaces.
    static func blank(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
}
