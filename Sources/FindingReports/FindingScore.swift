import SourceDiagnostics

/// How good the documents are, from 0 to 100: one number to watch over time and to hold a build to.
///
/// Each rule that was broken has a cost: its weight (an error 20, a warning 4, an information 1, a hint 0) for the first
/// finding, and the same again each time that their number doubles, so that one habit repeated a thousand times does not
/// hide everything else. The score is 100 × 100 / (100 + cost), rounded down: 100 without findings, 83 with a single
/// error, 50 where the cost is 100. It says nothing that the findings do not say.
package struct FindingScore: Sendable {
    /// What one rule costs.
    package struct RuleCost: Sendable, Equatable {
        /// The rule.
        package let rule: String

        /// The severity of its findings; the most serious one where they differ.
        package let severity: Severity

        /// How many findings it has.
        package let count: Int

        /// What it takes: the weight, once more for each doubling of the count.
        package var cost: Int {
            guard count > 0 else { return 0 }
            let doublings = Int.bitWidth - 1 - count.leadingZeroBitCount
            return severity.scoreWeight * (1 + doublings)
        }
    }

    /// The rules that were broken: the most serious first, then by count, then by name.
    package let rules: [RuleCost]

    /// The sum over the rules.
    package let cost: Int

    /// The score, 0 to 100.
    package var value: Int { 10_000 / (100 + cost) }

    /// The formula in words, for the reports that show the score.
    package static let formula = """
        Each rule that was broken costs its weight (error 20, warning 4, info 1, hint 0), and as much again each time \
        that the number of its findings doubles. Score = 100 × 100 / (100 + cost), rounded down.
        """

    /// Scores findings.
    package init(_ findings: some Sequence<Finding>) {
        var tallies: [String: (severity: Severity, count: Int)] = [:]
        for finding in findings {
            let known = tallies[finding.rule] ?? (finding.severity, 0)
            tallies[finding.rule] = (max(known.severity, finding.severity), known.count + 1)
        }
        rules = tallies.map { RuleCost(rule: $0.key, severity: $0.value.severity, count: $0.value.count) }
            .sorted { left, right in
                if left.severity != right.severity { return left.severity > right.severity }
                return (right.count, left.rule) < (left.count, right.rule)
            }
        cost = rules.reduce(0) { $0 + $1.cost }
    }
}

extension Severity {
    /// What the first finding of a rule costs.
    fileprivate var scoreWeight: Int {
        switch self {
        case .error: 20
        case .warning: 4
        case .information: 1
        case .hint: 0
        }
    }
}
