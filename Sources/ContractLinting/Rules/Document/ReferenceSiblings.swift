/// Nothing stands beside `$ref` where it would be ignored.
struct ReferenceSiblings: LintRule {
    static let profile = RuleProfile(
        id: "no-$ref-siblings",
        summary: "Nothing stands beside `$ref`.",
        why: "Up to OpenAPI 3.0 whatever stands beside `$ref` is ignored, so a constraint written there does not hold.",
        category: .document, severity: .error, versions: [.version2, .version30],
        good: """
            openapi: 3.0.3
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components:
              schemas:
                Pet: {type: object}
                Dog: {$ref: '#/components/schemas/Pet'}
            """,
        bad: """
            openapi: 3.0.3
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components:
              schemas:
                Pet: {type: object}
                Dog: {$ref: '#/components/schemas/Pet', description: one that barks}
            """)

    static let interests: [NodeInterest] = [.every(.reference)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard node.value.count > 1 else { return }
        for member in node.value.members where member.name != "$ref" {
            context.report(
                "$ref must not be placed next to any other properties", atNameOf: member.value,
                suggestion: "move `\(member.name)` to what the reference leads to, or wrap the reference in `allOf`")
        }
    }
}
