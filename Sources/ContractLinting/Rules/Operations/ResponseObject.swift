import JSONDocuments

/// Replies can grow.
struct ResponseObject: LintRule {
    static let profile = RuleProfile(
        id: "response-object-not-array",
        summary: "The JSON of a response is an object at its root, not an array.",
        why: "An object can take a page number or a link later on; an array cannot without breaking every client.",
        category: .operations, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  responses:
                    '200': {description: pets, content: {application/json: {schema: {type: object}}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  responses:
                    '200': {description: pets, content: {application/json: {schema: {type: array, items: {}}}}}
            """)

    static let interests: [NodeInterest] = [.having("content", "schema", in: .response)]

    func visit(_ node: LintNode, _ context: LintContext) {
        if let schema = node["schema"] { check(schema, context) }
        guard let content = node["content"], content.kind == .object else { return }
        for media in content.members where media.name.contains("json") && !media.name.contains("seq") {
            if let schema = media.value["schema"] { check(schema, context) }
        }
    }

    /// Looks at the schema of a response.
    private func check(_ schema: JSONValue, _ context: LintContext) {
        guard let found = context.followed(schema), found.hasType("array") else { return }
        context.report("a response should be an object that holds the array, so that it can grow", at: schema)
    }
}
