import JSONDocuments

/// The document declares its tags.
struct GlobalTags: LintRule {
    static let profile = RuleProfile(
        id: "openapi-tags",
        summary: "The document has `tags`.",
        why: "They give the documentation its chapters, in order and with descriptions.",
        category: .tags, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            tags: [{name: pets}]
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            tags: []
            """)

    static let interests: [NodeInterest] = [.every(.document)]

    func visit(_ node: LintNode, _ context: LintContext) {
        let tags = node["tags"]
        if let tags, tags.kind == .array, tags.count > 0 { return }
        context.report("OpenAPI object must have non-empty \"tags\" array.", at: tags ?? node.value)
    }
}
