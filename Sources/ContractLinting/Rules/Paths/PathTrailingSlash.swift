import JSONDocuments

/// No path ends with a slash.
struct PathTrailingSlash: LintRule {
    static let profile = RuleProfile(
        id: "path-keys-no-trailing-slash",
        summary: "No path ends with a slash, but for `/` itself.",
        why: "`/pets` and `/pets/` are two resources; clients and proxies confuse them.",
        category: .paths,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /: {}
              /pets: {}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets/: {}
            """)

    static let interests: [NodeInterest] = [.every(.paths)]

    func visit(_ node: LintNode, _ context: LintContext) {
        for member in node.value.members where member.name.utf8.count > 1 && member.name.hasSuffix("/") {
            context.report("Path must not end with slash.", atNameOf: member.value)
        }
    }
}
