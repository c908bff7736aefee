import JSONDocuments

/// The document says which version of the specification it follows.
struct UnrecognizedFormat: AnyFormatRule {
    static let profile = RuleProfile(
        id: "unrecognized-format",
        summary: "The document is one of OpenAPI 2.0, 3.0, 3.1 or 3.2 and says so.",
        why: "Without a known version nobody knows what the fields mean, so no other rule is applied.",
        category: .document,
        good: "openapi: 3.1.0\ninfo: {title: Pets, version: 1.0.0}\npaths: {}\n",
        bad: "openapi: 4.0.0\ninfo: {title: Pets, version: 1.0.0}\npaths: {}\n")

    static let interests: [NodeInterest] = []

    mutating func finish(_ context: LintContext) {
        // A file that cannot be read has no format that anybody could recognise.
        guard context.document.version == nil, context.root.kind != .null else { return }
        if let field = context.root["openapi"] ?? context.root["swagger"] {
            context.report("The version is not known: expected 2.0, 3.0.x, 3.1.x or 3.2.x.", at: field)
        } else {
            context.report("The document has neither \"openapi\" nor \"swagger\".", at: context.root)
        }
    }
}
