import JSONDocuments

/// Every branch of `oneOf` can be the one.
struct UnreachableBranch: LintRule {
    static let profile = RuleProfile(
        id: "unreachable-branch",
        summary: "No branch of `oneOf` takes only values that another branch takes too.",
        why:
            "A value that fits two branches of `oneOf` is refused; a branch within another one is therefore never the one.",
        category: .gateway,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Size: {oneOf: [{type: integer}, {type: string}]}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Size: {oneOf: [{type: integer}, {type: number}]}}}
            """)

    static let interests: [NodeInterest] = [.having("oneOf", in: .schema)]

    /// Members that say nothing about which values fit.
    private static let annotations: Set<String> = [
        "title", "description", "example", "examples", "default", "deprecated", "externalDocs", "$comment", "readOnly",
        "writeOnly", "xml",
    ]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let list = node["oneOf"], list.kind == .array else { return }
        let branches = list.elements.map { (place: $0, schema: context.followed($0)) }
        for (number, branch) in branches.enumerated() {
            guard let schema = branch.schema else { continue }
            for (other, wider) in branches.enumerated() where other != number {
                guard let outer = wider.schema, Self.takesAll(of: schema, outer) else { continue }
                // Of two equal branches the later one is superfluous.
                if Self.takesAll(of: outer, schema), number < other { continue }
                context.report(
                    "whatever fits this branch of `oneOf` fits branch \(other + 1) too, and is refused for it",
                    at: branch.place, suggestion: "make it `anyOf`, or let the branches differ")
                break
            }
        }
    }

    /// Whether a schema certainly takes every value that another one takes.
    private static func takesAll(of inner: JSONValue, _ outer: JSONValue) -> Bool {
        if inner == outer || inner.structurallyEquals(outer) { return true }
        guard outer.kind == .object else { return outer.bool == true }
        let constraints = outer.members.filter { !annotations.contains($0.name) && !$0.name.hasPrefix("x-") }
        if constraints.isEmpty { return true }
        // Types alone can be compared; anything more is a question for a solver.
        guard constraints.allSatisfy({ $0.name == "type" }), inner["type"] != nil else { return false }
        let wide = Set(outer.typeNames)
        return inner.typeNames.allSatisfy { wide.contains($0) || $0 == "integer" && wide.contains("number") }
            && (!inner.isTrue("nullable") || outer.isTrue("nullable"))
    }
}
