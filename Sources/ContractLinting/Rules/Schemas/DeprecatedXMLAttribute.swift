/// XML attributes of 3.2 are written with `nodeType` (OpenAPI 3.2.0 §4.26: `attribute` is deprecated).
struct DeprecatedXMLAttribute: LintRule {
    static let profile = RuleProfile(
        id: "oas3_2-no-deprecated-xml-attribute",
        summary: "No schema uses `xml.attribute`: `nodeType: attribute` says the same.",
        why: "The field is deprecated and goes with a later version.",
        category: .schemas, versions: [.version32],
        good: """
            openapi: 3.2.0
            info: {title: Pets, version: 1.0.0}
            components:
              schemas: {Id: {type: string, xml: {nodeType: attribute}}}
            """,
        bad: """
            openapi: 3.2.0
            info: {title: Pets, version: 1.0.0}
            components:
              schemas: {Id: {type: string, xml: {attribute: true}}}
            """)

    static let interests: [NodeInterest] = [.having("attribute", in: .xml)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let attribute = node["attribute"], attribute.bool == true else { return }
        context.report(
            "The \"attribute\" field is deprecated: use \"nodeType: attribute\".", at: attribute,
            suggestion: "write `nodeType: attribute`")
    }
}
