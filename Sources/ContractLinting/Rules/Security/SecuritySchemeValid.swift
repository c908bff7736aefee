import JSONDocuments
import SourceDiagnostics

/// A security scheme has what its type needs, and nothing of another type.
struct SecuritySchemeValid: LintRule {
    static let profile = RuleProfile(
        id: "security-scheme-valid",
        summary: "A security scheme and its flows have the fields of their type, and none of another.",
        why: "A scheme that is half of one type and half of another protects nothing (OpenAPI 3.1 §4.8.27).",
        category: .security, severity: .error, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {securitySchemes: {key: {type: apiKey, name: X-Key, in: header}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {securitySchemes: {key: {type: apiKey, name: X-Key, scheme: bearer}}}
            """)

    static let interests: [NodeInterest] = [.having("type", in: .securityScheme)]

    /// Fields that a type must have.
    private static let required: [String: [String]] = [
        "apiKey": ["name", "in"], "http": ["scheme"], "oauth2": ["flows"], "openIdConnect": ["openIdConnectUrl"],
        "mutualTLS": [],
    ]
    /// Fields that belong to one type.
    private static let owners: [(field: String, types: [String])] = [
        ("name", ["apiKey"]), ("in", ["apiKey"]), ("scheme", ["http"]), ("bearerFormat", ["http"]),
        ("flows", ["oauth2"]), ("oauth2MetadataUrl", ["oauth2"]), ("openIdConnectUrl", ["openIdConnect"]),
    ]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let type = node["type"], let name = type.string else { return }
        guard let required = Self.required[name], name != "mutualTLS" || context.version >= .version31 else {
            let known = Self.required.keys.sorted()
            return context.report(
                "`\(name)` is no type of security scheme", at: type,
                suggestion: NearestName.among(known, to: name).map { "did you mean `\($0)`?" })
        }
        for field in required where node[field] == nil {
            context.report("a scheme of the type `\(name)` needs `\(field)`", at: node.value)
        }
        for owner in Self.owners where !owner.types.contains(name) {
            if let value = node[owner.field] {
                context.report("`\(owner.field)` does not belong to the type `\(name)`", atNameOf: value)
            }
        }
        if name == "apiKey", let place = node["in"], let text = place.string,
            !["query", "header", "cookie"].contains(text)
        {
            context.report("an API key is in `query`, `header` or `cookie`", at: place)
        }
        if name == "http", let format = node["bearerFormat"], node["scheme"]?.string?.lowercased() != "bearer" {
            context.report("`bearerFormat` belongs to the scheme `bearer`", atNameOf: format)
        }
        if let flows = node["flows"], flows.kind == .object { check(flows, context) }
    }

    /// Looks at the flows of OAuth 2 (OpenAPI 3.1 §4.8.29).
    private func check(_ flows: JSONValue, _ context: LintContext) {
        let urls: [String: [String]] = [
            "implicit": ["authorizationUrl"], "password": ["tokenUrl"], "clientCredentials": ["tokenUrl"],
            "authorizationCode": ["authorizationUrl", "tokenUrl"],
            "deviceAuthorization": ["deviceAuthorizationUrl", "tokenUrl"],
        ]
        let all = ["authorizationUrl", "tokenUrl", "deviceAuthorizationUrl"]
        for flow in flows.members {
            guard let needed = urls[flow.name] else { continue }
            for field in needed + ["scopes"] where flow.value[field] == nil {
                context.report("the flow `\(flow.name)` needs `\(field)`", atNameOf: flow.value)
            }
            for field in all where !needed.contains(field) {
                if let value = flow.value[field] {
                    context.report("`\(field)` does not belong to the flow `\(flow.name)`", atNameOf: value)
                }
            }
        }
    }
}
