import JSONDocuments

/// Values of enumerations are written in one way.
struct EnumCasing: LintRule {
    static let profile = RuleProfile(
        id: "enum-casing",
        summary: "Texts in `enum` are written in one case: `snake`, or what the option `case` says.",
        why: "Generators make names of constants from these texts.",
        category: .schemas, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Order: {type: string, enum: [price_asc, price_desc]}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Order: {type: string, enum: [price_asc, PriceDesc]}}}
            """)

    static let interests: [NodeInterest] = [.having("enum", in: .schema)]

    /// How values are written.
    private var casing = WordCasing.snake

    mutating func configure(_ options: JSONValue) throws(RuleOptionError) {
        casing = try RuleOptions(options, of: Self.profile, names: ["case"]).casing("case") ?? casing
    }

    func visit(_ node: LintNode, _ context: LintContext) {
        for element in node["enum"]?.elements.map({ $0 }) ?? [] {
            guard let text = element.string, !casing.matches(text) else { continue }
            context.report("`\(text)` is not written in \(casing.rawValue) case", at: element)
        }
    }
}
