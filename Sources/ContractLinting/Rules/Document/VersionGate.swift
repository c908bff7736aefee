import JSONDocuments
import OpenAPIDocuments

/// Nothing is used that only a later version of the specification knows.
struct VersionGate: LintRule {
    static let profile = RuleProfile(
        id: "version-gate",
        summary: "No field or keyword of a later version of the specification is used.",
        why:
            "Tools of the declared version pass over what they do not know, so a constraint written with it does not hold.",
        category: .document, versions: [.version30, .version31],
        good: """
            openapi: 3.0.3
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components:
              schemas: {Kind: {type: string, enum: [cat]}}
            """,
        bad: """
            openapi: 3.0.3
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components:
              schemas: {Kind: {const: cat}}
            """)

    /// Fields by kind, with the version that brought them.
    private static let fields: [(kind: NodeKind, since: OpenAPIVersion, names: [String])] = [
        (.document, .version31, ["webhooks", "jsonSchemaDialect"]), (.document, .version32, ["$self"]),
        (.info, .version31, ["summary"]), (.license, .version31, ["identifier"]),
        (.components, .version31, ["pathItems"]), (.components, .version32, ["mediaTypes"]),
        (.pathItem, .version32, ["query", "additionalOperations"]),
        (.mediaType, .version32, ["itemSchema", "prefixEncoding", "itemEncoding"]),
        (.encoding, .version32, ["encoding", "prefixEncoding", "itemEncoding"]),
        (.response, .version32, ["summary"]), (.server, .version32, ["name"]),
        (.example, .version32, ["dataValue", "serializedValue"]), (.tag, .version32, ["summary", "parent", "kind"]),
        (.discriminator, .version32, ["defaultMapping"]), (.xml, .version32, ["nodeType"]),
        (.flows, .version32, ["deviceAuthorization"]), (.flow, .version32, ["deviceAuthorizationUrl"]),
        (.securityScheme, .version32, ["oauth2MetadataUrl", "deprecated"]),
        (
            .schema, .version31,
            [
                "$anchor", "$comment", "$defs", "$dynamicAnchor", "$dynamicRef", "$id", "$schema", "$vocabulary",
                "const", "contains", "contentEncoding", "contentMediaType", "contentSchema", "dependentRequired",
                "dependentSchemas", "else", "examples", "if", "maxContains", "minContains", "patternProperties",
                "prefixItems", "propertyNames", "then", "unevaluatedItems", "unevaluatedProperties",
            ]
        ),
    ]

    static let interests: [NodeInterest] = fields.map { NodeInterest(kind: $0.kind, fields: $0.names) }

    func visit(_ node: LintNode, _ context: LintContext) {
        for (kind, since, names) in Self.fields where kind == node.kind && since > context.version {
            for name in names {
                guard let value = node[name] else { continue }
                context.report(
                    "\"\(name)\" came with OpenAPI \(since.name), this document follows \(context.version.name).",
                    atNameOf: value)
            }
        }
    }
}
