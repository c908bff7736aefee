import JSONDocuments

/// Keys stay out of addresses.
struct NoAPIKeysInURL: LintRule {
    static let profile = RuleProfile(
        id: "owasp-no-api-keys-in-url",
        summary: "No API key is in the query or the path.",
        why: "Addresses end up in logs, histories and referrers, and the key with them (OWASP API2:2023).",
        category: .security, severity: .error, isRecommended: false, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {securitySchemes: {key: {type: apiKey, name: X-Key, in: header}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {securitySchemes: {key: {type: apiKey, name: key, in: query}}}
            """)

    static let interests: [NodeInterest] = [.having("in", in: .securityScheme)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let place = node["in"], let text = place.string, text == "query" || text == "path" else { return }
        context.report("an API key in the \(text) ends up in logs", at: place, suggestion: "use a header")
    }
}
