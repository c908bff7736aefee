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

    mutating func finish(_ context: LintContext) {
        for problem in context.document.problems { context.report(problem) }
    }
}
