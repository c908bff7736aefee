import SourceDiagnostics

/// Puts the tables of a ruleset's files together.
struct RulesetAssembler: Sendable {
    /// The files by real path.
    let nodes: [String: RulesetReader.Node]

    /// The rules of a file.
    ///
    /// - Parameters:
    ///   - path: Its real path.
    ///   - choice: Which of its rules are on.
    ///   - problems: What is wrong.
    func table(
        _ path: String, _ choice: RulesetDefinition.Extension.Choice, _ problems: inout [Diagnostic]
    ) -> RuleTable {
        table(path, choice, inside: [], &problems)
    }

    /// What a change for some documents makes of a table.
    func applying(
        _ change: RulesetDefinition, bases: [RulesetReader.Base], to table: RuleTable, _ problems: inout [Diagnostic]
    ) -> RuleTable {
        var table = table
        for base in bases { table.merge(self.table(base, inside: [], &problems)) }
        table.apply(change, .recommended, &problems)
        return table
    }

    /// The rules of a file inside of others: one that extends itself adds nothing the second time.
    private func table(
        _ path: String, _ choice: RulesetDefinition.Extension.Choice, inside: [String],
        _ problems: inout [Diagnostic]
    ) -> RuleTable {
        var table = RuleTable()
        guard let node = nodes[path], !inside.contains(path) else { return table }
        for base in node.bases { table.merge(self.table(base, inside: inside + [path], &problems)) }
        table.apply(node.definition, choice, &problems)
        return table
    }

    /// The rules of something that is built on.
    private func table(
        _ base: RulesetReader.Base, inside: [String], _ problems: inout [Diagnostic]
    ) -> RuleTable {
        switch base {
        case .builtIn(let ruleset, let choice): RuleTable(ruleset, choice)
        case .file(let path, let choice): table(path, choice, inside: inside, &problems)
        }
    }
}
