import JSONDocuments
import SourceDiagnostics

/// Static Analysis Results Interchange Format 2.1.0: what code scanning of GitHub and others reads.
///
/// Paths are relative and rules have the same names in every run, so that an alert is followed from one run to the next.
/// `partialFingerprints` holds our own fingerprint only: GitHub's upload action adds `primaryLocationLineHash` by itself,
/// and warns about each one that it finds and would have computed differently.
struct SARIFReport {
    /// How many results a run may have: GitHub refuses a file with more, so the most serious are kept.
    static let resultLimit = 25_000

    /// What is told.
    let report: FindingReport

    /// The report as text.
    var text: String {
        let findings = report.counts.total > Self.resultLimit ? report.bySeverity : report.findings
        let rules = ruleTable()
        var writer = JSONWriter(.pretty)
        writer.beginObject()
        writer.member("$schema", "https://json.schemastore.org/sarif-2.1.0.json")
        writer.member("version", "2.1.0")
        writer.key("runs")
        writer.beginArray()
        writer.beginObject()
        writeTool(rules.descriptions, to: &writer)
        // Section 3.14.17: columns are counted in Unicode scalars.
        writer.member("columnKind", "unicodeCodePoints")
        writeArtifacts(to: &writer)
        writer.key("results")
        writer.beginArray()
        for entry in findings.prefix(Self.resultLimit) { write(entry, rules.indexes, to: &writer) }
        writer.endArray()
        writer.endObject()
        writer.endArray()
        writer.endObject()
        return writer.text + "\n"
    }

    /// The rules of the run with their places in it: the described ones, then those that only findings name.
    private func ruleTable() -> (descriptions: [RuleDescription], indexes: [String: Int]) {
        var descriptions: [RuleDescription] = []
        var indexes: [String: Int] = [:]
        let undescribed = report.findings.lazy.map(\.finding).map {
            RuleDescription(id: $0.rule, summary: $0.rule, severity: $0.severity, documentation: $0.documentation)
        }
        for description in report.rules + undescribed where indexes[description.id] == nil {
            indexes[description.id] = descriptions.count
            descriptions.append(description)
        }
        return (descriptions, indexes)
    }

    /// Writes the program and its rules (section 3.18).
    private func writeTool(_ rules: [RuleDescription], to writer: inout JSONWriter) {
        writer.key("tool")
        writer.beginObject()
        writer.key("driver")
        writer.beginObject()
        writer.member("name", report.tool.name)
        if let version = report.tool.version { writer.member("version", version) }
        if let page = report.tool.page { writer.member("informationUri", page) }
        writer.key("rules")
        writer.beginArray()
        for rule in rules {
            writer.beginObject()
            writer.member("id", rule.id)
            writer.key("shortDescription")
            writeMessage(rule.summary, to: &writer)
            if let documentation = rule.documentation { writer.member("helpUri", documentation) }
            writer.key("defaultConfiguration")
            writer.beginObject()
            writer.member("level", rule.severity.sarifLevel)
            writer.endObject()
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        writer.endObject()
    }

    /// Writes the files of the run, clean ones as well (section 3.14.15).
    private func writeArtifacts(to writer: inout JSONWriter) {
        writer.key("artifacts")
        writer.beginArray()
        for file in report.files {
            writer.beginObject()
            writer.key("location")
            writer.beginObject()
            writer.member("uri", report.options.paths.uri(file.source))
            writer.endObject()
            writer.endObject()
        }
        writer.endArray()
    }

    /// Writes one result (section 3.27).
    private func write(_ entry: ReportedFinding, _ indexes: [String: Int], to writer: inout JSONWriter) {
        let finding = entry.finding
        writer.beginObject()
        writer.member("ruleId", finding.rule)
        if let index = indexes[finding.rule] { writer.member("ruleIndex", index) }
        writer.member("level", finding.severity.sarifLevel)
        writer.key("message")
        writeMessage(finding.message + (finding.suggestion.map { "\n\($0)" } ?? ""), to: &writer)
        writer.key("locations")
        writer.beginArray()
        writer.beginObject()
        writePhysicalLocation(finding.source, entry.start, entry.end, to: &writer)
        writer.key("logicalLocations")
        writer.beginArray()
        writer.beginObject()
        writer.member("fullyQualifiedName", entry.pointer)
        writer.endObject()
        writer.endArray()
        writer.endObject()
        writer.endArray()
        writeRelated(finding, to: &writer)
        writer.key("partialFingerprints")
        writer.beginObject()
        writer.member("lintel/v1", entry.fingerprint)
        writer.endObject()
        writer.endObject()
    }

    /// Writes where a change stood before, and the references through which a place was reached (section 3.27.22).
    private func writeRelated(_ finding: Finding, to writer: inout JSONWriter) {
        let related =
            (finding.previous.map { [($0, "before the change")] } ?? [])
            + finding.references.map { ($0, "reached through this reference") }
        guard !related.isEmpty else { return }
        writer.key("relatedLocations")
        writer.beginArray()
        for (index, (place, words)) in related.enumerated() {
            writer.beginObject()
            writer.member("id", index)
            writer.key("message")
            writeMessage(words, to: &writer)
            writePhysicalLocation(place.file.path, place.start, place.end, to: &writer)
            writer.endObject()
        }
        writer.endArray()
    }

    /// Writes a place in a file, one-based (section 3.29).
    private func writePhysicalLocation(
        _ source: String, _ start: SourcePosition?, _ end: SourcePosition?, to writer: inout JSONWriter
    ) {
        writer.key("physicalLocation")
        writer.beginObject()
        writer.key("artifactLocation")
        writer.beginObject()
        writer.member("uri", report.options.paths.uri(source))
        writer.endObject()
        writer.key("region")
        writer.beginObject()
        writer.member("startLine", start?.line ?? 1)
        writer.member("startColumn", start?.column ?? 1)
        if let end {
            writer.member("endLine", end.line)
            writer.member("endColumn", end.column)
        }
        writer.endObject()
        writer.endObject()
    }

    /// Writes a message (section 3.11). Section 3.11.6: text in brackets before parentheses would be a link; a document
    /// must not be able to put links into alerts.
    private func writeMessage(_ text: String, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("text", text.contains("](") ? Self.withoutLinks(text) : text)
        writer.endObject()
    }

    /// A text with its brackets and backslashes escaped.
    private static func withoutLinks(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            if character == "[" || character == "]" || character == "\\" { result += "\\" }
            result.append(character)
        }
    }
}

extension Severity {
    /// The level of section 3.27.10.
    fileprivate var sarifLevel: String {
        switch self {
        case .error: "error"
        case .warning: "warning"
        case .information, .hint: "note"
        }
    }
}
