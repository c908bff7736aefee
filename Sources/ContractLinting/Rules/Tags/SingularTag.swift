import JSONDocuments

/// An operation belongs to one place.
struct SingularTag: LintRule {
    static let profile = RuleProfile(
        id: "operation-singular-tag",
        summary: "No operation has more than one tag.",
        why: "Generators put an operation into a class for each of its tags.",
        category: .tags, isRecommended: false,
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
                get: {tags: [pets, animals]}
            """)

    static let interests: [NodeInterest] = [.having("tags", in: .operation)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard context.isPathOperation, let tags = node["tags"], tags.count > 1 else { return }
        context.report("Operation must not have more than a single tag.", at: tags)
    }
}
