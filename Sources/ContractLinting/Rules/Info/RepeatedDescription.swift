import JSONDocuments

/// The same text does not stand in many places.
struct RepeatedDescription: LintRule {
    static let profile = RuleProfile(
        id: "description-duplication",
        summary: "No description is repeated word for word in three places or more.",
        why: "Copies drift apart; what is said once can be referred to.",
        category: .info, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            tags:
              - {name: cats, description: All about cats.}
              - {name: dogs, description: All about dogs.}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            tags:
              - {name: cats, description: All about animals.}
              - {name: dogs, description: All about animals.}
              - {name: fish, description: All about animals.}
            """)

    static let interests: [NodeInterest] = [.every(.prose)]

    /// Places by text.
    private var places: [String: [JSONValue]] = [:]

    /// Copies that are too many.
    private static let limit = 3

    mutating func visit(_ node: LintNode, _ context: LintContext) {
        guard node.value.key?.isString("description") == true, let text = node.value.string, !text.isEmpty else {
            return
        }
        places[text, default: []].append(node.value)
    }

    mutating func finish(_ context: LintContext) {
        for copies in places.values where copies.count >= Self.limit {
            for copy in copies.dropFirst() {
                context.report("This description stands in \(copies.count) places.", at: copy)
            }
        }
    }
}
