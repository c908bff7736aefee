import JSONDocuments

/// Secrets stay out of addresses.
struct NoCredentialsInURL: LintRule {
    static let profile = RuleProfile(
        id: "owasp-no-credentials-in-url",
        summary: "No parameter of the path or the query is named like a credential.",
        why: "Addresses end up in logs, histories and referrers, and the secret with them (OWASP API2:2023).",
        category: .security, severity: .error, isRecommended: false, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  parameters: [{name: page, in: query, schema: {type: integer}}]
                  responses: {'200': {description: pets}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  parameters: [{name: access_token, in: query, schema: {type: string}}]
                  responses: {'200': {description: pets}}
            """)

    static let interests: [NodeInterest] = [.having("name", in: .parameter)]

    /// Words that name a secret, without separators.
    private static let words = [
        "accesstoken", "refreshtoken", "idtoken", "clientsecret", "secret", "password", "passwd", "passphrase",
        "apikey", "credential", "credentials", "privatekey", "token",
    ]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let place = node["in"]?.string, place == "query" || place == "path", let name = node["name"],
            let text = name.string
        else { return }
        let bare = text.lowercased().filter { $0 != "_" && $0 != "-" && $0 != "." }
        guard Self.words.contains(where: { bare == $0 || bare.hasSuffix($0) && bare.hasPrefix("x") }) else { return }
        context.report("`\(text)` looks like a credential, and addresses end up in logs", at: name)
    }
}
