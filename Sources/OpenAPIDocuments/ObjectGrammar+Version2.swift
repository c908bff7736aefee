/// The fields of OpenAPI 2.0 ("Swagger"), section "Schema".
extension ObjectGrammar {
    /// The fields of a kind; nil where the version has no such object.
    static func fieldsOfVersion2(_ kind: ObjectKind) -> [FieldRule]? {
        switch kind {
        case .document:
            return [
                FieldRule("swagger", .anything, required: true),
                FieldRule("info", .object(.info), required: true, prose: true),
                FieldRule("host", .string, prose: true), FieldRule("basePath", .string, prose: true),
                FieldRule("schemes", .strings, prose: true), FieldRule("consumes", .strings),
                FieldRule("produces", .strings),
                FieldRule("paths", .paths, required: true), FieldRule("definitions", .map(.object(.schema))),
                FieldRule("parameters", .map(.reference(.parameter))),
                FieldRule("responses", .map(.reference(.response))),
                FieldRule("securityDefinitions", .map(.object(.securityScheme))), FieldRule("security", .security),
                FieldRule("tags", .list(.object(.tag)), prose: true),
                FieldRule("externalDocs", .object(.externalDocumentation), prose: true),
            ]
        case .info: return fieldsOfVersion3(.info, .version30)
        case .contact: return fieldsOfVersion3(.contact, .version30)
        case .license: return fieldsOfVersion3(.license, .version30)
        case .tag: return fieldsOfVersion3(.tag, .version30)
        case .externalDocumentation: return fieldsOfVersion3(.externalDocumentation, .version30)
        case .pathItem:
            return ["get", "put", "post", "delete", "options", "head", "patch"].map {
                FieldRule($0, .object(.operation))
            } + [
                FieldRule("$ref", .string), FieldRule("parameters", .list(.reference(.parameter))),
            ]
        case .operation:
            return [
                FieldRule("tags", .strings), FieldRule("summary", .string, prose: true),
                FieldRule("description", .string, prose: true),
                FieldRule("externalDocs", .object(.externalDocumentation), prose: true),
                FieldRule("operationId", .string),
                FieldRule("consumes", .strings), FieldRule("produces", .strings),
                FieldRule("parameters", .list(.reference(.parameter))),
                FieldRule("responses", .responses, required: true),
                FieldRule("schemes", .strings, prose: true), FieldRule("deprecated", .boolean, prose: true),
                FieldRule("security", .security),
            ]
        case .parameter:
            return [
                FieldRule("name", .string, required: true), FieldRule("in", .string, required: true),
                FieldRule("description", .string, prose: true), FieldRule("required", .boolean),
                FieldRule("schema", .object(.schema)), FieldRule("allowEmptyValue", .boolean),
            ] + itemsFields
        case .header: return [FieldRule("description", .string, prose: true)] + itemsFields
        case .items: return itemsFields
        case .response:
            return [
                FieldRule("description", .string, required: true, prose: true), FieldRule("schema", .object(.schema)),
                FieldRule("headers", .map(.object(.header))), FieldRule("examples", .map(.anything), prose: true),
            ]
        case .schema:
            // `discriminator` is the name of a property in 2.0.
            return schemaFields(false).map { $0.name == "discriminator" ? FieldRule("discriminator", .string) : $0 }
        case .xml: return fieldsOfVersion3(.xml, .version30)
        case .securityScheme:
            return [
                FieldRule("type", .string, required: true), FieldRule("description", .string, prose: true),
                FieldRule("name", .string), FieldRule("in", .string), FieldRule("flow", .string, prose: true),
                FieldRule("authorizationUrl", .string, prose: true), FieldRule("tokenUrl", .string, prose: true),
                FieldRule("scopes", .map(.string), prose: true),
            ]
        case .server, .serverVariable, .components, .paths, .requestBody, .mediaType, .encoding, .responses, .callback,
            .example, .link, .discriminator, .flows, .flow:
            return nil
        }
    }

    /// What an Items Object, and every parameter and header that is none of `body`, has of a schema.
    private static var itemsFields: [FieldRule] {
        [
            FieldRule("type", .string), FieldRule("format", .string), FieldRule("items", .object(.items)),
            FieldRule("collectionFormat", .string),
        ]
            + [
                "default", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength", "minLength",
                "pattern",
                "maxItems", "minItems", "uniqueItems", "enum", "multipleOf",
            ].map { FieldRule($0, .anything) }
    }
}
