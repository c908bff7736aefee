import Glibc

/// One line at the terminal that says how far a long work is, rewritten as it goes on. Elsewhere it says nothing.
struct ProgressLine {
    /// How much work there is.
    private let total: Int
    /// What is counted.
    private let unit: String
    /// Whether anybody sees it.
    private let isShown: Bool

    /// A line for a work of several parts.
    init(of total: Int, _ unit: String, isShown: Bool) {
        self.total = total
        self.unit = unit
        self.isShown = isShown && total > 4 && isatty(STDERR_FILENO) == 1
    }

    /// Says how much is done.
    func show(_ done: Int) {
        guard isShown else { return }
        Terminal.error.writePart("\r\(done) of \(total) \(unit)")
    }

    /// Takes the line away.
    func end() {
        guard isShown else { return }
        Terminal.error.writePart("\r\u{1B}[K")
    }
}
