/// A license names its text in one way (OpenAPI 3.1.2 §4.8.4.1: the fields are mutually exclusive).
struct LicenseURLOrIdentifier: LintRule {
    static let profile = RuleProfile(
        id: "license-url-xor-identifier",
        summary: "A license has a `url` or an `identifier`, never both.",
        why: "If both are there and do not agree, nobody knows which one holds.",
        category: .info, severity: .error, versions: .since31,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0, license: {name: MIT, identifier: MIT}}
            """,
        bad: """
            openapi: 3.1.0
            info:
              title: Pets
              version: 1.0.0
              license: {name: MIT, identifier: MIT, url: 'https://opensource.org/license/mit'}
            """)

    static let interests: [NodeInterest] = [.having("identifier", in: .license)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard node["identifier"] != nil, let url = node["url"] else { return }
        context.report("License object must not have both \"url\" and \"identifier\".", at: url)
    }
}
