import SourceDiagnostics

/// Workflow commands that GitHub shows as annotations on the files of a change.
///
/// GitHub keeps ten errors, ten warnings and ten notices of a step, and fifty annotations of a job, so the most serious
/// come first and the last line says what was not kept. All of them stand in the log.
struct GitHubActionsReport {
    /// How many annotations of one kind GitHub keeps of a step.
    static let annotationLimit = 10

    /// What is told.
    let report: FindingReport

    /// The report as text; of a clean run only its last line.
    var text: String {
        let commands = report.bySeverity.map { command($0) + "\n" }.joined()
        return commands + closing + "\n"
    }

    /// The command of one finding.
    private func command(_ entry: ReportedFinding) -> String {
        let finding = entry.finding
        var properties = [
            ("title", finding.rule), ("file", report.options.paths.told(finding.source)), ("line", "\(entry.line)"),
        ]
        if let start = entry.start, let end = entry.end {
            properties.append(("endLine", "\(end.line)"))
            // The annotations interface takes columns only where a place begins and ends on one line.
            if start.line == end.line { properties += [("col", "\(start.column)"), ("endColumn", "\(end.column)")] }
        }
        let written = properties.map { "\($0.0)=\(Self.escapedProperty($0.1))" }.joined(separator: ",")
        let message = finding.message + (finding.suggestion.map { "\n\($0)" } ?? "")
        return "::\(finding.severity.annotationKind) \(written)::\(Self.escaped(message))"
    }

    /// The last line: how many there are, and how many of them GitHub does not show.
    private var closing: String {
        guard report.counts.total > 0 else { return report.cleanSentence }
        let counts = report.counts
        let kinds = [counts[.error], counts[.warning], counts[.information] + counts[.hint]]
        guard kinds.contains(where: { $0 > Self.annotationLimit }) else { return counts.sentence }
        return counts.sentence
            + "; of each kind GitHub shows the first \(Self.annotationLimit) of a step as annotations"
    }

    /// The value of a command: the escapes of GitHub's toolkit.
    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "%": result += "%25"
            case "\r": result += "%0D"
            case "\n": result += "%0A"
            default: result.unicodeScalars.append(PrintableText.isControl(scalar) ? "\u{FFFD}" : scalar)
            }
        }
    }

    /// The value of a property: also without the characters that end it.
    private static func escapedProperty(_ text: String) -> String {
        escaped(text).reduce(into: "") { result, character in
            switch character {
            case ":": result += "%3A"
            case ",": result += "%2C"
            default: result.append(character)
            }
        }
    }
}

extension Severity {
    /// The name of the command.
    fileprivate var annotationKind: String {
        switch self {
        case .error: "error"
        case .warning: "warning"
        case .information, .hint: "notice"
        }
    }
}
