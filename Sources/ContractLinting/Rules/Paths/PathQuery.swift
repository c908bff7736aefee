import JSONDocuments

/// No path brings a query along.
struct PathQuery: LintRule {
    static let profile = RuleProfile(
        id: "path-not-include-query",
        summary: "No path contains a question mark.",
        why: "Queries are declared as parameters; a path with one matches no request.",
        category: .paths,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets: {}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets?kind=cat: {}
            """)

    static let interests: [NodeInterest] = [.every(.paths)]

    func visit(_ node: LintNode, _ context: LintContext) {
        for member in node.value.members where Self.hasQuery(member.name) {
            context.report("Path must not include query string.", atNameOf: member.value)
        }
    }

    /// Whether a path has a question mark outside of its parameters, which may be written `{?name}`.
    private static func hasQuery(_ path: String) -> Bool {
        var isOutside = true
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "{"): isOutside = false
            case UInt8(ascii: "}"): isOutside = true
            case UInt8(ascii: "?"): if isOutside { return true }
            default: break
            }
        }
        return false
    }
}
