import ContractLinting
import JSONDocuments
import OpenAPIDocuments
import SourceDiagnostics

/// What documents are held to: built-in rules and rules that a file spells out, in Spectral's format for rulesets.
///
///     let ruleset = try Ruleset.load("api/.spectral.yaml")
///     let findings = ruleset.lint(LintLoader().load("api/orders.yaml"), named: "api/orders.yaml")
///
/// Immutable: several threads lint with one ruleset.
package struct Ruleset: Sendable {
    /// The rules that are on where nobody says otherwise.
    package static let recommended: Ruleset = {
        var table = RuleTable(.lintel, .recommended)
        return Ruleset(table: table, overrides: nil)
    }()

    /// The rules, without overrides.
    private let table: RuleTable
    /// What holds for some documents only.
    private let overrides: RulesetOverrides?

    /// A ruleset.
    private init(table: RuleTable, overrides: RulesetOverrides?) {
        self.table = table
        self.overrides = overrides
    }

    /// Loads a ruleset with the files that it extends.
    ///
    /// - Parameters:
    ///   - path: The file; overrides are relative to its folder.
    ///   - files: How files are reached.
    /// - Throws: `RulesetRejection` with every mistake that was found.
    package static func load(
        _ path: String, files: DocumentFiles = .system
    ) throws(RulesetRejection) -> Ruleset {
        var reader = RulesetReader(files: files)
        let root = reader.read(path)
        var problems = reader.problems
        guard let root, let node = reader.nodes[root] else { throw RulesetRejection(diagnostics: problems) }
        let assembler = RulesetAssembler(nodes: reader.nodes)
        let table = assembler.table(root, .recommended, &problems)
        let overrides = RulesetOverrides(node, path: path, real: root, assembler, table, &problems)
        problems += Linter(rules: Self.configured(table.all, nil, table.parserOptions)).optionProblems()
        guard problems.isEmpty else { throw RulesetRejection(diagnostics: problems) }
        return Ruleset(table: table, overrides: node.definition.overrides.isEmpty ? nil : overrides)
    }

    /// The names of all rules, also of those that are off.
    package var names: [String] { table.names }

    /// What is known about the rules that are on.
    package var descriptions: [RuleDescription] {
        table.all.filter(\.isOn).map { entry in
            var summary = entry.description ?? entry.name
            if case .builtIn(let rule) = entry.subject { summary = entry.description ?? rule.profile.summary }
            return RuleDescription(
                id: entry.name, summary: summary, severity: entry.severity, documentation: entry.documentation)
        }
    }

    /// Lints a document.
    ///
    /// - Parameters:
    ///   - document: With all its files.
    ///   - name: Its path as the user named it: overrides go by it.
    /// - Returns: The findings by file in the order of loading, then by place, then by rule.
    package func lint(_ document: LintDocument, named name: String) -> [Finding] {
        let table = overrides?.table(for: name) ?? table
        let formats = DocumentFormat.formats(of: document)
        let entries = table.all.filter { entry in
            (entry.isOn || overrides?.mayTurnOn(entry.name, in: name) == true)
                && (entry.formats.map { !$0.isDisjoint(with: formats) } ?? true)
        }
        var findings = Linter(rules: Self.configured(entries, table, table.parserOptions)).lint(document)
        for index in findings.indices {
            guard let entry = table.entries[findings[index].rule] else { continue }
            Self.reword(&findings[index], as: entry)
        }
        for entry in entries {
            guard case .custom(let rule) = entry.subject else { continue }
            findings += CustomRuleRun(entry, rule, document, formats).findings()
        }
        if let overrides { findings = overrides.weighed(findings, in: name, table) }
        return findings.inOrder(of: document)
    }

    /// The built-in rules among some entries, ready for the linter; those that are always on with them.
    private static func configured(
        _ entries: [RuleEntry], _ table: RuleTable?, _ parserOptions: JSONValue?
    ) -> [ConfiguredRule] {
        var rules: [ConfiguredRule] = []
        var present: Set<String> = []
        for entry in entries {
            guard case .builtIn(let rule) = entry.subject else { continue }
            present.insert(entry.name)
            let options = entry.name == "parser" ? entry.options ?? parserOptions : entry.options
            rules.append(
                ConfiguredRule(rule, severity: entry.severity, options: options, documentation: entry.documentation))
        }
        var implied = BuiltInRuleset.alwaysOn
        if table?.expectsFormats == true { implied.append("unrecognized-format") }
        for name in implied where !present.contains(name) && table?.entries[name] == nil {
            guard let rule = RuleRegistry.rule(named: name) else { continue }
            rules.append(ConfiguredRule(rule, options: name == "parser" ? parserOptions : nil))
        }
        return rules
    }

    /// Gives a finding of a built-in rule the message that a ruleset wants.
    private static func reword(_ finding: inout Finding, as entry: RuleEntry) {
        guard let message = entry.message else { return }
        let facts = MessageTemplate.Facts(
            error: finding.message, description: entry.description,
            path: "#" + JSONPointer(tokens: finding.path).description, property: finding.path.last ?? "", value: "")
        finding.message = message.text(with: facts)
    }
}
