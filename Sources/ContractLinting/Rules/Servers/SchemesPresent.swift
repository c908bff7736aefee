import JSONDocuments

/// A document of 2.0 says how the service is reached.
struct SchemesPresent: LintRule {
    static let profile = RuleProfile(
        id: "oas2-api-schemes",
        summary: "`schemes` is there and not empty.",
        why: "Without it clients guess between http and https.",
        category: .servers, versions: .version2,
        good: """
            swagger: '2.0'
            schemes: [https]
            """,
        bad: """
            swagger: '2.0'
            schemes: []
            """)

    static let interests: [NodeInterest] = [.every(.document)]

    func visit(_ node: LintNode, _ context: LintContext) {
        let schemes = node["schemes"]
        if let schemes, schemes.kind == .array, schemes.count > 0, schemes.elements.allSatisfy({ $0.kind == .string }) {
            return
        }
        context.report("OpenAPI host \"schemes\" must be present and non-empty array.", at: schemes ?? node.value)
    }
}
