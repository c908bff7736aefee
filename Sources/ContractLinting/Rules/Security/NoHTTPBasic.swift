import JSONDocuments

/// Passwords do not travel with every request.
struct NoHTTPBasic: LintRule {
    static let profile = RuleProfile(
        id: "owasp-no-http-basic",
        summary: "No security scheme is HTTP basic.",
        why: "Basic sends the password with every request; whoever sees one of them has it (OWASP API2:2023).",
        category: .security, severity: .error, isRecommended: false, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {securitySchemes: {token: {type: http, scheme: bearer}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {securitySchemes: {login: {type: http, scheme: basic}}}
            """)

    static let interests: [NodeInterest] = [.having("scheme", in: .securityScheme)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let scheme = node["scheme"], scheme.string?.lowercased() == "basic" else { return }
        context.report("HTTP basic sends the password with every request", at: scheme)
    }
}
