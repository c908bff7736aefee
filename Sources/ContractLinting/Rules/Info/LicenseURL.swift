import OpenAPIDocuments

/// The license says where its text is.
struct LicenseURL: LintRule {
    static let profile = RuleProfile(
        id: "license-url",
        summary: "A license has a `url` or, since 3.1, an `identifier`.",
        why: "A name alone leaves open which text is meant.",
        category: .info, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0, license: {name: MIT, identifier: MIT}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0, license: {name: Our own}}
            """)

    static let interests: [NodeInterest] = [.every(.license)]

    func visit(_ node: LintNode, _ context: LintContext) {
        if node["url"].isTruthy || (context.version >= .version31 && node["identifier"].isTruthy) { return }
        context.report("License object must include \"url\".", at: node.value)
    }
}
