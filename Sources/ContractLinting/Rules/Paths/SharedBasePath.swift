import JSONDocuments
import OpenAPIDocuments

/// What all paths begin with could stand in the address of the server.
struct SharedBasePath: LintRule {
    static let profile = RuleProfile(
        id: "base-path-extractable",
        summary: "The paths do not all begin with the same segment.",
        why: "What every path repeats belongs to `servers`, or to `basePath` of 2.0.",
        category: .paths, severity: .hint, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets: {}
              /owners: {}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /shop/pets: {}
              /shop/owners: {}
            """)

    static let interests: [NodeInterest] = [.every(.paths)]

    func visit(_ node: LintNode, _ context: LintContext) {
        let paths = PathSegments.all(of: node.value)
        guard paths.count > 1, let first = paths[0].segments.first, !first.isVariable, !first.text.isEmpty,
            paths.allSatisfy({ $0.segments.count > 1 && $0.segments.first == first })
        else { return }
        let target = context.version == .version2 ? "basePath" : "servers"
        context.report("All paths begin with \"/\(first.text)\": move it to \"\(target)\".", at: node.value)
    }
}
