import JSONDocuments
import OpenAPIDocuments

/// Every operation says what comes back when all goes well.
struct SuccessResponse: LintRule {
    static let profile = RuleProfile(
        id: "operation-success-response",
        summary: "Every operation has a response for a status from 200 to 399.",
        why: "Without one nothing is known of the answer that everybody is after, so nothing of it is checked.",
        category: .operations,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  responses: {'200': {description: All pets.}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  responses: {'404': {description: No pets.}}
            """)

    static let interests: [NodeInterest] = [.having("responses", in: .operation)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard context.isPathOperation, let responses = node["responses"], responses.kind == .object else { return }
        let hasSuccess = responses.members.contains { member in
            switch StatusKey(member.name, version: context.version) {
            case .exact(let status): (200..<400).contains(status)
            case .range(let digit): digit == 2 || digit == 3
            default: false
            }
        }
        if !hasSuccess {
            context.report("Operation must have at least one \"2xx\" or \"3xx\" response.", at: responses)
        }
    }
}
