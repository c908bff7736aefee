/// The metaschemas of drafts 4, 6 and 7.
extension StandardSchemas {
    /// Draft 4.
    static let draft4 = """
        {
          "id": "http://json-schema.org/draft-04/schema#", "$schema": "http://json-schema.org/draft-04/schema#",
          "definitions": {
            "schemaArray": { "type": "array", "minItems": 1, "items": { "$ref": "#" } },
            "positiveInteger": { "type": "integer", "minimum": 0 },
            "positiveIntegerDefault0": { "allOf": [{ "$ref": "#/definitions/positiveInteger" }, { "default": 0 }] },
            "simpleTypes": { "enum": ["array", "boolean", "integer", "null", "number", "object", "string"] },
            "stringArray": { "type": "array", "items": { "type": "string" }, "minItems": 1, "uniqueItems": true }
          },
          "type": "object",
          "properties": {
            "id": { "type": "string" }, "$schema": { "type": "string" }, "title": { "type": "string" },
            "description": { "type": "string" }, "default": {},
            "multipleOf": { "type": "number", "minimum": 0, "exclusiveMinimum": true },
            "maximum": { "type": "number" }, "exclusiveMaximum": { "type": "boolean" },
            "minimum": { "type": "number" }, "exclusiveMinimum": { "type": "boolean" },
            "maxLength": { "$ref": "#/definitions/positiveInteger" },
            "minLength": { "$ref": "#/definitions/positiveIntegerDefault0" },
            "pattern": { "type": "string", "format": "regex" },
            "additionalItems": { "anyOf": [{ "type": "boolean" }, { "$ref": "#" }] },
            "items": { "anyOf": [{ "$ref": "#" }, { "$ref": "#/definitions/schemaArray" }] },
            "maxItems": { "$ref": "#/definitions/positiveInteger" },
            "minItems": { "$ref": "#/definitions/positiveIntegerDefault0" },
            "uniqueItems": { "type": "boolean" },
            "maxProperties": { "$ref": "#/definitions/positiveInteger" },
            "minProperties": { "$ref": "#/definitions/positiveIntegerDefault0" },
            "required": { "$ref": "#/definitions/stringArray" },
            "additionalProperties": { "anyOf": [{ "type": "boolean" }, { "$ref": "#" }] },
            "definitions": { "type": "object", "additionalProperties": { "$ref": "#" } },
            "properties": { "type": "object", "additionalProperties": { "$ref": "#" } },
            "patternProperties": { "type": "object", "additionalProperties": { "$ref": "#" } },
            "dependencies": {
              "type": "object",
              "additionalProperties": { "anyOf": [{ "$ref": "#" }, { "$ref": "#/definitions/stringArray" }] }
            },
            "enum": { "type": "array", "minItems": 1, "uniqueItems": true },
            "type": {
              "anyOf": [
                { "$ref": "#/definitions/simpleTypes" },
                {
                  "type": "array", "items": { "$ref": "#/definitions/simpleTypes" }, "minItems": 1, "uniqueItems": true
                }
              ]
            },
            "format": { "type": "string" }, "allOf": { "$ref": "#/definitions/schemaArray" },
            "anyOf": { "$ref": "#/definitions/schemaArray" }, "oneOf": { "$ref": "#/definitions/schemaArray" },
            "not": { "$ref": "#" }
          },
          "dependencies": { "exclusiveMaximum": ["maximum"], "exclusiveMinimum": ["minimum"] }
        }
        """

    /// Draft 6.
    static let draft6 = modern(6, further: "")

    /// Draft 7.
    static let draft7 = modern(
        7,
        further: """
            , "$comment": { "type": "string" }, "readOnly": { "type": "boolean" }, "writeOnly": { "type": "boolean" },
            "contentMediaType": { "type": "string" }, "contentEncoding": { "type": "string" },
            "if": { "$ref": "#" }, "then": { "$ref": "#" }, "else": { "$ref": "#" }
            """)

    /// Drafts 6 and 7 differ in a few keywords.
    private static func modern(_ number: Int, further: String) -> String {
        """
        {
          "$schema": "http://json-schema.org/draft-0\(number)/schema#",
          "$id": "http://json-schema.org/draft-0\(number)/schema#",
          "definitions": {
            "schemaArray": { "type": "array", "minItems": 1, "items": { "$ref": "#" } },
            "nonNegativeInteger": { "type": "integer", "minimum": 0 },
            "nonNegativeIntegerDefault0": {
              "allOf": [{ "$ref": "#/definitions/nonNegativeInteger" }, { "default": 0 }]
            },
            "simpleTypes": { "enum": ["array", "boolean", "integer", "null", "number", "object", "string"] },
            "stringArray": { "type": "array", "items": { "type": "string" }, "uniqueItems": true }
          },
          "type": ["object", "boolean"],
          "properties": {
            "$id": { "type": "string", "format": "uri-reference" }, "$schema": { "type": "string", "format": "uri" },
            "$ref": { "type": "string", "format": "uri-reference" }, "title": { "type": "string" },
            "description": { "type": "string" }, "default": true, "examples": { "type": "array", "items": true },
            "multipleOf": { "type": "number", "exclusiveMinimum": 0 },
            "maximum": { "type": "number" }, "exclusiveMaximum": { "type": "number" },
            "minimum": { "type": "number" }, "exclusiveMinimum": { "type": "number" },
            "maxLength": { "$ref": "#/definitions/nonNegativeInteger" },
            "minLength": { "$ref": "#/definitions/nonNegativeIntegerDefault0" },
            "pattern": { "type": "string", "format": "regex" }, "additionalItems": { "$ref": "#" },
            "items": { "anyOf": [{ "$ref": "#" }, { "$ref": "#/definitions/schemaArray" }] },
            "maxItems": { "$ref": "#/definitions/nonNegativeInteger" },
            "minItems": { "$ref": "#/definitions/nonNegativeIntegerDefault0" },
            "uniqueItems": { "type": "boolean" }, "contains": { "$ref": "#" },
            "maxProperties": { "$ref": "#/definitions/nonNegativeInteger" },
            "minProperties": { "$ref": "#/definitions/nonNegativeIntegerDefault0" },
            "required": { "$ref": "#/definitions/stringArray" }, "additionalProperties": { "$ref": "#" },
            "definitions": { "type": "object", "additionalProperties": { "$ref": "#" } },
            "properties": { "type": "object", "additionalProperties": { "$ref": "#" } },
            "patternProperties": {
              "type": "object", "additionalProperties": { "$ref": "#" }, "propertyNames": { "format": "regex" }
            },
            "dependencies": {
              "type": "object",
              "additionalProperties": { "anyOf": [{ "$ref": "#" }, { "$ref": "#/definitions/stringArray" }] }
            },
            "propertyNames": { "$ref": "#" }, "const": true, "enum": { "type": "array", "items": true },
            "type": {
              "anyOf": [
                { "$ref": "#/definitions/simpleTypes" },
                {
                  "type": "array", "items": { "$ref": "#/definitions/simpleTypes" }, "minItems": 1, "uniqueItems": true
                }
              ]
            },
            "format": { "type": "string" }, "allOf": { "$ref": "#/definitions/schemaArray" },
            "anyOf": { "$ref": "#/definitions/schemaArray" }, "oneOf": { "$ref": "#/definitions/schemaArray" },
            "not": { "$ref": "#" }\(further)
          }
        }
        """
    }
}
