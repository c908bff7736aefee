import JSONDocuments
import SourceDiagnostics

/// The code quality report of GitLab: an array of Code Climate issues.
///
/// GitLab drops issues whose fingerprints are equal and compares them between branches, so each finding has its own and
/// keeps it while lines move.
struct GitLabReport {
    /// What is told.
    let report: FindingReport

    /// The report as text.
    var text: String {
        var writer = JSONWriter(.pretty)
        writer.beginArray()
        for entry in report.findings { write(entry, to: &writer) }
        writer.endArray()
        return writer.text + "\n"
    }

    /// Writes one issue.
    private func write(_ entry: ReportedFinding, to writer: inout JSONWriter) {
        let finding = entry.finding
        let message = finding.sentence
        writer.beginObject()
        writer.member("type", "issue")
        writer.member("check_name", finding.rule)
        writer.member("description", PrintableText.line(message))
        writer.key("categories")
        writer.beginArray()
        writer.string("Style")
        writer.endArray()
        writer.member("severity", finding.severity.gitLabSeverity)
        writer.member("fingerprint", entry.fingerprint)
        writer.key("location")
        writer.beginObject()
        writer.member("path", report.options.paths.told(finding.source))
        writer.key("lines")
        writer.beginObject()
        writer.member("begin", entry.line)
        writer.member("end", entry.end?.line ?? entry.line)
        writer.endObject()
        writer.endObject()
        writer.endObject()
    }
}

extension Severity {
    /// One of `info`, `minor`, `major`, `critical`, `blocker`.
    fileprivate var gitLabSeverity: String {
        switch self {
        case .error: "critical"
        case .warning: "major"
        case .information: "minor"
        case .hint: "info"
        }
    }
}
