import JSONDocuments

/// Somebody can be asked.
struct InfoContact: LintRule {
    static let profile = RuleProfile(
        id: "info-contact",
        summary: "`info` has a `contact`.",
        why: "Whoever meets a fault in the interface has to know whom to tell.",
        category: .info,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0, contact: {email: pets@example.org}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            """)

    static let interests: [NodeInterest] = [.every(.document)]

    func visit(_ node: LintNode, _ context: LintContext) {
        let info = node["info"]
        if info?["contact"].isTruthy != true {
            context.report("Info object must have \"contact\" object.", at: info?["contact"] ?? info ?? node.value)
        }
    }
}
