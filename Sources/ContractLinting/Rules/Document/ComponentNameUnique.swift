import JSONDocuments

/// A name means one component, in whichever section or file.
struct ComponentNameUnique: LintRule {
    static let profile = RuleProfile(
        id: "component-name-unique",
        summary: "No two components have the same name, in whichever section or file they stand.",
        why: "Generators make a type of each name; two of them collide or get numbers.",
        category: .document, isRecommended: false, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            components:
              schemas: {Pet: {type: object}}
              responses: {PetResponse: {description: The pet.}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            components:
              schemas: {Pet: {type: object}}
              responses: {Pet: {description: The pet.}}
            """)

    static let interests: [NodeInterest] = []

    mutating func finish(_ context: LintContext) {
        var first: [String: JSONValue] = [:]
        for file in context.document.files {
            guard let components = file.document.root["components"] else { continue }
            for section in components.members where section.value.kind == .object && !section.name.hasPrefix("x-") {
                for entry in section.value.members {
                    guard let other = first.updateValue(entry.value, forKey: entry.name) else { continue }
                    first[entry.name] = other
                    context.report(
                        "Component name \"\(entry.name)\" is also used at \(other.range).", atNameOf: entry.value)
                }
            }
        }
    }
}
