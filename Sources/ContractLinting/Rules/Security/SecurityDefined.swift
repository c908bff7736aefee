import JSONDocuments

/// What security requirements name is there.
struct SecurityDefined: LintRule {
    static let profile = RuleProfile(
        id: "oas3-operation-security-defined",
        summary: "Every name in `security` is a scheme of `components.securitySchemes`, with the scopes that it has.",
        why: "A requirement that names nothing protects nothing.",
        category: .security, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            security: [{key: []}]
            components:
              securitySchemes: {key: {type: apiKey, name: X-Key, in: header}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            security: [{kye: []}]
            components:
              securitySchemes: {key: {type: apiKey, name: X-Key, in: header}}
            """)

    static let interests: [NodeInterest] = [.every(.requirement)]

    func visit(_ node: LintNode, _ context: LintContext) {
        let schemes = context.root["components"]?["securitySchemes"]
        let check = RequirementCheck(schemes: schemes, section: "components.securitySchemes") { scheme in
            guard scheme["type"]?.isString("oauth2") == true else { return nil }
            return scheme["flows"]?.members.compactMap { $0.value["scopes"] } ?? []
        }
        check.run(node, context)
    }
}
