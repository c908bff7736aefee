/// Operations are written out.
struct PathItemReferences: LintRule {
    static let profile = RuleProfile(
        id: "path-item-refs",
        summary: "No `$ref` stands in place of an operation.",
        why: "An operation cannot be a reference: what stands behind it is not part of the interface.",
        category: .document, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  responses: {'200': {description: All pets.}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get: {$ref: '#/paths/~1cats/get'}
              /cats:
                get:
                  responses: {'200': {description: All cats.}}
            """)

    static let interests: [NodeInterest] = [.every(.reference)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard context.referencedKind == .operation, let reference = node["$ref"] else { return }
        context.report("An operation must not be a \"$ref\": refer to the whole path item.", at: reference)
    }
}
