/// The metaschema of 2019-09 and its vocabularies.
extension StandardSchemas {
    /// All parts.
    static var draft2019: [String] {
        let base = "https://json-schema.org/draft/2019-09"
        let parts = ["core", "applicator", "validation", "meta-data", "format", "content"]
        let vocabulary = parts.map { "\"\(base)/vocab/\($0)\": \($0 != "format")" }.joined(separator: ", ")
        let references = parts.map { "{ \"$ref\": \"meta/\($0)\" }" }.joined(separator: ", ")
        let whole = """
            {
              "$schema": "\(base)/schema", "$id": "\(base)/schema", "$vocabulary": { \(vocabulary) },
              "$recursiveAnchor": true, "type": ["object", "boolean"], "allOf": [\(references)],
              "properties": {
                "definitions": { "type": "object", "additionalProperties": { "$recursiveRef": "#" } },
                "dependencies": {
                  "type": "object",
                  "additionalProperties": {
                    "anyOf": [{ "$recursiveRef": "#" }, { "$ref": "meta/validation#/$defs/stringArray" }]
                  }
                }
              }
            }
            """
        let bodies = [
            ("core", core2019), ("applicator", applicator2019), ("validation", validation), ("meta-data", metadata),
            ("format", format), ("content", content2019),
        ]
        return [whole]
            + bodies.map { name, body in
                """
                {
                  "$schema": "\(base)/schema", "$id": "\(base)/meta/\(name)",
                  "$vocabulary": { "\(base)/vocab/\(name)": true }, "$recursiveAnchor": true,
                  "type": ["object", "boolean"], \(body)
                }
                """
            }
    }

    /// Identity and references.
    private static let core2019 = """
        "properties": {
          "$id": { "type": "string", "format": "uri-reference", "pattern": "^[^#]*#?$" },
          "$schema": { "type": "string", "format": "uri" },
          "$anchor": { "type": "string", "pattern": "^[A-Za-z][-A-Za-z0-9.:_]*$" },
          "$ref": { "type": "string", "format": "uri-reference" },
          "$recursiveRef": { "type": "string", "format": "uri-reference" },
          "$recursiveAnchor": { "type": "boolean" },
          "$vocabulary": {
            "type": "object", "propertyNames": { "type": "string", "format": "uri" },
            "additionalProperties": { "type": "boolean" }
          },
          "$comment": { "type": "string" },
          "$defs": { "type": "object", "additionalProperties": { "$recursiveRef": "#" } }
        }
        """

    /// Applicators.
    private static let applicator2019 = """
        "properties": {
          "additionalItems": { "$recursiveRef": "#" }, "unevaluatedItems": { "$recursiveRef": "#" },
          "items": { "anyOf": [{ "$recursiveRef": "#" }, { "$ref": "#/$defs/schemaArray" }] },
          "contains": { "$recursiveRef": "#" }, "additionalProperties": { "$recursiveRef": "#" },
          "unevaluatedProperties": { "$recursiveRef": "#" },
          "properties": { "type": "object", "additionalProperties": { "$recursiveRef": "#" } },
          "patternProperties": {
            "type": "object", "additionalProperties": { "$recursiveRef": "#" }, "propertyNames": { "format": "regex" }
          },
          "dependentSchemas": { "type": "object", "additionalProperties": { "$recursiveRef": "#" } },
          "propertyNames": { "$recursiveRef": "#" }, "if": { "$recursiveRef": "#" }, "then": { "$recursiveRef": "#" },
          "else": { "$recursiveRef": "#" }, "allOf": { "$ref": "#/$defs/schemaArray" },
          "anyOf": { "$ref": "#/$defs/schemaArray" }, "oneOf": { "$ref": "#/$defs/schemaArray" },
          "not": { "$recursiveRef": "#" }
        },
        "$defs": { "schemaArray": { "type": "array", "minItems": 1, "items": { "$recursiveRef": "#" } } }
        """

    /// Contents of strings.
    private static let content2019 = """
        "properties": {
          "contentMediaType": { "type": "string" }, "contentEncoding": { "type": "string" },
          "contentSchema": { "$recursiveRef": "#" }
        }
        """

    /// Assertions; the same in 2020-12.
    static let validation = """
        "properties": {
          "multipleOf": { "type": "number", "exclusiveMinimum": 0 },
          "maximum": { "type": "number" }, "exclusiveMaximum": { "type": "number" },
          "minimum": { "type": "number" }, "exclusiveMinimum": { "type": "number" },
          "maxLength": { "$ref": "#/$defs/nonNegativeInteger" },
          "minLength": { "$ref": "#/$defs/nonNegativeIntegerDefault0" },
          "pattern": { "type": "string", "format": "regex" },
          "maxItems": { "$ref": "#/$defs/nonNegativeInteger" },
          "minItems": { "$ref": "#/$defs/nonNegativeIntegerDefault0" }, "uniqueItems": { "type": "boolean" },
          "maxContains": { "$ref": "#/$defs/nonNegativeInteger" },
          "minContains": { "$ref": "#/$defs/nonNegativeInteger" },
          "maxProperties": { "$ref": "#/$defs/nonNegativeInteger" },
          "minProperties": { "$ref": "#/$defs/nonNegativeIntegerDefault0" },
          "required": { "$ref": "#/$defs/stringArray" },
          "dependentRequired": { "type": "object", "additionalProperties": { "$ref": "#/$defs/stringArray" } },
          "const": true, "enum": { "type": "array", "items": true },
          "type": {
            "anyOf": [
              { "$ref": "#/$defs/simpleTypes" },
              { "type": "array", "items": { "$ref": "#/$defs/simpleTypes" }, "minItems": 1, "uniqueItems": true }
            ]
          }
        },
        "$defs": {
          "nonNegativeInteger": { "type": "integer", "minimum": 0 },
          "nonNegativeIntegerDefault0": { "$ref": "#/$defs/nonNegativeInteger", "default": 0 },
          "simpleTypes": { "enum": ["array", "boolean", "integer", "null", "number", "object", "string"] },
          "stringArray": { "type": "array", "items": { "type": "string" }, "uniqueItems": true }
        }
        """

    /// Annotations; the same in 2020-12.
    static let metadata = """
        "properties": {
          "title": { "type": "string" }, "description": { "type": "string" }, "default": true,
          "deprecated": { "type": "boolean" }, "readOnly": { "type": "boolean" }, "writeOnly": { "type": "boolean" },
          "examples": { "type": "array", "items": true }
        }
        """

    /// Formats; the same in 2020-12.
    static let format = "\"properties\": { \"format\": { \"type\": \"string\" } }"
}
