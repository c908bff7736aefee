import JSONDocuments

/// What security requirements of 2.0 name is there.
struct Swagger2SecurityDefined: LintRule {
    static let profile = RuleProfile(
        id: "oas2-operation-security-defined",
        summary: "Every name in `security` is a scheme of `securityDefinitions`, with the scopes that it has.",
        why: "A requirement that names nothing protects nothing.",
        category: .security, versions: .version2,
        good: """
            swagger: '2.0'
            security: [{key: []}]
            securityDefinitions: {key: {type: apiKey, name: X-Key, in: header}}
            """,
        bad: """
            swagger: '2.0'
            security: [{kye: []}]
            securityDefinitions: {key: {type: apiKey, name: X-Key, in: header}}
            """)

    static let interests: [NodeInterest] = [.every(.requirement)]

    func visit(_ node: LintNode, _ context: LintContext) {
        let schemes = context.root["securityDefinitions"]
        let check = RequirementCheck(schemes: schemes, section: "securityDefinitions") { scheme in
            scheme["type"]?.isString("oauth2") == true ? [scheme["scopes"]].compactMap { $0 } : nil
        }
        check.run(node, context)
    }
}
