import SourceDiagnostics

/// How many findings there are of each severity.
package struct FindingCounts: Sendable, Equatable {
    /// The count at a severity's raw value.
    private var counts = [0, 0, 0, 0]

    /// Counts severities.
    package init(_ severities: some Sequence<Severity>) {
        for severity in severities { counts[severity.rawValue] += 1 }
    }

    /// How many there are of a severity.
    package subscript(severity: Severity) -> Int { counts[severity.rawValue] }

    /// How many there are.
    package var total: Int { counts.reduce(0, +) }

    /// How many there are of a severity or a more serious one.
    package func atLeast(_ severity: Severity) -> Int { counts[severity.rawValue...].reduce(0, +) }

    /// The most serious one.
    var highest: Severity? { Severity.allCases.last { self[$0] > 0 } }

    /// `3 problems (1 error, 2 warnings, 0 infos, 0 hints)`: the words of Spectral's last line.
    package var sentence: String {
        let parts = Severity.allCases.reversed().map { Self.counted(self[$0], $0.description) }
        return "\(Self.counted(total, "problem")) (\(parts.joined(separator: ", ")))"
    }

    /// A number with its word in the singular or the plural.
    static func counted(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }
}
