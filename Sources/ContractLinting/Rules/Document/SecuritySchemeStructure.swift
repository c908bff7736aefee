import JSONDocuments
import OpenAPIDocuments

/// The fields that each type of security scheme has (OpenAPI 3.1.2 §4.8.27; 2.0 "Security Scheme Object").
enum SecuritySchemeStructure {
    /// Checks a scheme.
    static func check(_ node: LintNode, _ context: LintContext) {
        guard let type = node["type"] else { return }
        let types = types(of: context.version)
        guard let name = type.string, types.contains(name) else {
            return DocumentStructure.reportChoice("type", type, types, context)
        }
        DocumentStructure.checkConditions(node, context)
        for field in required(name, node, context.version) where node[field] == nil {
            DocumentStructure.reportMissing(field, in: node.value, context)
        }
    }

    /// Reports a scheme that is no object.
    static func reportInvalid(_ value: JSONValue, _ context: LintContext) {
        context.report(
            context.version == .version2
                ? "Invalid \(value.key?.string ?? "") authentication security definition." : "Invalid security scheme.",
            at: value)
    }

    /// Reports a scheme that does not say what it is.
    static func reportType(_ value: JSONValue, _ context: LintContext) {
        context.report("Security scheme must have a valid type.", at: value)
    }

    /// The types of a version.
    private static func types(of version: OpenAPIVersion) -> [String] {
        switch version {
        case .version2: ["basic", "apiKey", "oauth2"]
        case .version30: ["apiKey", "http", "oauth2", "openIdConnect"]
        case .version31, .version32: ["apiKey", "http", "mutualTLS", "oauth2", "openIdConnect"]
        }
    }

    /// The fields that a type needs, but for those that the loader asks for.
    private static func required(_ type: String, _ node: LintNode, _ version: OpenAPIVersion) -> [String] {
        switch type {
        case "openIdConnect": return ["openIdConnectUrl"]
        case "oauth2" where version != .version2: return ["flows"]
        case "oauth2":
            switch node["flow"]?.string {
            case "implicit": return ["authorizationUrl", "scopes"]
            case "accessCode": return ["authorizationUrl", "tokenUrl", "scopes"]
            case "password", "application": return ["tokenUrl", "scopes"]
            default: return ["flow"]
            }
        default: return []
        }
    }
}
