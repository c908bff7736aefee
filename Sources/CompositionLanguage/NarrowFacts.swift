import JSONDocuments
import OpenAPIDocuments

/// What is certain of every value that a schema accepts: the schema itself and the parts of its `allOf`, all of which hold.
struct NarrowFacts {
    /// The schemas that all hold.
    let conjuncts: [SchemaProof.Side]
    /// The types that a value can have.
    let types: JSONTypes
    /// The values, where they are listed.
    let values: [JSONValue]?
    /// Fields that are there.
    let required: Set<String>
    /// Whether no value is accepted.
    let isImpossible: Bool
    /// Schemas of which one holds, where the schema is nothing but that.
    let alternatives: [SchemaProof.Side]?

    /// Looks at a schema.
    init(_ side: SchemaProof.Side) {
        var conjuncts: [SchemaProof.Side] = []
        Self.gather(side, into: &conjuncts, 0)
        self.conjuncts = conjuncts
        isImpossible = conjuncts.contains { $0.node.kind == .false }
        let listed = conjuncts.compactMap { conjunct -> [JSONValue]? in
            conjunct.node["enum"].map { Array($0.elements) } ?? conjunct.node["const"].map { [$0] }
        }
        let values = listed.min { $0.count < $1.count }
        self.values = values
        var types = conjuncts.reduce(JSONTypes.all) { $0.intersection(ShapeWalker.declaredTypes($1.node)) }
        if let values { types.formIntersection(values.reduce([]) { $0.union(JSONTypes(of: $1)) }) }
        self.types = types
        required = Set(conjuncts.flatMap { $0.node["required"]?.elements.compactMap(\.string) ?? [] })
        let choice = conjuncts.lazy.compactMap { conjunct -> [SchemaProof.Side]? in
            for key in ["anyOf", "oneOf"] {
                guard let branches = conjunct.node[key], branches.count > 0 else { continue }
                return branches.elements.map { conjunct.with($0) }
            }
            return nil
        }.first
        // A choice beside other keywords is left out: what the others say is enough, or it is not proven.
        alternatives = conjuncts.count == 1 && Self.isOnlyChoice(conjuncts[0].node) ? choice : nil
    }

    /// Whether a schema says nothing but that one of several holds.
    private static func isOnlyChoice(_ node: JSONValue) -> Bool {
        let quiet: Set<String> = ["title", "description", "examples", "discriminator", "anyOf", "oneOf"]
        return node.kind == .object && node.members.allSatisfy { quiet.contains($0.name) }
            && (node["anyOf"] == nil) != (node["oneOf"] == nil)
    }

    /// Gathers a schema and what stands in its `allOf`.
    private static func gather(_ side: SchemaProof.Side, into all: inout [SchemaProof.Side], _ depth: Int) {
        guard depth < 16, let node = side.followed else { return }
        all.append(side.with(node))
        // What stands beside a reference counts as well, where the version says so.
        if node != side.node, side.node.count > 1, side.document.version.evaluatesReferenceSiblings {
            all.append(side)
        }
        for part in node["allOf"]?.elements.map(\.self) ?? [] { gather(side.with(part), into: &all, depth + 1) }
    }

    /// The schemas of a field, all of which hold; nil where none is said.
    func property(_ name: String) -> [SchemaProof.Side]? {
        let found = conjuncts.compactMap { conjunct in conjunct.node["properties"]?[name].map { conjunct.with($0) } }
        return found.isEmpty ? nil : found
    }

    /// The fields that are declared.
    var propertyNames: [String] {
        var seen: Set<String> = []
        return conjuncts.flatMap { $0.node["properties"]?.members.map(\.name) ?? [] }.filter {
            seen.insert($0).inserted
        }
    }

    /// Whether there are no fields but those declared.
    var isClosed: Bool {
        conjuncts.contains { conjunct in
            conjunct.node["additionalProperties"]?.bool == false && conjunct.node["patternProperties"] == nil
                && propertyNames.allSatisfy { conjunct.node["properties"]?[$0] != nil }
        }
    }

    /// What the elements of an array are; nil where nothing is said.
    var items: SchemaProof.Side? {
        conjuncts.lazy.compactMap { conjunct in
            guard conjunct.node["prefixItems"] == nil, let items = conjunct.node["items"], items.kind != .array else {
                return nil
            }
            return conjunct.with(items)
        }.first
    }

    /// Whether a keyword stands here in the same words.
    func says(_ name: String, _ value: JSONValue) -> Bool {
        conjuncts.contains { $0.node[name]?.structurallyEquals(value) == true }
    }
}
