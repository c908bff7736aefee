import ContractLinting
import JSONDocuments
import OpenAPIDocuments
import SourceDiagnostics
import YAMLDocuments

/// Lints texts, for tests.
enum Linting {
    /// What rules find in a document.
    ///
    /// - Parameters:
    ///   - text: JSON or YAML.
    ///   - rules: Names of rules; empty: the recommended ones.
    static func findings(in text: String, rules: [String] = [], path: String = "document.yaml") -> [Finding] {
        let set = rules.isEmpty ? RuleRegistry.recommended : rules.compactMap { RuleRegistry.rule(named: $0) }
        let file = SourceFile(path: path, bytes: Array(text.utf8))
        return Linter(rules: set.map { ConfiguredRule($0) }).lint(LintLoader().load(file))
    }

    /// What rules find in a document of several files; the first path is that of the document.
    static func findings(in files: [(path: String, text: String)], rules: [String]) -> [Finding] {
        let contents = Dictionary(files.map { ($0.path, $0.text) }, uniquingKeysWith: { first, _ in first })
        let loader = LintLoader(roots: ["/api"], files: .memory(contents))
        let set = rules.compactMap { RuleRegistry.rule(named: $0) }
        return Linter(rules: set.map { ConfiguredRule($0) }).lint(loader.load(files[0].path))
    }

    /// A finding as `line:column-line:column path message`, for expectations.
    static func summary(_ finding: Finding) -> String {
        let range = finding.range.map { "\($0.start)-\($0.end) " } ?? ""
        return range + finding.path.joined(separator: ".") + " " + finding.message
    }
}

extension Linting {
    /// A YAML text as a value.
    static func value(_ text: String) throws -> JSONValue {
        try DocumentParser.parse(SourceFile(path: "value.yaml", bytes: Array(text.utf8))).get().root
    }
}
