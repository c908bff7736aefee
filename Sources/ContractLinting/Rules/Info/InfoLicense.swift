import JSONDocuments

/// The interface says under which terms it may be used.
struct InfoLicense: LintRule {
    static let profile = RuleProfile(
        id: "info-license",
        summary: "`info` has a `license`.",
        why: "Without terms nobody may rely on a public interface.",
        category: .info, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0, license: {name: MIT}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            """)

    static let interests: [NodeInterest] = [.every(.document)]

    func visit(_ node: LintNode, _ context: LintContext) {
        let info = node["info"]
        if info?["license"].isTruthy != true {
            context.report("Info object must have \"license\" object.", at: info?["license"] ?? info ?? node.value)
        }
    }
}
