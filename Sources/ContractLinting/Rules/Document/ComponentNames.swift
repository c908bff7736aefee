import JSONDocuments

/// Names of components are made of the characters that they may have (OpenAPI 3.1.2 §4.8.7: `^[a-zA-Z0-9\.\-_]+$`).
struct ComponentNames: LintRule {
    static let profile = RuleProfile(
        id: "components-map-name",
        summary: "Names of components consist of letters, digits, `.`, `-` and `_`.",
        why: "Other names break references, generated code and links in documentation.",
        category: .document, severity: .error, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            components:
              schemas: {Pet.v1: {type: object}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            components:
              schemas: {A pet: {type: object}}
            """)

    static let interests: [NodeInterest] = [.every(.components)]

    func visit(_ node: LintNode, _ context: LintContext) {
        for section in node.value.members where !section.name.hasPrefix("x-") {
            for entry in section.value.members where !Self.isName(entry.name) {
                context.report(
                    "Component name \"\(entry.name)\" must consist of letters, digits, \".\", \"-\" and \"_\".",
                    atNameOf: entry.value)
            }
        }
    }

    /// Whether a name has permitted characters only.
    private static func isName(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy {
                (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || [0x2D, 0x2E, 0x5F].contains($0)
            }
    }
}
