import JSONDocuments

/// Enumerations in replies can grow.
struct ExtensibleEnum: LintRule {
    static let profile = RuleProfile(
        id: "extensible-enum",
        summary: "A list of texts that may grow is `x-extensible-enum`, not `enum`.",
        why: "A value more in an `enum` of a reply breaks every client that keeps to the contract.",
        category: .schemas, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Kind: {type: string, x-extensible-enum: [cat, dog]}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Kind: {type: string, enum: [cat, dog]}}}
            """)

    static let interests: [NodeInterest] = [.having("enum", in: .schema)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let values = node["enum"], values.count > 1, values.elements.contains(where: { $0.kind == .string })
        else {
            return
        }
        context.report("the enumeration cannot grow without breaking clients", atNameOf: values)
    }
}
