import SourceDiagnostics

/// Service messages that TeamCity shows as inspections: each rule once, then the findings.
struct TeamCityReport {
    /// The greatest length of a description; TeamCity cuts names and categories at 255 characters.
    private static let descriptionLimit = 4_000

    /// What is told.
    let report: FindingReport

    /// The report as text; empty where nothing was found.
    var text: String {
        let summaries = Dictionary(report.rules.map { ($0.id, $0.summary) }) { first, _ in first }
        var announced: Set<String> = []
        var text = ""
        for entry in report.findings {
            let rule = entry.finding.rule
            if announced.insert(rule).inserted {
                text += message(
                    "inspectionType",
                    [
                        ("id", rule), ("name", rule), ("category", "OpenAPI"),
                        ("description", String((summaries[rule] ?? rule).prefix(Self.descriptionLimit))),
                    ])
            }
            text += inspection(entry)
        }
        return text
    }

    /// The message of one finding.
    private func inspection(_ entry: ReportedFinding) -> String {
        let finding = entry.finding
        let words = finding.sentence
        return message(
            "inspection",
            [
                ("typeId", finding.rule), ("message", String(words.prefix(Self.descriptionLimit))),
                ("file", report.options.paths.told(finding.source)), ("line", "\(entry.line)"),
                ("SEVERITY", finding.severity.teamCitySeverity),
            ])
    }

    /// One service message on a line.
    private func message(_ name: String, _ attributes: [(name: String, value: String)]) -> String {
        let written = attributes.map { " \($0.name)='\(Self.escaped($0.value))'" }.joined()
        return "##teamcity[\(name)\(written)]\n"
    }

    /// A value: the escapes of TeamCity's service messages.
    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "|", "'", "[", "]": result += "|\(scalar)"
            case "\n": result += "|n"
            case "\r": result += "|r"
            default: result.unicodeScalars.append(PrintableText.isControl(scalar) ? "\u{FFFD}" : scalar)
            }
        }
    }
}

extension Severity {
    /// One of `INFO`, `WEAK WARNING`, `WARNING`, `ERROR`.
    fileprivate var teamCitySeverity: String {
        switch self {
        case .error: "ERROR"
        case .warning: "WARNING"
        case .information: "WEAK WARNING"
        case .hint: "INFO"
        }
    }
}
