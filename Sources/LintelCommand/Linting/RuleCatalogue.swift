import ContractLinting
import SourceDiagnostics

/// The built-in rules as people read them at a terminal: the list, and one rule with its examples.
enum RuleCatalogue {
    /// One line for each rule, by category.
    ///
    /// - Parameter severities: How much the rules matter that are on.
    static func list(on severities: [String: Severity]) -> String {
        let width = RuleRegistry.all.map({ $0.profile.id.count }).max() ?? 0
        var text = ""
        for category in RuleCategory.allCases {
            let rules = RuleRegistry.all.map({ $0.profile }).filter { $0.category == category }
            guard !rules.isEmpty else { continue }
            text += Terminal.output.bold(category.rawValue) + "\n"
            for profile in rules {
                let name = profile.id + String(repeating: " ", count: width - profile.id.count)
                let state = severities[profile.id]?.description ?? "off"
                text += "  \(name)  \(state + String(repeating: " ", count: 7 - state.count))  \(profile.summary)\n"
            }
        }
        let count = RuleRegistry.all.count
        return text + "\n\(count) rules, \(severities.count) of them on; `lintel lint --explain RULE` explains one\n"
    }

    /// Everything about one rule.
    static func explanation(of profile: RuleProfile) -> String {
        let versions = profile.versions.sorted().map(\.name).joined(separator: ", ")
        return """
            \(Terminal.output.bold(profile.id))  (\(profile.category.rawValue), \(profile.severity.description)\
            \(profile.isRecommended ? "" : ", off unless a ruleset turns it on"))

            \(profile.summary)
            \(profile.why)

            OpenAPI \(versions)

            \(Terminal.output.bold("Breaks the rule"))
            \(indented(profile.bad))
            \(Terminal.output.bold("Keeps the rule"))
            \(indented(profile.good))
            """
    }

    /// Lines moved to the right.
    private static func indented(_ text: String) -> String {
        text.split(separator: "\n").map { "    \($0)\n" }.joined()
    }
}
