import JSONDocuments

/// Something fits every schema.
struct ImpossibleSchema: LintRule {
    static let profile = RuleProfile(
        id: "impossible-schema",
        summary: "The constraints of a schema leave a value that keeps all of them.",
        why: "A schema that no value keeps refuses every message that it is asked about.",
        category: .schemas, severity: .error,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Age: {type: integer, minimum: 0, maximum: 30}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Age: {type: integer, minimum: 30, maximum: 0}}}
            """)

    static let interests: [NodeInterest] = [
        .having(
            "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "minItems", "minProperties",
            "minContains", "multipleOf", "enum", "const", "allOf", "anyOf", "oneOf", "readOnly", in: .schema)
    ]

    /// Pairs of a lower and an upper bound of sizes.
    private static let sizes = [
        ("minLength", "maxLength"), ("minItems", "maxItems"), ("minProperties", "maxProperties"),
        ("minContains", "maxContains"),
    ]

    func visit(_ node: LintNode, _ context: LintContext) {
        checkRange(node, context)
        for (low, high) in Self.sizes {
            guard let lower = node[low], let upper = node[high], let least = lower.number, let most = upper.number,
                most < least
            else { continue }
            context.report("`\(low)` \(least) is greater than `\(high)` \(most)", at: lower)
        }
        if let step = node["multipleOf"], let number = step.number, number.isZero || number.isNegative {
            context.report("`multipleOf` has to be greater than 0", at: step)
        }
        checkValues(node, context)
        if node.value.isTrue("readOnly"), node.value.isTrue("writeOnly"), let readOnly = node["readOnly"] {
            context.report("what is both `readOnly` and `writeOnly` can be in no message", atNameOf: readOnly)
        }
        checkCombinators(node, context)
    }

    /// Looks at the bounds of numbers: exclusive ones are flags up to 3.0 and numbers since 3.1.
    private func checkRange(_ node: LintNode, _ context: LintContext) {
        let lower = [node["minimum"], node["exclusiveMinimum"]].compactMap { $0 }.filter { $0.kind == .number }
        let upper = [node["maximum"], node["exclusiveMaximum"]].compactMap { $0 }.filter { $0.kind == .number }
        for low in lower {
            for high in upper {
                guard let least = low.number, let most = high.number else { continue }
                let isOpen =
                    [low, high].contains { $0.key?.string?.hasPrefix("exclusive") == true }
                    || node.value.isTrue("exclusiveMinimum") || node.value.isTrue("exclusiveMaximum")
                guard most < least || (isOpen && !(least < most)) else { continue }
                context.report("no number is between \(least) and \(most)", at: low)
            }
        }
    }

    /// Looks at `enum` and `const`.
    private func checkValues(_ node: LintNode, _ context: LintContext) {
        guard let values = node["enum"], values.kind == .array else { return }
        if values.count == 0 { context.report("an empty `enum` allows nothing", at: values) }
        if let constant = node["const"], !values.elements.contains(where: { $0.structurallyEquals(constant) }) {
            context.report("`const` is none of the values of `enum`", at: constant)
        }
    }

    /// Looks at lists of schemas.
    private func checkCombinators(_ node: LintNode, _ context: LintContext) {
        for name in ["allOf", "anyOf", "oneOf"] {
            guard let list = node[name], list.kind == .array, list.count == 0 else { continue }
            context.report("`\(name)` needs at least one schema", at: list)
        }
        guard let list = node["allOf"], list.kind == .array else { return }
        var common: Set<String>?
        for schema in [node.value] + list.elements.map({ $0 }) {
            guard let found = context.followed(schema), found["type"] != nil else { continue }
            var types = Set(found.typeNames)
            if types.contains("number") { types.insert("integer") }
            if found.isTrue("nullable") { types.insert("null") }
            common = common.map { $0.intersection(types) } ?? types
        }
        if let common, common.isEmpty {
            context.report("no value has the types of all schemas of `allOf`", at: list)
        }
    }
}
