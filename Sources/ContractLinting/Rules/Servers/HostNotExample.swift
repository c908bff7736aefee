import JSONDocuments

/// The host is not the one of the tutorial.
struct HostNotExample: LintRule {
    static let profile = RuleProfile(
        id: "oas2-host-not-example",
        summary: "`host` does not point at example.com.",
        why: "The name belongs to nobody: a copied template went out.",
        category: .servers, isRecommended: false, versions: .version2,
        good: """
            swagger: '2.0'
            host: api.pets.org
            """,
        bad: """
            swagger: '2.0'
            host: example.com
            """)

    static let interests: [NodeInterest] = [.having("host", in: .document)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let host = node["host"], host.withText({ TextSearch.contains("example.com", in: $0) }) else { return }
        context.report("Host URL must not point at example.com.", at: host)
    }
}
