/// The contact is complete.
struct ContactProperties: LintRule {
    static let profile = RuleProfile(
        id: "contact-properties",
        summary: "The contact has a `name`, a `url` and an `email`.",
        why: "A team's name without an address helps nobody at night.",
        category: .info, isRecommended: false,
        good: """
            openapi: 3.1.0
            info:
              title: Pets
              version: 1.0.0
              contact: {name: Pet team, url: 'https://example.org', email: pets@example.org}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0, contact: {name: Pet team}}
            """)

    static let interests: [NodeInterest] = [.every(.contact)]

    func visit(_ node: LintNode, _ context: LintContext) {
        if node["name"].isTruthy, node["url"].isTruthy, node["email"].isTruthy { return }
        context.report("Contact object must have \"name\", \"url\" and \"email\".", at: node.value)
    }
}
