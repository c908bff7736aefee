import JSONDocuments

/// A webhook has no servers: the client says where it is called.
struct ServersInWebhook: LintRule {
    static let profile = RuleProfile(
        id: "oas3_1-servers-in-webhook",
        summary: "No webhook has `servers`.",
        why: "Where a webhook goes is agreed elsewhere; an address in the document would be passed over.",
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
              petAdded: {post: {servers: [{url: /}]}}
            """)

    static let interests: [NodeInterest] = [.having("webhooks", in: .document)]

    func visit(_ node: LintNode, _ context: LintContext) {
        for place in WebhookFields.named("servers", in: node["webhooks"], context) {
            context.report("Servers should not be defined in a webhook.", at: place)
        }
    }
}
