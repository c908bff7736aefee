import JSONDocuments

/// Every component is used.
///
/// A `$ref` from any of the files uses a component, also one that leads into it; so do a discriminator's mapping and an
/// operation's security.
struct UnusedComponent: LintRule {
    static let profile = RuleProfile(
        id: "oas3-unused-component",
        summary: "Every reusable component is referred to.",
        why: "What nobody uses is still read, translated and kept up to date by somebody.",
        category: .document, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  responses: {'200': {$ref: '#/components/responses/Pets'}}
            components:
              responses: {Pets: {description: All pets.}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            components:
              responses: {Pets: {description: All pets.}}
            """)

    static let interests: [NodeInterest] = [.having("mapping", "defaultMapping", in: .discriminator)]

    /// Sections whose entries are there to be referred to.
    private static let sections = [
        "schemas", "responses", "parameters", "examples", "requestBodies", "headers", "links", "callbacks", "pathItems",
        "mediaTypes",
    ]
    /// Schemas that discriminators name.
    private var named: Set<JSONValue> = []

    mutating func visit(_ node: LintNode, _ context: LintContext) {
        let entries =
            (node["mapping"].map { $0.members.map(\.value) } ?? []) + [node["defaultMapping"]].compactMap { $0 }
        for entry in entries {
            guard let text = entry.string else { continue }
            let target =
                context.root["components"]?["schemas"]?[text] ?? context.document.target(ofText: text, from: entry)
            if let target { named.insert(target) }
        }
    }

    mutating func finish(_ context: LintContext) {
        guard let components = context.root["components"] else { return }
        for section in Self.sections {
            guard let entries = components[section] else { continue }
            for entry in entries.members where !entry.name.hasPrefix("x-") {
                if context.facts.isReferenced(entry.value) || named.contains(entry.value) { continue }
                context.report("Potentially unused component has been detected.", atNameOf: entry.value)
            }
        }
    }
}
