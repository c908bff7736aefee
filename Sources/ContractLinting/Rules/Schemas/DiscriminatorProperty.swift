import JSONDocuments
import SourceDiagnostics

/// A discriminator can be read, and leads somewhere.
struct DiscriminatorProperty: LintRule {
    static let profile = RuleProfile(
        id: "discriminator-property",
        summary: "The property of a discriminator is described in every branch, and its mapping leads to schemas.",
        why: "A discriminator that names a property which a branch does not have leaves readers guessing.",
        category: .schemas, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components:
              schemas:
                Cat: {type: object, required: [kind], properties: {kind: {type: string}}}
                Pet: {oneOf: [{$ref: '#/components/schemas/Cat'}], discriminator: {propertyName: kind}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components:
              schemas:
                Cat: {type: object, properties: {name: {type: string}}}
                Pet:
                  oneOf: [{$ref: '#/components/schemas/Cat'}]
                  discriminator: {propertyName: kind, mapping: {cat: '#/components/schemas/Dog'}}
            """)

    static let interests: [NodeInterest] = [.having("discriminator", in: .schema)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let discriminator = node["discriminator"], let property = discriminator["propertyName"],
            let name = property.string
        else { return }
        for list in ["oneOf", "anyOf"] {
            for branch in node[list]?.elements.map({ $0 }) ?? [] {
                var search = PropertyPresence(name, context)
                guard let found = search.look(in: branch), !found else { continue }
                context.report("the branch does not describe the discriminator's property `\(name)`", at: branch)
            }
        }
        for entry in discriminator["mapping"]?.members.map({ $0 }) ?? [] { check(entry.value, context) }
        if let fallback = discriminator["defaultMapping"] { check(fallback, context) }
    }

    /// Looks at an entry of a mapping: the name of a component, or a reference (OpenAPI 3.1 §4.8.25).
    private func check(_ entry: JSONValue, _ context: LintContext) {
        guard let text = entry.string else { return }
        let schemas = context.root["components"]?["schemas"]
        if schemas?[text] != nil || context.document.target(ofText: text, from: entry) != nil { return }
        // Other files are loaded only where a `$ref` leads to them.
        guard text.hasPrefix("#") || !text.contains("/") && !text.contains(".") else { return }
        let names = schemas?.members.map(\.name) ?? []
        let wanted =
            text.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(text[text.utf8.index(after: $0)...]) } ?? text
        context.report(
            "the mapping leads to no schema: `\(text)`", at: entry,
            suggestion: NearestName.among(names, to: wanted).map { "did you mean `\($0)`?" })
    }
}

/// Whether a schema describes a property, itself or in what it is composed of.
private struct PropertyPresence {
    /// The property.
    private let name: String
    /// Where references lead.
    private let context: LintContext
    /// Schemas that were looked at.
    private var seen: Set<JSONValue> = []

    /// A search for a property.
    init(_ name: String, _ context: LintContext) {
        self.name = name
        self.context = context
    }

    /// Looks in a schema.
    ///
    /// - Returns: Nil where a part cannot be read.
    mutating func look(in schema: JSONValue) -> Bool? {
        var waiting = [schema]
        while let next = waiting.popLast() {
            guard seen.insert(next).inserted, next.kind == .object else { continue }
            if next["properties"]?[name] != nil { return true }
            if let reference = next["$ref"] {
                guard let target = context.document.target(of: reference) else { return nil }
                waiting.append(target)
            }
            for list in ["allOf", "anyOf", "oneOf"] { waiting += next[list]?.elements.map { $0 } ?? [] }
        }
        return false
    }
}
