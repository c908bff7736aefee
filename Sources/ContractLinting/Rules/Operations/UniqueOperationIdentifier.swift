import JSONDocuments

/// No two operations have the same name.
struct UniqueOperationIdentifier: LintRule {
    static let profile = RuleProfile(
        id: "operation-operationId-unique",
        summary: "No two operations have the same `operationId`.",
        why: "A link or a generated function with that name then means either of them (OpenAPI 3.1.2 §4.8.10.1).",
        category: .operations, severity: .error,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get: {operationId: listPets}
                post: {operationId: addPet}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get: {operationId: pets}
                post: {operationId: pets}
            """)

    static let interests: [NodeInterest] = [.having("operationId", in: .operation)]

    /// Operations by name, in the order of the walk.
    private var names: [String: [JSONValue]] = [:]

    mutating func visit(_ node: LintNode, _ context: LintContext) {
        guard context.isPathOperation, let place = node["operationId"], let name = place.string else { return }
        names[name, default: []].append(place)
    }

    mutating func finish(_ context: LintContext) {
        for places in names.values where places.count > 1 {
            let first = places[0]
            for place in places.dropFirst() {
                context.report(
                    "Every operation must have unique \"operationId\".", at: place,
                    suggestion: "the first one is at \(first.range)")
            }
        }
    }
}
