import FindingReports
import Foundation
import JSONDocuments
import SourceDiagnostics
import TestSupport
import Testing

/// Spectral's own reports, read back into findings and told again: what comes out is what went in.
@Suite("Spectral's reports", .enabled(if: Corpora.isPresent, Comment(rawValue: Corpora.absence)))
struct SpectralReportTests {
    /// A file in which every place of a report exists.
    private static let paper = SourceFile(
        path: "{document}",
        bytes: Array(
            repeatElement(String(repeating: " ", count: 99) + "\n", count: 99).joined().utf8))

    /// The expected outputs whose file names contain a word.
    private static func goldens(_ isMeant: (String) -> Bool) throws -> [String] {
        let file = SourceFile(path: "", bytes: try Corpora.bytes("lint/spectral_cli_scenarios.json"))
        return try JSONDocument(parsing: file).root.elements.compactMap { $0["stdout"]?.string }.filter(isMeant)
    }

    /// The offset of a zero-based place.
    private static func offset(_ line: Int, _ character: Int) -> Int { line * 100 + character }

    @Test("stylish, line by line")
    func stylish() throws {
        let goldens = try Self.goldens { $0.contains("✖") }
        #expect(goldens.count >= 9)
        for golden in goldens {
            let findings = golden.matches(
                of: #/(?m)^ +(?<line>\d+):(?<column>\d+) +(?<severity>\w+)  (?<rule>\S+) +(?<rest>\S.*)$/#
            ).map { match in
                let parts = match.output.rest.components(separatedBy: "  ").filter { !$0.isEmpty }
                let place = Self.offset((Int(match.output.line) ?? 0) - 1, (Int(match.output.column) ?? 0) - 1)
                let path = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
                return Finding(
                    rule: String(match.output.rule), severity: Self.severities[String(match.output.severity)] ?? .hint,
                    message: parts[0], source: String(golden.prefix { $0 != "\n" }),
                    path: path.split { ".[]".contains($0) }.map(String.init),
                    range: SourceRange(file: Self.paper, lowerBound: place, upperBound: place))
            }
            let report = FindingReport(inputs: [], findings: findings.reversed())
            #expect(report.text(as: .stylish) == golden)
        }
    }

    /// The words of the report.
    private static let severities: [String: Severity] = [
        "error": .error, "warning": .warning, "information": .information, "hint": .hint,
    ]

    @Test("json, value by value, and text from the same findings")
    func json() throws {
        let goldens = try Self.goldens { $0.hasPrefix("[") }
        #expect(goldens.count == 2)
        for golden in goldens {
            let expected = try JSONDocument(parsing: SourceFile(path: "", bytes: Array(golden.utf8))).root
            let findings = expected.elements.map { element in
                let bounds = ["start", "end"].map { name in
                    let place = element["range"]?[name]
                    return Self.offset(place?["line"]?.int ?? 0, place?["character"]?.int ?? 0)
                }
                return Finding(
                    rule: element["code"]?.string ?? "",
                    severity: Severity(rawValue: 3 - (element["severity"]?.int ?? 0)) ?? .hint,
                    message: element["message"]?.string ?? "", source: element["source"]?.string ?? "",
                    path: element["path"]?.elements.compactMap(\.string) ?? [],
                    range: SourceRange(file: Self.paper, lowerBound: bounds[0], upperBound: bounds[1]))
            }
            let report = FindingReport(inputs: [], findings: findings)
            let written = try JSONReportTests.parsed(report, .json)
            #expect(JSONWriter.text(of: written) == JSONWriter.text(of: expected))
            let lines = try Self.goldens { $0.contains(":1:1 warning") }
            #expect(
                lines.map { $0.trimmingCharacters(in: .newlines) } == [
                    report.text(as: .text).trimmingCharacters(in: .newlines)
                ])
        }
    }
}
