import JSONDocuments

/// No parameter of a path is without a name.
struct EmptyPathDeclaration: LintRule {
    static let profile = RuleProfile(
        id: "path-declarations-must-exist",
        summary: "No path has an empty `{}`.",
        why: "A parameter without a name cannot be declared, so nothing can be said about its value.",
        category: .paths,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets/{id}: {}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets/{}: {}
            """)

    static let interests: [NodeInterest] = [.every(.paths)]

    func visit(_ node: LintNode, _ context: LintContext) {
        for member in node.value.members where member.name.contains("{}") {
            context.report(
                "Path parameter declarations must not be empty, ex.\"/given/{}\" is invalid.", atNameOf: member.value)
        }
    }
}
