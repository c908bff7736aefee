import JSONDocuments

/// Tags that are declared are used.
struct UnusedTag: LintRule {
    static let profile = RuleProfile(
        id: "unused-tag",
        summary: "Every declared tag is on an operation, or is the parent of another tag.",
        why: "An empty chapter in the documentation makes people look for what is not there.",
        category: .tags, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            tags: [{name: pets}]
            paths: {/pets: {get: {tags: [pets], responses: {'200': {description: pets}}}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            tags: [{name: pets}, {name: cages}]
            paths: {/pets: {get: {tags: [pets], responses: {'200': {description: pets}}}}}
            """)

    static let interests: [NodeInterest] = [.having("tags", in: .operation), .having("name", in: .tag)]

    /// Tags as they are declared.
    private var declared: [(name: String, place: JSONValue)] = []
    /// Names that operations and other tags use.
    private var used: Set<String> = []

    mutating func visit(_ node: LintNode, _ context: LintContext) {
        if node.kind == .tag {
            if let name = node["name"], let text = name.string { declared.append((text, name)) }
            if let parent = node["parent"]?.string { used.insert(parent) }
        } else {
            for element in node["tags"]?.elements.map({ $0 }) ?? [] {
                if let name = element.string { used.insert(name) }
            }
        }
    }

    mutating func finish(_ context: LintContext) {
        for tag in declared where !used.contains(tag.name) {
            context.report("no operation has the tag `\(tag.name)`", at: tag.place)
        }
    }
}
