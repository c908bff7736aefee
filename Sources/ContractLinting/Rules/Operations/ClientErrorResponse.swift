import JSONDocuments

/// Operations say how they refuse.
struct ClientErrorResponse: LintRule {
    static let profile = RuleProfile(
        id: "operation-4xx-response",
        summary: "An operation describes at least one 4xx response, `4XX` or `default`.",
        why: "Every operation can be called wrongly; clients need to know what they get then.",
        category: .operations, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {/pets: {get: {responses: {'200': {description: pets}, '400': {description: bad}}}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {/pets: {get: {responses: {'200': {description: pets}}}}}
            """)

    static let interests: [NodeInterest] = [.having("responses", in: .operation)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let responses = node["responses"], responses.kind == .object else { return }
        for member in responses.members {
            if member.name == "default" || StatusPattern.statusClass(of: member.name) == 4 { return }
        }
        context.report("Operation must define at least one 4xx response.", at: responses)
    }
}
