import JSONDocuments

/// Every name of a query belongs to one parameter.
struct OverlappingQueryObjects: LintRule {
    static let profile = RuleProfile(
        id: "overlapping-query-objects",
        summary: "At most one exploded object of a query is open, and its properties are no other parameters.",
        why:
            "The properties of an exploded object are names of the query: when two parameters claim one name, nobody can tell whose it is.",
        category: .gateway, severity: .error, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  parameters:
                    - {name: filter, in: query, schema: {type: object, properties: {kind: {type: string}}}}
                    - {name: limit, in: query, schema: {type: integer}}
                  responses: {'200': {description: pets}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  parameters:
                    - {name: filter, in: query, schema: {type: object, properties: {limit: {type: string}}}}
                    - {name: limit, in: query, schema: {type: integer}}
                  responses: {'200': {description: pets}}
            """)

    static let interests: [NodeInterest] = [.every(.operation)]

    func visit(_ node: LintNode, _ context: LintContext) {
        let shared = context.parent?.kind == .pathItem ? context.parent?["parameters"] : nil
        let lists = [node["parameters"], shared].compactMap { $0 }
        let query = lists.flatMap { list in
            list.elements.compactMap { element -> (place: JSONValue, parameter: JSONValue)? in
                guard let parameter = context.followed(element), parameter["in"]?.isString("query") == true else {
                    return nil
                }
                return (element, parameter)
            }
        }
        let names = Set(query.compactMap { $0.parameter["name"]?.string })
        var open: String?
        for entry in query {
            guard let name = entry.parameter["name"]?.string, let schema = Self.explodedObject(entry.parameter, context)
            else { continue }
            for property in schema["properties"]?.members.map(\.name) ?? []
            where names.contains(property) && property != name {
                context.report("`\(property)` is a property of `\(name)` and a parameter of its own", at: entry.place)
            }
            let rest = schema["additionalProperties"]
            guard schema["properties"] == nil || rest?.kind == .object || rest?.bool == true else { continue }
            if let open {
                context.report("both `\(open)` and `\(name)` take names that nobody declares", at: entry.place)
            }
            open = open ?? name
        }
    }

    /// The schema of a parameter whose properties stand in the query by their own names; nil for others.
    private static func explodedObject(_ parameter: JSONValue, _ context: LintContext) -> JSONValue? {
        guard parameter["style"]?.isString("form") ?? true, parameter["explode"]?.bool ?? true,
            let schema = parameter["schema"].flatMap({ context.followed($0) }), schema.hasType("object")
        else { return nil }
        return schema
    }
}
