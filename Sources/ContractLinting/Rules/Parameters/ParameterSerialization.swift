import JSONDocuments

/// Values of parameters can be read back from the text that they are written as.
struct ParameterSerialization: LintRule {
    static let profile = RuleProfile(
        id: "parameter-serialization",
        summary:
            "The style of a parameter is one that its place and its type have; with `explicit`, lists and objects state it.",
        why: "A value written in a style that is not defined for it is read differently by every server.",
        category: .parameters, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  parameters:
                    - {name: tags, in: query, style: form, schema: {type: array, items: {type: string}}}
                  responses: {'200': {description: pets}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  parameters:
                    - {name: tags, in: query, style: simple, schema: {type: array, items: {type: string}}}
                  responses: {'200': {description: pets}}
            """)

    static let interests: [NodeInterest] = [.having("schema", "style", in: .parameter)]

    /// Whether arrays and objects have to state `style` and `explode` although there are defaults.
    private var isExplicit = false

    mutating func configure(_ options: JSONValue) throws(RuleOptionError) {
        isExplicit = try RuleOptions(options, of: Self.profile, names: ["explicit"]).flag("explicit") ?? false
    }

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let place = node["in"]?.string else { return }
        let types = node["schema"].flatMap { context.followed($0) }?.typeNames ?? []
        if let style = node["style"], let name = style.string { check(name, style, place, types, context) }
        let isStructured = types.contains("array") || types.contains("object")
        if isStructured, types.contains(where: { !["array", "object", "null"].contains($0) }),
            let schema = node["schema"]
        {
            context.report(
                "the type mixes single values with lists or objects, which look the same as text", at: schema)
        }
        if isExplicit, isStructured, node["style"] == nil || node["explode"] == nil {
            context.report("a list or an object should state `style` and `explode`", at: node.value)
        }
    }

    /// Looks at a style (OpenAPI 3.1 §4.8.12.3).
    private func check(
        _ name: String, _ style: JSONValue, _ place: String, _ types: [String], _ context: LintContext
    ) {
        let legal = Self.styles(place, context)
        guard legal.contains(name) else {
            let known = legal.map { "`\($0)`" }.joined(separator: ", ")
            return context.report("`\(name)` is no style of parameters in \(place): \(known)", at: style)
        }
        switch name {
        case "deepObject" where !types.isEmpty && !types.contains("object"):
            context.report("`deepObject` is defined for objects only", at: style)
        case "spaceDelimited", "pipeDelimited":
            if !types.isEmpty, !types.contains("array"), !types.contains("object") {
                context.report("`\(name)` is defined for arrays and objects only", at: style)
            }
        default: break
        }
    }

    /// The styles of a place.
    private static func styles(_ place: String, _ context: LintContext) -> [String] {
        switch place {
        case "path": ["matrix", "label", "simple"]
        case "query": ["form", "spaceDelimited", "pipeDelimited", "deepObject"]
        case "header": ["simple"]
        case "cookie": context.version == .version32 ? ["form", "cookie"] : ["form"]
        default: []
        }
    }
}
