import JSONDocuments

/// No tag is declared twice.
struct UniqueTags: LintRule {
    static let profile = RuleProfile(
        id: "openapi-tags-uniqueness",
        summary: "No two tags of the document have the same name.",
        why:
            "Each tag name in the list must be unique (OpenAPI 3.1.2 §4.8.1.1); of two descriptions one is never seen.",
        category: .tags, severity: .error,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            tags: [{name: cats}, {name: dogs}]
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            tags: [{name: cats}, {name: cats}]
            """)

    static let interests: [NodeInterest] = [.having("tags", in: .document)]

    func visit(_ node: LintNode, _ context: LintContext) {
        var seen: Set<String> = []
        for tag in node["tags"]?.elements.map({ $0 }) ?? [] {
            guard let place = tag["name"], let name = place.string, !seen.insert(name).inserted else { continue }
            context.report("\"tags\" object contains duplicate tag name \"\(name)\".", at: place)
        }
    }
}
