import JSONDocuments

/// Methods whose content has no meaning take none.
struct UnexpectedRequestBody: LintRule {
    static let profile = RuleProfile(
        id: "no-request-body",
        summary: "GET, HEAD, DELETE and OPTIONS have no request body.",
        why: "Content of such requests has no defined meaning (RFC 9110 §9.3); proxies drop it and servers refuse it.",
        category: .operations, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {/pets: {get: {responses: {'200': {description: pets}}}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  requestBody: {content: {application/json: {schema: {type: object}}}}
                  responses: {'200': {description: pets}}
            """)

    static let interests: [NodeInterest] = [.having("requestBody", in: .operation)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let body = node["requestBody"], let method = node.name,
            ["get", "head", "delete", "options"].contains(method)
        else { return }
        context.report(
            "\(method.uppercased()) should have no request body", at: body,
            suggestion: "use parameters, or POST (QUERY since 3.2)")
    }
}
