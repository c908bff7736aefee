import JSONDocuments

/// Of paths that overlap the more specific one comes first.
struct PathSpecificityOrder: LintRule {
    static let profile = RuleProfile(
        id: "paths-specificity-order",
        summary: "Of two paths that one request could match, the more specific one stands first.",
        why: "Routers that take the first match would never reach the other one.",
        category: .paths, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets/mine: {}
              /pets/{id}: {}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets/{id}: {}
              /pets/mine: {}
            """)

    static let interests: [NodeInterest] = [.every(.paths)]

    /// Paths of one length that are compared each with each other.
    private static let limit = 4_000

    func visit(_ node: LintNode, _ context: LintContext) {
        let groups = Dictionary(grouping: PathSegments.all(of: node.value)) { $0.segments.count }
        for paths in groups.values {
            let compared = paths.prefix(Self.limit)
            for (place, path) in compared.enumerated() {
                guard let other = compared[..<place].first(where: { Self.isLess($0, specificThan: path) }) else {
                    continue
                }
                context.report(
                    "Path \"\(path.text)\" must stand before \"\(other.text)\", which is less specific.",
                    atNameOf: path.item)
            }
        }
    }

    /// Whether one path overlaps another and has a parameter where the other first has text.
    private static func isLess(_ one: PathSegments, specificThan other: PathSegments) -> Bool {
        guard one.overlaps(other) else { return false }
        let difference = zip(one.segments, other.segments).first { $0.isVariable != $1.isVariable }
        return difference?.0.isVariable ?? false
    }
}
