import JSONDocuments

/// Every operation belongs somewhere.
struct OperationTags: LintRule {
    static let profile = RuleProfile(
        id: "operation-tags",
        summary: "Every operation has at least one tag.",
        why: "Documentation is grouped by tags; what has none ends in a heap called default.",
        category: .tags,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get: {tags: [pets]}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get: {tags: []}
            """)

    static let interests: [NodeInterest] = [.every(.operation)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard context.isPathOperation else { return }
        let tags = node["tags"]
        if let tags, tags.kind == .array, tags.count > 0 { return }
        context.report("Operation must have non-empty \"tags\" array.", at: tags ?? node.value)
    }
}
