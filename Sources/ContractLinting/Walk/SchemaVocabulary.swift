import OpenAPIDocuments

/// The keywords of schemas before 3.1 that hold no schemas: a closed list, unlike that of JSON Schema.
enum SchemaVocabulary {
    /// The names in a version (2.0 "Schema Object"; OpenAPI 3.0.4 §4.7.24).
    static func names(_ version: OpenAPIVersion) -> [String] {
        let shared = [
            "title", "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength",
            "minLength", "pattern", "maxItems", "minItems", "uniqueItems", "maxProperties", "minProperties", "required",
            "enum", "type", "description", "format", "default", "readOnly", "example", "$ref",
        ]
        return version == .version2 ? shared : shared + ["nullable", "writeOnly", "deprecated"]
    }
}
