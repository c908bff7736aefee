import JSONDocuments
import SourceDiagnostics

/// An array of objects, as Spectral writes them: zero-based lines and columns, severities from 0 for an error.
///
/// `suggestion`, `previous` and `references` are ours, and stand only where there are any.
struct JSONReport {
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

    /// Writes one finding.
    private func write(_ entry: ReportedFinding, to writer: inout JSONWriter) {
        let finding = entry.finding
        writer.beginObject()
        writer.member("code", finding.rule)
        writer.key("path")
        writer.beginArray()
        for name in finding.path { writer.string(name) }
        writer.endArray()
        writer.member("message", finding.message)
        writer.member("severity", finding.severity.spectralNumber)
        writeRange(entry.start, entry.end, to: &writer)
        writer.member("source", finding.source)
        if let documentation = finding.documentation { writer.member("documentationUrl", documentation) }
        if let suggestion = finding.suggestion { writer.member("suggestion", suggestion) }
        if let previous = finding.previous {
            writer.key("previous")
            writePlace(previous, to: &writer)
        }
        if !finding.references.isEmpty {
            writer.key("references")
            writer.beginArray()
            for reference in finding.references { writePlace(reference, to: &writer) }
            writer.endArray()
        }
        writer.endObject()
    }

    /// Writes a place in some file.
    private func writePlace(_ place: SourceRange, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("source", place.file.path)
        writeRange(place.start, place.end, to: &writer)
        writer.endObject()
    }

    /// Writes a range; the start of the file where there is none.
    private func writeRange(_ start: SourcePosition?, _ end: SourcePosition?, to writer: inout JSONWriter) {
        writer.key("range")
        writer.beginObject()
        for (name, position) in [("start", start), ("end", end)] {
            writer.key(name)
            writer.beginObject()
            writer.member("line", (position?.line ?? 1) - 1)
            writer.member("character", (position?.column ?? 1) - 1)
            writer.endObject()
        }
        writer.endObject()
    }
}
