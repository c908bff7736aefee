import JSONDocuments

/// Between two parameters of a path stands a name.
struct ConsecutivePathParameters: LintRule {
    static let profile = RuleProfile(
        id: "no-consecutive-path-params",
        summary: "No two parameters of a path follow one another.",
        why: "`/{owner}/{pet}` does not tell what the values are, and overlaps with every other path of its length.",
        category: .paths, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /owners/{owner}/pets/{pet}: {}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /owners/{owner}/{pet}: {}
            """)

    static let interests: [NodeInterest] = [.every(.paths)]

    func visit(_ node: LintNode, _ context: LintContext) {
        for path in PathSegments.all(of: node.value) {
            let pair = zip(path.segments, path.segments.dropFirst()).first { $0.isVariable && $1.isVariable }
            guard let pair else { continue }
            context.report(
                "Path must not have consecutive parameters \"\(pair.0.text)\" and \"\(pair.1.text)\".",
                atNameOf: path.item)
        }
    }
}
