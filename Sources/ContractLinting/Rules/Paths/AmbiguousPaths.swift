import JSONDocuments

/// No request matches two paths that are equally specific.
///
/// Two paths of the same length overlap if in each place their texts are equal or one has a parameter. The one with more
/// text wins (OpenAPI 3.1.2 §4.8.8.2: concrete before templated); with as many parameters on both sides neither does.
struct AmbiguousPaths: LintRule {
    static let profile = RuleProfile(
        id: "no-ambiguous-paths",
        summary: "No two paths with equally many parameters can match one request.",
        why: "Which of the two operations answers is then up to the router, and routers differ.",
        category: .paths, severity: .error,
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
              /{kind}/mine: {}
            """)

    static let interests: [NodeInterest] = [.every(.paths)]

    /// Paths of one length that are compared each with each other.
    private static let limit = 4_000

    func visit(_ node: LintNode, _ context: LintContext) {
        /// Paths that could overlap at all.
        struct Key: Hashable {
            /// Their length.
            let length: Int
            /// Their parameters.
            let variables: Int
        }
        let groups = Dictionary(grouping: PathSegments.all(of: node.value)) { path in
            Key(length: path.segments.count, variables: path.segments.count { $0.isVariable })
        }
        for (key, paths) in groups where key.variables > 0 {
            let compared = paths.prefix(Self.limit)
            for (place, path) in compared.enumerated() {
                guard let other = compared[..<place].first(where: { $0.overlaps(path) }), !other.isEquivalent(to: path)
                else { continue }
                context.report(
                    "Paths \"\(other.text)\" and \"\(path.text)\" are ambiguous: both match "
                        + "\"\(Self.witness(other, path))\".", atNameOf: path.item)
            }
        }
    }

    /// A path that both match.
    private static func witness(_ one: PathSegments, _ other: PathSegments) -> String {
        zip(one.segments, other.segments).map { left, right in
            "/" + (!left.isVariable ? left.text : !right.isVariable ? right.text : "x")
        }.joined()
    }
}
