import ContractLinting
import JSONDocuments
import SourceDiagnostics

/// The rules of a ruleset by name, after everything that it builds on had its say.
struct RuleTable: Sendable {
    /// The rules.
    private(set) var entries: [String: RuleEntry] = [:]
    /// The names in the order of their arrival.
    private(set) var names: [String] = []
    /// The aliases.
    private(set) var aliases = RuleAliases()
    /// How much mistakes of texts matter.
    private(set) var parserOptions: JSONValue?
    /// Whether the ruleset is for certain formats, so that a document of another one is worth a word.
    var expectsFormats: Bool {
        entries.values.contains { entry in
            if case .builtIn(let rule) = entry.subject { return !(rule is any AnyFormatRule.Type) }
            return entry.formats != nil
        }
    }

    /// An empty table.
    init() {}

    /// A table of built-in rules.
    init(_ ruleset: BuiltInRuleset, _ choice: RulesetDefinition.Extension.Choice) {
        for rule in ruleset.rules {
            let isOn = choice == .all || choice == .recommended && rule.profile.isRecommended
            put(RuleEntry(rule, isOn: isOn))
        }
    }

    /// The rules in order.
    var all: [RuleEntry] { names.compactMap { entries[$0] } }

    /// Adds everything of another table, which has precedence.
    mutating func merge(_ other: RuleTable) {
        for entry in other.all { put(entry) }
        aliases.inherit(other.aliases)
        parserOptions = parserOptions ?? other.parserOptions
    }

    /// Takes what a definition says, beside what it builds on.
    ///
    /// - Parameters:
    ///   - definition: The definition.
    ///   - choice: Which of its own rules are on.
    ///   - problems: What is wrong.
    mutating func apply(
        _ definition: RulesetDefinition, _ choice: RulesetDefinition.Extension.Choice, _ problems: inout [Diagnostic]
    ) {
        do throws(RulesetMistake) {
            try aliases.add(definition.aliases)
        } catch {
            problems.append(error.diagnostic)
        }
        parserOptions = definition.parserOptions ?? parserOptions
        for member in definition.rules {
            do throws(RulesetMistake) {
                try apply(member, of: definition, choice)
            } catch {
                problems.append(error.diagnostic)
            }
        }
    }

    /// Takes what a definition says about one rule.
    private mutating func apply(
        _ member: JSONMember, of definition: RulesetDefinition, _ choice: RulesetDefinition.Extension.Choice
    ) throws(RulesetMistake) {
        let isSpelledOut = member.value["given"] != nil && member.value["then"] != nil
        if var entry = entries[member.name], !isSpelledOut {
            try entry.change(member.value)
            entry.documentation = entry.documentation ?? definition.documentation.map { "\($0)#\(member.name)" }
            return put(entry)
        }
        guard member.value.kind == .object else { return put(try builtIn(member)) }
        if !isSpelledOut, let rule = RuleRegistry.rule(named: member.name) {
            var entry = RuleEntry(rule, isOn: true)
            try entry.change(member.value)
            return put(entry)
        }
        var entry = try RuleEntry(member, aliases)
        let isRecommended = member.value["recommended"]?.bool ?? true
        entry.isOn = entry.isOn && (choice == .all || choice == .recommended && isRecommended)
        entry.formats = entry.formats ?? definition.formats
        entry.documentation = entry.documentation ?? definition.documentation.map { "\($0)#\(member.name)" }
        put(entry)
    }

    /// A rule of Lintel that the ruleset turns on or off by name, without extending anything.
    private func builtIn(_ member: JSONMember) throws(RulesetMistake) -> RuleEntry {
        guard let rule = RuleRegistry.rule(named: member.name) else {
            let known = Set(entries.keys).union(RuleRegistry.all.map { $0.profile.id })
            throw RulesetMistake(
                message: "there is no rule `\(member.name)` to turn on or off", place: member.key,
                suggestion: NearestName.suggestion(among: known.sorted(), to: member.name))
        }
        var entry = RuleEntry(rule, isOn: true)
        try entry.change(member.value)
        return entry
    }

    /// Sets an entry.
    private mutating func put(_ entry: RuleEntry) {
        if entries.updateValue(entry, forKey: entry.name) == nil { names.append(entry.name) }
    }
}
