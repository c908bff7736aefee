import JSONDocuments

/// Segments of paths are written in one way.
struct PathCasing: LintRule {
    static let profile = RuleProfile(
        id: "paths-kebab-case",
        summary: "Segments of paths are written in kebab-case, or as the option `case` says.",
        why: "Paths are compared letter by letter; one way to write them leaves nothing to remember.",
        category: .paths, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pet-owners/{ownerId}: {}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /petOwners: {}
            """)

    static let interests: [NodeInterest] = [.every(.paths)]

    /// The way.
    private var casing = WordCasing.kebab

    /// Takes `case: camel` and the like.
    mutating func configure(_ options: JSONValue) throws(RuleOptionError) {
        let options = try RuleOptions(options, of: Self.profile, names: ["case"])
        casing = try options.casing("case") ?? casing
    }

    func visit(_ node: LintNode, _ context: LintContext) {
        for path in PathSegments.all(of: node.value) {
            // What has a dot is the name of a file.
            let wrong = path.literals.first { !$0.isEmpty && !$0.contains(".") && !casing.matches($0) }
            guard let wrong else { continue }
            context.report("Path segment \"\(wrong)\" must be \(casing.rawValue) case.", atNameOf: path.item)
        }
    }
}
