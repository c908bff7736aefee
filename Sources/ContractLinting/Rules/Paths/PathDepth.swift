import JSONDocuments

/// Paths are not too deep, and an interface does not speak of too many things.
struct PathDepth: LintRule {
    static let profile = RuleProfile(
        id: "path-depth",
        summary:
            "No path has more than three levels of sub-resources, and the paths have no more than eight resources.",
        why:
            "Deep paths tie clients to a hierarchy that changes; many resources are several interfaces in one document.",
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
              /cities/{city}/streets/{street}/houses/{house}/owners/{owner}/pets/{pet}: {}
            """)

    static let interests: [NodeInterest] = [.every(.paths)]

    /// Most collections below the first one.
    private var levels = 3
    /// Most different first segments.
    private var resources = 8

    /// Takes `levels` and `resources`.
    mutating func configure(_ options: JSONValue) throws(RuleOptionError) {
        let options = try RuleOptions(options, of: Self.profile, names: ["levels", "resources"])
        levels = try options.number("levels") ?? levels
        resources = try options.number("resources") ?? resources
    }

    func visit(_ node: LintNode, _ context: LintContext) {
        var first: Set<Substring> = []
        for path in PathSegments.all(of: node.value) {
            let names = path.literals.filter { !PathVersion.isVersion($0) }
            if let name = names.first { first.insert(name) }
            if names.count - 1 > levels {
                context.report(
                    "Path has \(names.count - 1) levels of sub-resources, more than \(levels).", atNameOf: path.item)
            }
        }
        if first.count > resources {
            context.report("The paths have \(first.count) resources, more than \(resources).", at: node.value)
        }
    }
}
