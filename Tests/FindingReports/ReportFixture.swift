import FindingReports
import SourceDiagnostics

/// The small run that most goldens tell: two files with findings, a clean one, a finding behind a reference.
enum ReportFixture {
    /// A document with three mistakes.
    static let shop = SourceFile(
        path: "specs/shop.yaml",
        bytes: Array(
            """
            openapi: 3.1.0
            info:
              title: Shop
            paths:
              /orders:
                get:
                  responses:
                    200: { $ref: '#/components/responses/Ordrs' }

            """.utf8))

    /// A document that another one refers to.
    static let common = SourceFile(path: "specs/common.yaml", bytes: Array("Order:\n  type: objekt\n".utf8))

    /// The range of the first place in a file where a text stands.
    static func range(of text: String, in file: SourceFile) -> SourceRange {
        let wanted = Array(text.utf8)
        let start =
            file.bytes.indices.first { file.bytes[$0...].starts(with: wanted) } ?? file.bytes.startIndex
        return SourceRange(file: file, lowerBound: start, upperBound: start + wanted.count)
    }

    /// What was found, in no good order.
    static let findings = [
        Finding(
            rule: "typed-enum", severity: .error, message: "\"type\" must be one of the allowed types",
            source: "specs/common.yaml", path: ["Order", "type"], range: range(of: "objekt", in: common),
            references: [range(of: "'#/components/responses/Ordrs'", in: shop)]),
        Finding(
            rule: "invalid-ref", severity: .error, message: "there is no response \"Ordrs\"", source: "specs/shop.yaml",
            path: ["paths", "/orders", "get", "responses", "200", "$ref"],
            range: range(of: "'#/components/responses/Ordrs'", in: shop), suggestion: "did you mean \"Orders\"?",
            documentation: "https://lintel.test/rules#invalid-ref"),
        Finding(
            rule: "info-contact", severity: .warning, message: "Info object must have a \"contact\" object.",
            source: "specs/shop.yaml", path: ["info"], range: range(of: "info", in: shop)),
        Finding(
            rule: "info-license", severity: .hint, message: "a licence helps those who use it",
            source: "specs/shop.yaml",
            path: ["info"], range: range(of: "info", in: shop)),
    ]

    /// The files that were named.
    static let inputs = ["specs/shop.yaml", "specs/users.yaml"]

    /// What is known about the rules.
    static let rules = [
        RuleDescription(
            id: "invalid-ref", summary: "Every reference leads to something.", severity: .error,
            documentation: "https://lintel.test/rules#invalid-ref"),
        RuleDescription(id: "info-contact", summary: "The document names a contact.", severity: .warning),
    ]

    /// The run with options.
    static func report(
        _ findings: [Finding] = findings, inputs: [String] = inputs, change: (inout ReportOptions) -> Void = { _ in }
    ) -> FindingReport {
        var options = ReportOptions()
        options.paths = ReportPaths(currentDirectory: "/home/ann/api")
        change(&options)
        return FindingReport(
            inputs: inputs, findings: findings, rules: rules,
            tool: ReportTool(version: "1.2.3", page: "https://lintel.test"), options: options)
    }

    /// A finding in a file of its own, for what a single message or path does to a format.
    static func finding(
        _ message: String = "m", rule: String = "r", severity: Severity = .error, source: String = "a.yaml",
        path: [String] = []
    ) -> Finding {
        Finding(rule: rule, severity: severity, message: message, source: source, path: path)
    }

    /// Everything that formats must escape, in one text.
    static let hostileText = """
        <script>alert("1")</script> & ']]>' | `c` **b** [x](https://evil.test) @ann $1$ 100% \u{1B}[2J \u{202E}abc \u{0} \
        \u{FFFE} 日本語\r
        ::error::second line, 'quoted' |n ##teamcity[x]
        """

    /// A run in which messages, rules, paths, file names and the file itself are hostile.
    static var hostile: FindingReport {
        let file = SourceFile(
            path: "specs/\(hostileText).yaml", bytes: Array((hostileText + "\n").utf8) + [0xFF, 0xC3, 0x28, 0x0A])
        let finding = Finding(
            rule: hostileText, severity: .error, message: hostileText, source: file.path,
            path: [hostileText, "a~b/c", ""], range: SourceRange(file: file, lowerBound: 8, upperBound: 40),
            references: [SourceRange(file: file, lowerBound: 3, upperBound: 9)], suggestion: hostileText,
            documentation: "javascript:alert(1)//\(hostileText)")
        var other = finding
        other.severity = .hint
        return report([finding, other, finding], inputs: [hostileText])
    }
}
