/// The metaschema of 2020-12 and its vocabularies.
extension StandardSchemas {
    /// All parts.
    static var draft2020: [String] {
        let base = "https://json-schema.org/draft/2020-12"
        let parts = ["core", "applicator", "unevaluated", "validation", "meta-data", "format-annotation", "content"]
        let vocabulary = parts.map { "\"\(base)/vocab/\($0)\": true" }.joined(separator: ", ")
        let references = parts.map { "{ \"$ref\": \"meta/\($0)\" }" }.joined(separator: ", ")
        let whole = """
            {
              "$schema": "\(base)/schema", "$id": "\(base)/schema", "$vocabulary": { \(vocabulary) },
              "$dynamicAnchor": "meta", "type": ["object", "boolean"], "allOf": [\(references)],
              "properties": {
                "definitions": { "type": "object", "additionalProperties": { "$dynamicRef": "#meta" } },
                "dependencies": {
                  "type": "object",
                  "additionalProperties": {
                    "anyOf": [{ "$dynamicRef": "#meta" }, { "$ref": "meta/validation#/$defs/stringArray" }]
                  }
                },
                "$recursiveAnchor": { "$ref": "meta/core#/$defs/anchorString" },
                "$recursiveRef": { "$ref": "meta/core#/$defs/uriReferenceString" }
              }
            }
            """
        let bodies = [
            ("core", core2020), ("applicator", applicator2020), ("unevaluated", unevaluated2020),
            ("validation", validation), ("meta-data", metadata), ("format-annotation", format),
            ("format-assertion", format), ("content", content2020),
        ]
        return [whole]
            + bodies.map { name, body in
                """
                {
                  "$schema": "\(base)/schema", "$id": "\(base)/meta/\(name)",
                  "$vocabulary": { "\(base)/vocab/\(name)": true }, "$dynamicAnchor": "meta",
                  "type": ["object", "boolean"], \(body)
                }
                """
            }
    }

    /// Identity and references.
    private static let core2020 = """
        "properties": {
          "$id": { "$ref": "#/$defs/uriReferenceString", "pattern": "^[^#]*#?$" },
          "$schema": { "$ref": "#/$defs/uriString" }, "$ref": { "$ref": "#/$defs/uriReferenceString" },
          "$anchor": { "$ref": "#/$defs/anchorString" }, "$dynamicRef": { "$ref": "#/$defs/uriReferenceString" },
          "$dynamicAnchor": { "$ref": "#/$defs/anchorString" },
          "$vocabulary": {
            "type": "object", "propertyNames": { "$ref": "#/$defs/uriString" },
            "additionalProperties": { "type": "boolean" }
          },
          "$comment": { "type": "string" },
          "$defs": { "type": "object", "additionalProperties": { "$dynamicRef": "#meta" } }
        },
        "$defs": {
          "anchorString": { "type": "string", "pattern": "^[A-Za-z_][-A-Za-z0-9._]*$" },
          "uriString": { "type": "string", "format": "uri" },
          "uriReferenceString": { "type": "string", "format": "uri-reference" }
        }
        """

    /// Applicators.
    private static let applicator2020 = """
        "properties": {
          "prefixItems": { "$ref": "#/$defs/schemaArray" }, "items": { "$dynamicRef": "#meta" },
          "contains": { "$dynamicRef": "#meta" }, "additionalProperties": { "$dynamicRef": "#meta" },
          "properties": { "type": "object", "additionalProperties": { "$dynamicRef": "#meta" } },
          "patternProperties": {
            "type": "object", "additionalProperties": { "$dynamicRef": "#meta" }, "propertyNames": { "format": "regex" }
          },
          "dependentSchemas": { "type": "object", "additionalProperties": { "$dynamicRef": "#meta" } },
          "propertyNames": { "$dynamicRef": "#meta" }, "if": { "$dynamicRef": "#meta" },
          "then": { "$dynamicRef": "#meta" }, "else": { "$dynamicRef": "#meta" },
          "allOf": { "$ref": "#/$defs/schemaArray" }, "anyOf": { "$ref": "#/$defs/schemaArray" },
          "oneOf": { "$ref": "#/$defs/schemaArray" }, "not": { "$dynamicRef": "#meta" }
        },
        "$defs": { "schemaArray": { "type": "array", "minItems": 1, "items": { "$dynamicRef": "#meta" } } }
        """

    /// What nothing else has evaluated.
    private static let unevaluated2020 = """
        "properties": {
          "unevaluatedItems": { "$dynamicRef": "#meta" }, "unevaluatedProperties": { "$dynamicRef": "#meta" }
        }
        """

    /// Contents of strings.
    private static let content2020 = """
        "properties": {
          "contentEncoding": { "type": "string" }, "contentMediaType": { "type": "string" },
          "contentSchema": { "$dynamicRef": "#meta" }
        }
        """
}
