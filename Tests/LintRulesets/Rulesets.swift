import ContractLinting
import LintRulesets
import OpenAPIDocuments
import SourceDiagnostics

/// Rulesets and documents as texts, for tests.
enum Rulesets {
    /// Loads `/api/rules.yaml` from some files.
    static func load(_ text: String, _ others: [String: String] = [:]) throws(RulesetRejection) -> Ruleset {
        var files = others
        files["/api/rules.yaml"] = text
        return try Ruleset.load("/api/rules.yaml", files: .memory(files))
    }

    /// What a ruleset finds in a document, as `line:column rule message path`.
    static func findings(
        _ ruleset: String, _ document: String, named name: String = "/api/document.yaml",
        _ others: [String: String] = [:]
    ) throws -> [String] {
        let rules = try load(ruleset, others)
        var contents = others
        contents[name] = document
        let loader = LintLoader(roots: ["/api"], files: .memory(contents))
        return rules.lint(loader.load(name), named: name).map { finding in
            let place = finding.range.map { "\($0.start) " } ?? ""
            return
                "\(place)\(finding.severity) \(finding.rule) \(finding.message) \(finding.path.joined(separator: "."))"
        }
    }

    /// What is wrong with a ruleset, as `line:column message`.
    static func problems(_ text: String, _ others: [String: String] = [:]) -> [String] {
        do throws(RulesetRejection) {
            _ = try load(text, others)
            return []
        } catch {
            return error.diagnostics.map { ($0.range.map { "\($0.start) " } ?? "") + $0.message }
        }
    }
}
