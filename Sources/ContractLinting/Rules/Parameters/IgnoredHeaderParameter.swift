import JSONDocuments

/// Nothing is declared that is ignored.
struct IgnoredHeaderParameter: LintRule {
    static let profile = RuleProfile(
        id: "ignored-header-parameter",
        summary: "No header parameter is named Accept, Content-Type or Authorization.",
        why:
            "Such parameters are ignored (OpenAPI 3.1 §4.8.12.2.1): `content` and `security` say what these fields hold.",
        category: .parameters, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  parameters: [{name: X-Tenant, in: header, schema: {type: string}}]
                  responses: {'200': {description: pets}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  parameters: [{name: authorization, in: header, required: true, schema: {type: string}}]
                  responses: {'200': {description: pets}}
            """)

    static let interests: [NodeInterest] = [.having("name", in: .parameter)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard node["in"]?.isString("header") == true, let name = node["name"], let text = name.string else { return }
        let instead: String
        switch text.lowercased() {
        case "accept": instead = "describe the media types of the responses"
        case "content-type": instead = "describe the media types of the request body"
        case "authorization": instead = "use a security scheme"
        default: return
        }
        context.report("the header parameter `\(text)` is ignored", at: name, suggestion: instead)
    }
}
