import JSONDocuments

/// Schemes that are known to be weak are not used.
struct InsecureSchemes: LintRule {
    static let profile = RuleProfile(
        id: "owasp-auth-insecure-schemes",
        summary: "No security scheme is `negotiate`, `oauth` (1.0) or `hoba`.",
        why: "These schemes have known weaknesses or no maintained implementations (OWASP API2:2023).",
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
            components: {securitySchemes: {token: {type: http, scheme: negotiate}}}
            """)

    static let interests: [NodeInterest] = [.having("scheme", in: .securityScheme)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let scheme = node["scheme"], let name = scheme.string?.lowercased(),
            ["negotiate", "oauth", "hoba"].contains(name)
        else { return }
        context.report("the scheme `\(name)` is considered insecure", at: scheme)
    }
}
