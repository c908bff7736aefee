import JSONDocuments

/// Identifiers cannot be guessed.
struct NoNumericIDs: LintRule {
    static let profile = RuleProfile(
        id: "owasp-no-numeric-ids",
        summary: "Path parameters that are identifiers are no integers.",
        why: "Numbers can be counted through; a random identifier cannot (OWASP API1:2023).",
        category: .security, severity: .error, isRecommended: false, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets/{id}:
                get:
                  parameters: [{name: id, in: path, required: true, schema: {type: string, format: uuid}}]
                  responses: {'200': {description: pet}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets/{id}:
                get:
                  parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
                  responses: {'200': {description: pet}}
            """)

    static let interests: [NodeInterest] = [.having("name", in: .parameter)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard node["in"]?.isString("path") == true, let name = node["name"]?.string, let given = node["schema"],
            let schema = context.followed(given), schema.hasType("integer")
        else { return }
        let small = name.lowercased()
        guard
            small == "id" || name.hasSuffix("Id") || name.hasSuffix("ID") || small.hasSuffix("_id")
                || small.hasSuffix("-id")
        else { return }
        context.report(
            "`\(name)` is a number that can be guessed", at: schema["type"] ?? given, suggestion: "use a UUID")
    }
}
