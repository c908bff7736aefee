import JSONDocuments

/// Messages say what they hold.
struct ResponseNeedsContent: LintRule {
    static let profile = RuleProfile(
        id: "response-needs-content",
        summary:
            "Request bodies, and responses that can have content, name media types with a schema, none of them `*/*`.",
        why: "Content without a schema is content that nobody checks: neither client nor gateway.",
        category: .operations, isRecommended: false, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  responses:
                    '200': {description: pets, content: {application/json: {schema: {type: object}}}}
                    '204': {description: none}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  responses:
                    '200': {description: pets, content: {'*/*': {}}}
            """)

    static let interests: [NodeInterest] = [.every(.response), .every(.requestBody)]

    func visit(_ node: LintNode, _ context: LintContext) {
        if node.kind == .response, let key = node.name, Self.contentless.contains(key) || key.utf8.first == 0x31 {
            return
        }
        guard let content = node["content"], content.kind == .object, content.count > 0 else {
            return context.report("it is not said what the content is", at: node.value)
        }
        for media in content.members {
            if media.name == "*/*" { context.report("`*/*` allows every kind of content", atNameOf: media.value) }
            if media.value["schema"] == nil, media.value["itemSchema"] == nil {
                context.report("`\(media.name)` has no schema", atNameOf: media.value)
            }
        }
    }

    /// Statuses whose replies have no content, and redirects, whose content nobody reads.
    private static let contentless: Set<String> = ["204", "205", "301", "302", "303", "304", "307", "308"]
}
