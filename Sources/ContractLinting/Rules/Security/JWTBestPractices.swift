import JSONDocuments

/// Tokens are used as RFC 8725 advises.
struct JWTBestPractices: LintRule {
    static let profile = RuleProfile(
        id: "owasp-jwt-best-practices",
        summary: "Schemes that use JWT say in their description that they follow RFC 8725.",
        why: "Tokens have well-known traps (`none`, confused algorithms, missing audiences); RFC 8725 closes them.",
        category: .security, severity: .error, isRecommended: false, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components:
              securitySchemes:
                token: {type: http, scheme: bearer, bearerFormat: JWT, description: JSON Web Tokens after RFC 8725}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {securitySchemes: {token: {type: http, scheme: bearer, bearerFormat: JWT}}}
            """)

    static let interests: [NodeInterest] = [.having("bearerFormat", in: .securityScheme)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard node["bearerFormat"]?.string?.uppercased() == "JWT" else { return }
        let text = (node["description"]?.string ?? "").lowercased().filter { $0 != " " }
        guard !text.contains("rfc8725") else { return }
        context.report("the description of a JWT scheme should say that it follows RFC 8725", at: node.value)
    }
}
