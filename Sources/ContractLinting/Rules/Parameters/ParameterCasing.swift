import JSONDocuments

/// Names of parameters are written in one way for each place.
struct ParameterCasing: LintRule {
    static let profile = RuleProfile(
        id: "parameter-casing",
        summary:
            "Names of parameters are written in the case that the options give to `query`, `path`, `header` and `cookie`.",
        why: "People guess the names of parameters from those that they have seen.",
        category: .parameters, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  parameters: [{name: pageSize, in: query, schema: {}}, {name: X-Tenant, in: header, schema: {}}]
                  responses: {'200': {description: pets}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  parameters: [{name: Page_Size, in: query, schema: {}}, {name: x_tenant, in: header, schema: {}}]
                  responses: {'200': {description: pets}}
            """)

    static let interests: [NodeInterest] = [.having("name", in: .parameter)]

    /// The case of each place.
    private var cases: [String: WordCasing] = ["query": .camel, "path": .camel, "cookie": .camel, "header": .train]

    mutating func configure(_ options: JSONValue) throws(RuleOptionError) {
        let places = ["query", "path", "header", "cookie"]
        let options = try RuleOptions(options, of: Self.profile, names: places)
        for place in places {
            if let found = try options.casing(place) { cases[place] = found }
        }
    }

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let place = node["in"]?.string, let wanted = cases[place], let name = node["name"], let text = name.string
        else { return }
        // `filter[name]` and `page.size` are several names.
        let words = text.split(whereSeparator: { "[].$".contains($0) })
        guard let odd = words.first(where: { !wanted.matches($0) }) else { return }
        context.report("`\(odd)` is not written in \(wanted.rawValue) case", at: name)
    }
}
