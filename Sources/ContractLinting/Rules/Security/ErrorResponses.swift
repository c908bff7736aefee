import JSONDocuments

/// The errors that every protected service has are described.
struct ErrorResponses: LintRule {
    static let profile = RuleProfile(
        id: "owasp-error-responses",
        summary: "An operation describes 400, 422 or 4XX; 401 where it is protected; 429; and 500 or 5XX.",
        why: "Errors that are not described are handled badly, and say more than they should (OWASP API8:2023).",
        category: .security, isRecommended: false, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  responses:
                    '200': {description: pets}
                    '400': {description: bad}
                    '429': {description: too many}
                    '500': {description: broken}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {/pets: {get: {responses: {'200': {description: pets}}}}}
            """)

    static let interests: [NodeInterest] = [.having("responses", in: .operation)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard context.isPathOperation, let responses = node["responses"], responses.kind == .object else { return }
        let security = node["security"] ?? context.root["security"]
        var demands = [
            ("a validation error", ["400", "422", "4XX", "default"]), ("429", ["429", "4XX", "default"]),
            ("a server error", ["500", "5XX", "default"]),
        ]
        if (security?.count ?? 0) > 0 { demands.append(("401", ["401", "4XX", "default"])) }
        for (name, keys) in demands where !keys.contains(where: { responses[$0] != nil }) {
            context.report("\(name) is not described: none of \(keys.joined(separator: ", "))", at: responses)
        }
    }
}
