import ContractLinting
import JSONDocuments
import SourceDiagnostics
import Testing

/// Documents that nobody would write: the linter comes to an end, and every finding has a place.
@Suite("Hostile documents")
struct HostileDocumentTests {
    /// Values that stand where they do not belong.
    static let replacements = ["null", "true", "-1", "\"\"", "[]", "[[]]", "{}", "{\"$ref\": \"#\"}", "{\"a\": 1}"]

    /// A document with something of everything, as JSON, so that nodes can be cut out of its text.
    static func document(_ version: String) -> String {
        let head = version.hasPrefix("2") ? "\"swagger\": \"\(version)\"" : "\"openapi\": \"\(version)\""
        return """
            {\(head), "info": {"title": "Pets", "version": "1", "contact": {"name": "a"}, "license": {"name": "MIT"}},
            "servers": [{"url": "https://{r}.example", "variables": {"r": {"default": "a", "enum": ["a", "b"]}}}],
            "host": "a.example", "schemes": ["https"], "tags": [{"name": "a", "description": "b"}],
            "security": [{"key": []}], "paths": {"/pets/{id}": {"parameters": [{"$ref": "#/components/parameters/id"}],
            "get": {"operationId": "a", "tags": ["a"], "security": [{"key": ["b"]}], "parameters": [{"name": "q",
            "in": "query", "style": "form", "schema": {"type": "array", "items": {"type": "string"}}, "example": ["a"]}],
            "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"},
            "examples": {"a": {"value": {}}}, "encoding": {"a": {"headers": {"b": {"schema": {}}}}}}}},
            "responses": {"200": {"description": "a", "headers": {"A": {"schema": {"type": "integer"}, "example": 1}},
            "content": {"application/json": {"schema": {"oneOf": [{"$ref": "#/components/schemas/Pet"}]}, "example": {}}},
            "links": {"a": {"operationId": "a", "parameters": {"id": 1}}}, "schema": {}, "examples": {"a/b": 1}}},
            "callbacks": {"c": {"{$url}": {"post": {"responses": {"200": {"description": "a"}}}}}}}}},
            "webhooks": {"w": {"post": {"servers": []}}}, "definitions": {"D": {"type": "object", "discriminator": "k"}},
            "securityDefinitions": {"key": {"type": "oauth2", "flow": "implicit", "scopes": {"b": ""}}},
            "components": {"parameters": {"id": {"name": "id", "in": "path", "required": true, "schema": {}}},
            "schemas": {"Pet": {"type": "object", "required": ["k"], "properties": {"k": {"type": "string", "enum": ["a"],
            "default": "a", "pattern": "^a$", "maxLength": 3}}, "allOf": [{"$ref": "#/components/schemas/Pet"}],
            "discriminator": {"propertyName": "k", "mapping": {"a": "Pet"}}, "xml": {"name": "p", "attribute": true}}},
            "securitySchemes": {"key": {"type": "oauth2", "flows": {"implicit": {"authorizationUrl": "https://a.example",
            "scopes": {"b": ""}}}}}}}
            """
    }

    /// Every built-in rule.
    static let linter = Linter(rules: RuleRegistry.all.map { ConfiguredRule($0) })

    @Test("any node may be anything", arguments: zip(["2.0", "3.0.3", "3.1.0", "3.2.0"], [0, 2, 4, 6]))
    func replacedNodes(version: String, offset: Int) throws {
        let text = Array(Self.document(version).utf8)
        let original = try JSONDocument(parsing: String(decoding: text, as: UTF8.self))
        for index in 0..<original.nodeCount {
            let node = JSONValue(document: original, index: index).node
            // Names stay; each node meets another value in each version.
            guard !node.flags.contains(.key) else { continue }
            let replacement = Self.replacements[(index + offset) % Self.replacements.count]
            let changed = text[..<Int(node.lower)] + Array(replacement.utf8) + text[Int(node.upper)...]
            let file = SourceFile(path: "changed.json", bytes: Array(changed))
            for finding in Self.linter.lint(LintLoader().load(file)) {
                let range = try #require(finding.range)
                #expect(range.upperBound <= file.bytes.count)
            }
        }
    }

    @Test("schemas as deep as documents may be are walked")
    func deepSchemas() {
        let depth = 240
        let text =
            "{\"openapi\": \"3.1.0\", \"info\": {}, \"components\": {\"schemas\": {\"A\": "
            + String(repeating: "{\"type\": \"array\", \"items\": ", count: depth) + "{\"type\": \"array\"}"
            + String(repeating: "}", count: depth) + "}}}"
        let findings = Linting.findings(in: text, rules: ["array-items"], path: "deep.json")
        #expect(findings.map(\.path.count) == [3 + depth])
    }

    @Test("findings at each of many paths take no quadratic time")
    func manyFindings() {
        let count = 50_000
        let paths = (0..<count).map { "\"/p\($0)/\": {\"get\": {}}" }.joined(separator: ", ")
        let text = "{\"openapi\": \"3.1.0\", \"info\": {}, \"paths\": {\(paths)}}"
        let findings = Linting.findings(in: text, rules: ["path-keys-no-trailing-slash"], path: "many.json")
        #expect(findings.count == count)
        #expect(findings.last?.path == ["paths", "/p\(count - 1)/"])
    }
}
