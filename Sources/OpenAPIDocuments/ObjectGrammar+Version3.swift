/// The fields of OpenAPI 3.0.4, 3.1.2 and 3.2.0 (each §4.7/4.8, "Fixed Fields").
extension ObjectGrammar {
    /// The fields of a kind; nil where the version has no such object.
    static func fieldsOfVersion3(_ kind: ObjectKind, _ version: OpenAPIVersion) -> [FieldRule]? {
        let is31 = version >= .version31
        let is32 = version >= .version32
        switch kind {
        case .document: return documentFields(is31, is32)
        case .info:
            return [
                FieldRule("title", .string, required: true, prose: true),
                FieldRule("description", .string, prose: true),
                FieldRule("termsOfService", .string, prose: true), FieldRule("contact", .object(.contact), prose: true),
                FieldRule("license", .object(.license), prose: true),
                FieldRule("version", .string, required: true, prose: true),
            ] + (is31 ? [FieldRule("summary", .string, prose: true)] : [])
        case .contact: return ["name", "url", "email"].map { FieldRule($0, .string, prose: true) }
        case .license:
            return [FieldRule("name", .string, required: true, prose: true), FieldRule("url", .string, prose: true)]
                + (is31 ? [FieldRule("identifier", .string, prose: true)] : [])
        case .server:
            return [
                FieldRule("url", .string, required: true, prose: true), FieldRule("description", .string, prose: true),
                FieldRule("variables", .map(.object(.serverVariable)), prose: true),
            ] + (is32 ? [FieldRule("name", .string, prose: true)] : [])
        case .serverVariable:
            return [
                FieldRule("enum", .strings, prose: true), FieldRule("default", .string, required: true, prose: true),
                FieldRule("description", .string, prose: true),
            ]
        case .components: return componentFields(is31, is32)
        case .pathItem: return pathItemFields(is32)
        case .operation: return operationFields(is31)
        case .externalDocumentation:
            return [
                FieldRule("url", .string, required: true, prose: true), FieldRule("description", .string, prose: true),
            ]
        case .parameter: return parameterFields(isHeader: false)
        case .header: return parameterFields(isHeader: true)
        case .requestBody:
            return [
                FieldRule("description", .string, prose: true), FieldRule("required", .boolean),
                FieldRule("content", .map(is32 ? .reference(.mediaType) : .object(.mediaType)), required: true),
            ]
        case .mediaType: return mediaTypeFields(is32)
        case .encoding:
            return [
                FieldRule("contentType", .string), FieldRule("headers", .headers),
                FieldRule("style", .string), FieldRule("explode", .boolean), FieldRule("allowReserved", .boolean),
            ] + (is32 ? nestedEncodingFields : [])
        case .response:
            return [
                FieldRule("description", .string, required: !is32, prose: true),
                FieldRule("headers", .headers),
                FieldRule("content", .map(is32 ? .reference(.mediaType) : .object(.mediaType))),
                FieldRule("links", .map(.reference(.link)), prose: true),
            ] + (is32 ? [FieldRule("summary", .string, prose: true)] : [])
        case .example:
            return [
                FieldRule("summary", .string, prose: true), FieldRule("description", .string, prose: true),
                FieldRule("value", .anything, prose: true), FieldRule("externalValue", .string, prose: true),
            ] + (is32 ? [FieldRule("dataValue", .anything), FieldRule("serializedValue", .string, prose: true)] : [])
        case .link:
            return [
                FieldRule("operationRef", .string, prose: true), FieldRule("operationId", .string, prose: true),
                FieldRule("parameters", .map(.anything), prose: true), FieldRule("requestBody", .anything, prose: true),
                FieldRule("description", .string, prose: true), FieldRule("server", .object(.server), prose: true),
            ]
        case .tag:
            return [
                FieldRule("name", .string, required: true, prose: true), FieldRule("description", .string, prose: true),
                FieldRule("externalDocs", .object(.externalDocumentation), prose: true),
            ] + (is32 ? ["summary", "parent", "kind"].map { FieldRule($0, .string, prose: true) } : [])
        case .schema: return schemaFields(is31)
        case .discriminator:
            return [
                FieldRule("propertyName", .string, required: true), FieldRule("mapping", .map(.string)),
            ] + (is32 ? [FieldRule("defaultMapping", .string)] : [])
        case .xml:
            return [
                FieldRule("name", .string), FieldRule("namespace", .string), FieldRule("prefix", .string),
                FieldRule("attribute", .boolean), FieldRule("wrapped", .boolean),
            ] + (is32 ? [FieldRule("nodeType", .string)] : [])
        case .securityScheme: return securitySchemeFields(is32)
        case .flows:
            return ["implicit", "password", "clientCredentials", "authorizationCode"].map {
                FieldRule($0, .object(.flow), prose: true)
            } + (is32 ? [FieldRule("deviceAuthorization", .object(.flow), prose: true)] : [])
        case .flow:
            return [
                FieldRule("authorizationUrl", .string, prose: true), FieldRule("tokenUrl", .string, prose: true),
                FieldRule("refreshUrl", .string, prose: true),
                FieldRule("scopes", .map(.string), required: true, prose: true),
            ] + (is32 ? [FieldRule("deviceAuthorizationUrl", .string, prose: true)] : [])
        case .paths, .responses, .callback, .items: return nil
        }
    }

    /// The root. 3.1 and later need one of `paths`, `components`, `webhooks`, which the walker checks.
    private static func documentFields(_ is31: Bool, _ is32: Bool) -> [FieldRule] {
        var fields = [
            FieldRule("openapi", .string, required: true),
            FieldRule("info", .object(.info), required: true, prose: true),
            FieldRule("servers", .list(.object(.server)), prose: true),
            FieldRule("paths", .paths, required: !is31), FieldRule("components", .object(.components)),
            FieldRule("security", .security), FieldRule("tags", .list(.object(.tag)), prose: true),
            FieldRule("externalDocs", .object(.externalDocumentation), prose: true),
        ]
        if is31 {
            fields.append(FieldRule("webhooks", .map(.reference(.pathItem))))
            fields.append(FieldRule("jsonSchemaDialect", .string))
        }
        if is32 { fields.append(FieldRule("$self", .string)) }
        return fields
    }

    /// The Components Object.
    private static func componentFields(_ is31: Bool, _ is32: Bool) -> [FieldRule] {
        var fields = [
            FieldRule("schemas", .map(.object(.schema))), FieldRule("responses", .map(.reference(.response))),
            FieldRule("parameters", .map(.reference(.parameter))),
            FieldRule("examples", .map(.reference(.example)), prose: true),
            FieldRule("requestBodies", .map(.reference(.requestBody))), FieldRule("headers", .map(.reference(.header))),
            FieldRule("securitySchemes", .map(.reference(.securityScheme))),
            FieldRule("links", .map(.reference(.link)), prose: true),
            FieldRule("callbacks", .map(.reference(.callback)), prose: true),
        ]
        if is31 { fields.append(FieldRule("pathItems", .map(.reference(.pathItem)))) }
        if is32 { fields.append(FieldRule("mediaTypes", .map(.reference(.mediaType)))) }
        return fields
    }

    /// The Path Item Object.
    private static func pathItemFields(_ is32: Bool) -> [FieldRule] {
        var methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"]
        if is32 { methods.append("query") }
        var fields = methods.map { FieldRule($0, .object(.operation)) }
        fields += [
            FieldRule("$ref", .string), FieldRule("summary", .string, prose: true),
            FieldRule("description", .string, prose: true),
            FieldRule("servers", .list(.object(.server)), prose: true),
            FieldRule("parameters", .list(.reference(.parameter))),
        ]
        if is32 { fields.append(FieldRule("additionalOperations", .map(.object(.operation)))) }
        return fields
    }

    /// The Operation Object. `responses` became optional with 3.1.
    private static func operationFields(_ is31: Bool) -> [FieldRule] {
        [
            FieldRule("tags", .strings), FieldRule("summary", .string, prose: true),
            FieldRule("description", .string, prose: true),
            FieldRule("externalDocs", .object(.externalDocumentation), prose: true), FieldRule("operationId", .string),
            FieldRule("parameters", .list(.reference(.parameter))), FieldRule("requestBody", .reference(.requestBody)),
            FieldRule("responses", .responses, required: !is31),
            FieldRule("callbacks", .map(.reference(.callback)), prose: true),
            FieldRule("deprecated", .boolean, prose: true), FieldRule("security", .security),
            FieldRule("servers", .list(.object(.server)), prose: true),
        ]
    }

    /// The Parameter Object and the Header Object, which is one without `name` and `in`.
    private static func parameterFields(isHeader: Bool) -> [FieldRule] {
        var fields = [
            FieldRule("description", .string, prose: true), FieldRule("required", .boolean),
            FieldRule("deprecated", .boolean, prose: true), FieldRule("style", .string), FieldRule("explode", .boolean),
            FieldRule("schema", .object(.schema)), FieldRule("example", .anything, prose: true),
            FieldRule("examples", .map(.reference(.example)), prose: true),
            FieldRule("content", .map(.reference(.mediaType))),
        ]
        if !isHeader {
            fields += [
                FieldRule("name", .string, required: true), FieldRule("in", .string, required: true),
            ]
        }
        // A header is written like a parameter often enough; both words are harmless there.
        fields += [FieldRule("allowEmptyValue", .boolean), FieldRule("allowReserved", .boolean)]
        return fields
    }

    /// The Media Type Object.
    private static func mediaTypeFields(_ is32: Bool) -> [FieldRule] {
        [
            FieldRule("schema", .object(.schema)), FieldRule("example", .anything, prose: true),
            FieldRule("examples", .map(.reference(.example)), prose: true),
            FieldRule("encoding", .map(.object(.encoding))),
        ]
            + (is32
                ? [FieldRule("itemSchema", .object(.schema)), FieldRule("description", .string, prose: true)]
                    + nestedEncodingFields.dropFirst() : [])
    }

    /// `encoding`, `prefixEncoding`, `itemEncoding` of 3.2.
    private static var nestedEncodingFields: [FieldRule] {
        [
            FieldRule("encoding", .map(.object(.encoding))), FieldRule("prefixEncoding", .list(.object(.encoding))),
            FieldRule("itemEncoding", .object(.encoding)),
        ]
    }

    /// The Security Scheme Object.
    private static func securitySchemeFields(_ is32: Bool) -> [FieldRule] {
        [
            FieldRule("type", .string, required: true), FieldRule("description", .string, prose: true),
            FieldRule("name", .string), FieldRule("in", .string), FieldRule("scheme", .string),
            FieldRule("bearerFormat", .string, prose: true), FieldRule("flows", .object(.flows), prose: true),
            FieldRule("openIdConnectUrl", .string, prose: true),
        ]
            + (is32
                ? [
                    FieldRule("oauth2MetadataUrl", .string, prose: true),
                    FieldRule("deprecated", .boolean, prose: true),
                ] : [])
    }

    /// The keywords of a schema that hold schemas; their other keywords are the schema compiler's business.
    static func schemaFields(_ is31: Bool) -> [FieldRule] {
        var fields = [
            FieldRule("properties", .map(.object(.schema))), FieldRule("items", .object(.schema)),
            FieldRule("allOf", .list(.object(.schema))), FieldRule("anyOf", .list(.object(.schema))),
            FieldRule("oneOf", .list(.object(.schema))), FieldRule("not", .object(.schema)),
            FieldRule("additionalProperties", .object(.schema)), FieldRule("discriminator", .object(.discriminator)),
            FieldRule("xml", .object(.xml)), FieldRule("externalDocs", .object(.externalDocumentation), prose: true),
        ]
        guard is31 else { return fields }
        fields += [
            "if", "then", "else", "contains", "propertyNames", "unevaluatedItems", "unevaluatedProperties",
            "contentSchema",
        ].map { FieldRule($0, .object(.schema)) }
        fields += ["patternProperties", "dependentSchemas", "$defs", "definitions"].map {
            FieldRule($0, .map(.object(.schema)))
        }
        fields.append(FieldRule("prefixItems", .list(.object(.schema))))
        return fields
    }
}
