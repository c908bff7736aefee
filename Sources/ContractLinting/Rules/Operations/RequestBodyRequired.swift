import JSONDocuments

/// A body with required properties is required itself.
struct RequestBodyRequired: LintRule {
    static let profile = RuleProfile(
        id: "request-body-required-consistency",
        summary: "A request body whose schema has required properties is itself `required: true`.",
        why:
            "`required` of a request body is false by default: the empty request passes, and none of the properties is there.",
        category: .operations, isRecommended: false, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                post:
                  requestBody:
                    required: true
                    content: {application/json: {schema: {type: object, required: [name]}}}
                  responses: {'204': {description: done}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                post:
                  requestBody: {content: {application/json: {schema: {type: object, required: [name]}}}}
                  responses: {'204': {description: done}}
            """)

    static let interests: [NodeInterest] = [.having("content", in: .requestBody)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard !node.value.isTrue("required"), let content = node["content"], content.kind == .object else { return }
        let demands = content.members.contains { media in
            let schema = media.value["schema"].flatMap { context.followed($0) }
            return (schema?["required"]?.count ?? 0) > 0
        }
        guard demands else { return }
        context.report(
            "the body may be left out although its schema has required properties", at: node.value,
            suggestion: "add `required: true`")
    }
}
