import JSONDocuments

/// Tags are sorted.
struct AlphabeticalTags: LintRule {
    static let profile = RuleProfile(
        id: "openapi-tags-alphabetical",
        summary: "The tags of the document are sorted by name.",
        why: "Readers find them, and two branches seldom add them in the same line.",
        category: .tags, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            tags: [{name: cats}, {name: dogs}]
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            tags: [{name: dogs}, {name: cats}]
            """)

    static let interests: [NodeInterest] = [.having("tags", in: .document)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let tags = node["tags"] else { return }
        let names = tags.elements.compactMap { $0["name"]?.string }
        if zip(names, names.dropFirst()).contains(where: { $0 > $1 }) {
            context.report("OpenAPI object must have alphabetical \"tags\".", at: tags)
        }
    }
}
