import JSONDocuments

/// A webhook has no callbacks.
struct CallbacksInWebhook: LintRule {
    static let profile = RuleProfile(
        id: "oas3_1-callbacks-in-webhook",
        summary: "No webhook has `callbacks`.",
        why: "Hardly any tool follows callbacks of what is a callback already.",
        category: .operations, versions: .since31,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            webhooks:
              petAdded: {post: {summary: A pet is there.}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            webhooks:
              petAdded: {post: {callbacks: {}}}
            """)

    static let interests: [NodeInterest] = [.having("webhooks", in: .document)]

    func visit(_ node: LintNode, _ context: LintContext) {
        for place in WebhookFields.named("callbacks", in: node["webhooks"], context) {
            context.report("Callbacks should not be defined in a webhook.", at: place)
        }
    }
}
