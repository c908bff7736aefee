import JSONDocuments

/// A query is described as a whole or by its names, not both.
struct QuerystringParameters: LintRule {
    static let profile = RuleProfile(
        id: "querystring-parameters",
        summary: "At most one parameter is `in: querystring`, and no parameter `in: query` stands beside it.",
        why: "Both would claim the same text (OpenAPI 3.2 §4.12.1).",
        category: .parameters, severity: .error, versions: [.version32],
        good: """
            openapi: 3.2.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  parameters:
                    - {name: q, in: querystring, content: {application/x-www-form-urlencoded: {schema: {type: object}}}}
                  responses: {'200': {description: pets}}
            """,
        bad: """
            openapi: 3.2.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  parameters:
                    - {name: q, in: querystring, content: {application/x-www-form-urlencoded: {schema: {type: object}}}}
                    - {name: limit, in: query, schema: {type: integer}}
                  responses: {'200': {description: pets}}
            """)

    static let interests: [NodeInterest] = [.every(.operation)]

    func visit(_ node: LintNode, _ context: LintContext) {
        let shared = context.parent?.kind == .pathItem ? context.parent?["parameters"] : nil
        let lists = [node["parameters"], shared].compactMap { $0 }
        let parameters = lists.flatMap { list in
            list.elements.compactMap { element in context.followed(element).map { (element, $0) } }
        }
        let whole = parameters.filter { $0.1["in"]?.isString("querystring") == true }
        guard let first = whole.first else { return }
        for (element, _) in whole.dropFirst() {
            context.report("only one parameter can be the whole query string", at: element)
        }
        if let (element, _) = parameters.first(where: { $0.1["in"]?.isString("query") == true }) {
            let name = first.1["name"]?.string ?? "a parameter"
            context.report("`\(name)` is the whole query string already", at: element)
        }
    }
}
