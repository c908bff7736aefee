import JSONDocuments

/// Paths name things; methods say what is done to them.
struct VerbInPath: LintRule {
    static let profile = RuleProfile(
        id: "no-http-verbs-in-paths",
        summary: "No segment of a path has the name of an HTTP method among its words.",
        why: "`POST /pets/delete` says two different things about what it does.",
        category: .paths, isRecommended: false,
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
              /get-pets: {}
            """)

    static let interests: [NodeInterest] = [.every(.paths)]

    /// Names of methods.
    private static let verbs: Set<String> = [
        "get", "post", "put", "patch", "delete", "head", "options", "trace", "query",
    ]
    /// Segments that are all right nevertheless.
    private var exceptions: Set<String> = []

    /// Takes `exceptions: [segment…]`.
    mutating func configure(_ options: JSONValue) throws(RuleOptionError) {
        exceptions = try RuleOptions(options, of: Self.profile, names: ["exceptions"]).strings("exceptions") ?? []
    }

    func visit(_ node: LintNode, _ context: LintContext) {
        for path in PathSegments.all(of: node.value) {
            for segment in path.literals where !exceptions.contains(String(segment)) {
                guard let verb = WordCasing.words(in: segment).first(where: Self.verbs.contains) else { continue }
                context.report("Path must not contain the HTTP verb \"\(verb)\".", atNameOf: path.item)
            }
        }
    }
}
