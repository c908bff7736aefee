import JSONDocuments
import SourceDiagnostics

/// Whatever is wrong with the text of a file: syntax, duplicate keys, files that cannot be read.
struct ParserRule: AnyFormatRule {
    static let profile = RuleProfile(
        id: "parser",
        summary: "Every file is well-formed YAML or JSON, and no mapping names a key twice.",
        why: """
            Parsers disagree about what is broken: one takes the first of two equal keys, the next one the last, so two \
            programs read two different contracts from one file.
            """,
        category: .document, severity: .error,
        good: "openapi: 3.1.0\ninfo: {title: Pets, version: 1.0.0}\npaths: {}\n",
        bad: "openapi: 3.1.0\ninfo: {title: Pets, version: 1.0.0, version: 2.0.0}\npaths: {}\n")

    static let interests: [NodeInterest] = []

    /// How much a duplicate key or a key that is no string matters; nil for nothing, absent: as much as the rule does.
    private var severities: [String: Severity?] = [:]

    /// Options, and the codes of the mistakes that they are about: those that leave the structure of a file intact.
    private static let codes = [
        "duplicateKeys": ["duplicate-key"], "incompatibleValues": ["yaml-key", "yaml-number", "yaml-tag"],
    ]

    /// The words for how much something matters.
    private static let words: [String: Severity?] = [
        "error": .error, "warn": .warning, "info": .information, "hint": .hint, "off": nil,
    ]

    /// Takes `duplicateKeys` and `incompatibleValues`, each `error`, `warn`, `info`, `hint` or `off`: what rulesets call
    /// `parserOptions`.
    mutating func configure(_ options: JSONValue) throws(RuleOptionError) {
        let options = try RuleOptions(options, of: Self.profile, names: Self.codes.keys.sorted())
        for (name, codes) in Self.codes {
            guard let word = try options.word(name, among: Self.words.keys.sorted()) else { continue }
            for code in codes { severities[code] = Self.words[word] }
        }
    }

    mutating func finish(_ context: LintContext) {
        for problem in context.document.problems {
            guard let chosen = severities[problem.code] else {
                context.report(problem)
                continue
            }
            if let chosen { context.report(problem, severity: chosen) }
        }
    }
}
