import JSONDocuments

/// A discriminator of 2.0 is a property, and a required one (2.0, Schema Object).
struct Swagger2Discriminator: LintRule {
    static let profile = RuleProfile(
        id: "oas2-discriminator",
        summary: "The property that `discriminator` names is defined and required.",
        why: "Without its value nobody knows which schema a message follows.",
        category: .schemas, severity: .error, versions: .version2,
        good: """
            swagger: '2.0'
            definitions:
              Pet: {type: object, discriminator: kind, required: [kind], properties: {kind: {type: string}}}
            """,
        bad: """
            swagger: '2.0'
            definitions:
              Pet: {type: object, discriminator: kind, properties: {kind: {type: string}}}
            """)

    static let interests: [NodeInterest] = [.having("discriminator", in: .schema)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let discriminator = node["discriminator"], let name = discriminator.string else { return }
        if node["properties"]?[name] == nil {
            context.report(
                "The discriminator property must be defined in this schema.", at: node["properties"] ?? node.value)
        }
        if node["required"]?.elements.contains(where: { $0.string == name }) != true {
            context.report(
                "The discriminator property must be in the required property list.", at: node["required"] ?? node.value)
        }
    }
}
