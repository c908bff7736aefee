import SourceDiagnostics

/// What a run of `lintel lint` or `lintel diff` found, ready to be told in any format, several from one value.
///
/// Files come in the order in which they were named, then those that references reached, by name; in a file findings come
/// by place, then by rule. So equal runs give equal bytes, whatever the order in which files were read.
package struct FindingReport: Sendable {
    /// The files with their findings, clean ones as well.
    let files: [ReportedFile]

    /// The rules that reports describe, by name.
    let rules: [RuleDescription]

    /// Who says it.
    let tool: ReportTool

    /// How it is written.
    let options: ReportOptions

    /// How many findings are told, by severity; without those that `ReportOptions.showsOnlyFailures` leaves out.
    package let counts: FindingCounts

    /// The score of all findings, told or not.
    package let score: FindingScore

    /// Puts findings in order.
    ///
    /// - Parameters:
    ///   - inputs: The files that were looked at, as the user named them, so that clean ones appear.
    ///   - findings: What was found.
    ///   - rules: What is known about the rules; a rule without a description is shown by its name.
    ///   - tool: Who says it.
    ///   - options: How it is written.
    /// - Complexity: O(n log n) for n findings.
    package init(
        inputs: [String],
        findings: [Finding],
        rules: [RuleDescription] = [],
        tool: ReportTool = ReportTool(),
        options: ReportOptions = ReportOptions()
    ) {
        var told = findings
        if options.showsOnlyFailures {
            told.removeAll { finding in options.failSeverity.map { finding.severity < $0 } ?? true }
        }
        files = Self.files(inputs, told, options.paths)
        self.rules = rules.sorted { $0.id < $1.id }
        self.tool = tool
        self.options = options
        counts = FindingCounts(told.lazy.map(\.severity))
        score = FindingScore(findings)
    }

    /// The findings of all files, in order.
    var findings: [ReportedFinding] { files.flatMap(\.findings) }

    /// The findings, the most serious first, otherwise in order.
    var bySeverity: [ReportedFinding] {
        let findings = findings
        return Severity.allCases.reversed().flatMap { severity in findings.filter { $0.finding.severity == severity } }
    }

    /// The files that have findings, with no more than a number of findings in all: the most serious, otherwise in order.
    ///
    /// - Parameter limit: How many; nil for all.
    func filesWithFindings(limit: Int?) -> [ReportedFile] {
        let files = files.filter { !$0.findings.isEmpty }
        guard let limit, limit < counts.total else { return files }
        // All findings above one severity are told, and of that severity as many as there is room for.
        let least = Severity.allCases.first { counts.atLeast($0) - counts[$0] < limit } ?? .error
        var room = limit - (counts.atLeast(least) - counts[least])
        return files.compactMap { file in
            var kept = file
            kept.findings = file.findings.filter { entry in
                guard entry.finding.severity == least else { return entry.finding.severity > least }
                room -= 1
                return room >= 0
            }
            return kept.findings.isEmpty ? nil : kept
        }
    }

    /// Whether a finding makes the command fail.
    func isFailure(_ finding: Finding) -> Bool { options.failSeverity.map { finding.severity >= $0 } ?? false }

    /// `No results with a severity of 'error' found!`: what a clean run says at a terminal, in Spectral's words.
    var cleanSentence: String {
        if let sentence = options.cleanSentence { return sentence }
        return switch options.failSeverity {
        case .none, .hint?: "No results found!"
        case .error?: "No results with a severity of 'error' found!"
        case .warning?: "No results with a severity of 'warn' or higher found!"
        case .information?: "No results with a severity of 'info' or higher found!"
        }
    }

    /// Groups findings by file and numbers them with their fingerprints.
    private static func files(_ inputs: [String], _ findings: [Finding], _ paths: ReportPaths) -> [ReportedFile] {
        var bySource = Dictionary(grouping: findings, by: \.source)
        var sources: [String] = []
        for input in inputs where !sources.contains(input) { sources.append(input) }
        sources += bySource.keys.filter { !inputs.contains($0) }.sorted()
        var fingerprints = Fingerprints()
        return sources.map { source in
            let told = paths.told(source)
            var entries = (bySource.removeValue(forKey: source) ?? []).map(ReportedFinding.init)
            entries.sort(by: ReportedFinding.precedes)
            for index in entries.indices {
                entries[index].fingerprint = fingerprints.next(
                    rule: entries[index].finding.rule, file: told, pointer: entries[index].pointer)
            }
            return ReportedFile(source: source, findings: entries)
        }
    }
}
