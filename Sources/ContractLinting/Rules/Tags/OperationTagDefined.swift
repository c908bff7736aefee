import JSONDocuments

/// Tags of operations are declared.
struct OperationTagDefined: LintRule {
    static let profile = RuleProfile(
        id: "operation-tag-defined",
        summary: "Every tag of an operation is declared in `tags` of the document.",
        why: "There it has its description and its place; one that is not declared may just be misspelt.",
        category: .tags,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            tags: [{name: pets}]
            paths:
              /pets:
                get: {tags: [pets]}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            tags: [{name: pets}]
            paths:
              /pets:
                get: {tags: [pest]}
            """)

    static let interests: [NodeInterest] = [.every(.document), .having("tags", in: .operation)]

    /// Declared tags.
    private var declared: Set<String> = []

    mutating func visit(_ node: LintNode, _ context: LintContext) {
        if node.kind == .document {
            declared = Set(node["tags"]?.elements.compactMap { $0["name"]?.string } ?? [])
            return
        }
        guard context.isPathOperation, let tags = node["tags"] else { return }
        for tag in tags.elements {
            guard let name = tag.string, !declared.contains(name) else { continue }
            context.report(
                "Operation tags must be defined in global tags.", at: tag,
                suggestion: NearestNames.suggestion(among: declared, to: name))
        }
    }
}
