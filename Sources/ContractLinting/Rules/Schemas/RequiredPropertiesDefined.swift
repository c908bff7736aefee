import JSONDocuments
import SourceDiagnostics

/// What is required is described.
struct RequiredPropertiesDefined: LintRule {
    static let profile = RuleProfile(
        id: "required-properties-defined",
        summary:
            "Every name in `required` is a described property, here or in a schema that is composed with this one.",
        why: "A misspelt name in `required` demands a property that nobody sends.",
        category: .schemas,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Pet: {type: object, required: [name], properties: {name: {type: string}}}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Pet: {type: object, required: [nmae], properties: {name: {type: string}}}}}
            """)

    static let interests: [NodeInterest] = [.having("required", in: .schema)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let required = node["required"], required.kind == .array, required.count > 0 else { return }
        // What stands inside allOf and its kin is completed by the schema around it.
        let roots = [node.value] + Self.composing(context).map(\.value)
        var missing = required.elements.compactMap { element in element.string.map { (element, $0) } }
        var known: Set<String> = []
        var search = PropertySearch(context)
        for root in roots where !missing.isEmpty {
            search.collect(root)
            missing.removeAll { search.names.contains($0.1) }
        }
        known = search.names
        // Without any property the schema only demands: the properties are described where it is used.
        guard !known.isEmpty, !search.isOpenEnded else { return }
        for (element, name) in missing {
            context.report(
                "`\(name)` is required and not described under `properties`", at: element,
                suggestion: NearestName.among(known.sorted(), to: name).map { "did you mean `\($0)`?" })
        }
    }

    /// The schemas around the one being visited, as far as it is a part of their composition.
    private static func composing(_ context: LintContext) -> [LintNode] {
        var found: [LintNode] = []
        for node in context.lineage.reversed() {
            guard node.kind == .schema else { break }
            found.append(node)
            // An element of `properties` or `items` is a value of its own.
            if node.value.key != nil { break }
        }
        return found
    }
}

/// Names of properties that a schema describes, over what it is composed of.
private struct PropertySearch {
    /// The names.
    private(set) var names: Set<String> = []
    /// Whether a part could not be read, or names properties by pattern: anything may be described there.
    private(set) var isOpenEnded = false
    /// Schemas that were looked at.
    private var seen: Set<JSONValue> = []
    /// Where references lead.
    private let context: LintContext

    /// Nothing is known yet.
    init(_ context: LintContext) { self.context = context }

    /// Adds the properties of a schema.
    mutating func collect(_ schema: JSONValue) {
        var waiting = [schema]
        while let next = waiting.popLast() {
            guard seen.insert(next).inserted, next.kind == .object else { continue }
            if let reference = next["$ref"] {
                if let target = context.document.target(of: reference) {
                    waiting.append(target)
                } else {
                    isOpenEnded = true
                }
            }
            for member in next["properties"]?.members.map({ $0 }) ?? [] { names.insert(member.name) }
            if next["patternProperties"] != nil { isOpenEnded = true }
            for name in ["allOf", "anyOf", "oneOf"] { waiting += next[name]?.elements.map { $0 } ?? [] }
            for name in ["if", "then", "else"] { if let part = next[name] { waiting.append(part) } }
            waiting += next["dependentSchemas"]?.members.map(\.value) ?? []
        }
    }
}
