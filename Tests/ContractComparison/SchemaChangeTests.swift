import Testing

/// What a change of a schema is called and how much it matters, in requests and in responses: `!` breaks clients, `?` may.
@Suite("Changes of schemas")
struct SchemaChangeTests {
    /// A change.
    struct Change: Sendable, CustomTestStringConvertible {
        let old: String
        let new: String
        let request: [String]
        let response: [String]
        /// The version of both documents.
        var version = "3.1.0"

        var testDescription: String { "\(old) to \(new)" }
    }

    static let changes: [Change] = [
        // Types
        Change(
            old: "{type: integer}", new: "{type: number}", request: ["request-body-type-generalized"],
            response: ["!response-body-type-generalized"]),
        Change(
            old: "{type: number}", new: "{type: integer}", request: ["!request-body-type-changed"],
            response: ["response-body-type-specialized"]),
        Change(
            old: "{type: string}", new: "{type: object}", request: ["!request-body-type-changed"],
            response: ["!response-body-type-changed"]),
        Change(
            old: "{}", new: "{type: string}", request: ["!request-body-type-changed"],
            response: ["response-body-type-specialized"]),
        Change(
            old: "{type: string}", new: "{}", request: ["request-body-type-generalized"],
            response: ["!response-body-type-generalized"]),
        Change(
            old: "{type: string}", new: "{type: [string, integer]}", request: ["request-body-list-of-types-widened"],
            response: ["!response-body-list-of-types-widened"]),
        Change(
            old: "{type: [string, integer]}", new: "{type: string}", request: ["!request-body-list-of-types-narrowed"],
            response: ["response-body-list-of-types-narrowed"]),
        Change(
            old: "{type: string}", new: "{type: [string, 'null']}", request: ["request-body-became-nullable"],
            response: ["!response-body-became-nullable"]),
        Change(
            old: "{type: string, nullable: true}", new: "{type: string}",
            request: ["!request-body-became-not-nullable"], response: ["response-body-became-not-nullable"],
            version: "3.0.3"),
        Change(
            old: "{type: string, format: email}", new: "{type: string}", request: ["request-body-type-generalized"],
            response: ["!response-body-type-generalized"]),
        Change(
            old: "{type: string}", new: "{type: string, format: email}", request: ["!request-body-type-changed"],
            response: ["response-body-type-specialized"]),
        Change(
            old: "{type: integer, format: int32}", new: "{type: integer, format: int64}",
            request: ["request-body-type-generalized"], response: ["!response-body-type-generalized"]),
        Change(old: "true", new: "false", request: ["!request-body-became-impossible"], response: []),
        // Values
        Change(
            old: "{type: string}", new: "{type: string, enum: [a]}", request: ["!request-body-became-enum"],
            response: []),
        Change(
            old: "{type: string, enum: [a]}", new: "{type: string}", request: [],
            response: ["!response-body-enum-removed"]),
        Change(
            old: "{enum: [a, b]}", new: "{enum: [b, c]}", request: ["!request-body-enum-value-removed"],
            response: ["?response-body-enum-value-added", "response-mediatype-enum-value-removed"]),
        Change(
            old: "{const: a}", new: "{const: b}", request: ["!request-body-const-changed"],
            response: ["!response-body-const-changed"]),
        Change(
            old: "{const: a}", new: "{enum: [a, b]}", request: ["request-body-const-removed"],
            response: ["!response-body-const-removed"]),
        Change(old: "{enum: [a, b]}", new: "{const: a}", request: ["!request-body-enum-value-removed"], response: []),
        Change(
            old: "{type: integer, default: 1}", new: "{type: integer, default: 2}",
            request: ["request-body-default-value-changed"], response: ["response-body-default-value-changed"]),
        // Numbers
        Change(
            old: "{type: integer, maximum: 10}", new: "{type: integer, maximum: 5}",
            request: ["!request-body-max-decreased"], response: []),
        Change(
            old: "{type: integer, maximum: 10}", new: "{type: integer, maximum: 10.5}",
            request: ["request-body-max-increased"], response: ["!response-body-max-increased"]),
        Change(old: "{type: integer, maximum: 10}", new: "{type: integer, maximum: 1e1}", request: [], response: []),
        Change(
            old: "{type: integer, maximum: 10}", new: "{type: integer, exclusiveMaximum: 10}",
            request: ["!request-body-exclusive-max-decreased"], response: []),
        Change(
            old: "{type: integer, maximum: 10, exclusiveMaximum: true}", new: "{type: integer, maximum: 10}",
            request: ["request-body-exclusive-max-increased"], response: ["!response-body-exclusive-max-increased"],
            version: "3.0.3"),
        Change(
            old: "{type: integer}", new: "{type: integer, minimum: 1}", request: ["?request-body-min-set"], response: []
        ),
        Change(
            old: "{type: integer, minimum: 1}", new: "{type: integer}", request: [],
            response: ["!response-body-min-unset"]),
        Change(
            old: "{type: integer, multipleOf: 2}", new: "{type: integer, multipleOf: 4}",
            request: ["!request-body-multiple-of-changed"], response: []),
        Change(
            old: "{type: integer, multipleOf: 4}", new: "{type: integer, multipleOf: 2}", request: [],
            response: ["!response-body-multiple-of-changed"]),
        // Sizes
        Change(
            old: "{type: string, maxLength: 5}", new: "{type: string}", request: [],
            response: ["!response-body-max-length-unset"]),
        Change(
            old: "{type: string}", new: "{type: string, minLength: 1}", request: ["!request-body-min-length-increased"],
            response: []),
        Change(
            old: "{type: array, maxItems: 5}", new: "{type: array, maxItems: 4}",
            request: ["!request-body-max-items-decreased"], response: []),
        Change(
            old: "{type: array}", new: "{type: array, uniqueItems: true}", request: ["!request-body-unique-items-set"],
            response: []),
        Change(
            old: "{type: object}", new: "{type: object, minProperties: 1}",
            request: ["!request-body-min-properties-increased"], response: []),
        Change(
            old: "{type: string}", new: "{type: string, pattern: '^a'}", request: ["!request-body-pattern-added"],
            response: []),
        Change(old: "{type: string, pattern: '^a'}", new: "{type: string, pattern: '.*'}", request: [], response: []),
        // Objects
        Change(
            old: "{properties: {a: {type: string}}}", new: "{properties: {a: {type: string}}, required: [a]}",
            request: ["!request-property-became-required"], response: ["response-property-became-required"]),
        Change(
            old: "{properties: {a: {}}, required: [a]}", new: "{properties: {a: {}}}",
            request: ["request-property-became-optional"], response: ["!response-property-became-optional"]),
        Change(
            old: "{properties: {}}", new: "{properties: {a: {}}, required: [a]}",
            request: ["!new-required-request-property"], response: ["response-required-property-added"]),
        Change(
            old: "{properties: {a: {}}}", new: "{properties: {}}", request: ["?request-property-removed"],
            response: ["?response-optional-property-removed"]),
        Change(
            old: "{properties: {a: {}}, additionalProperties: false}",
            new: "{properties: {}, additionalProperties: false}", request: ["!request-property-removed"],
            response: ["?response-optional-property-removed"]),
        Change(
            old: "{properties: {a: {readOnly: true, maxLength: 5}}}",
            new: "{properties: {a: {readOnly: true, maxLength: 4}}}",
            request: ["request-read-only-property-max-length-decreased"], response: []),
        Change(
            old: "{type: object}", new: "{type: object, additionalProperties: false}",
            request: ["!request-body-additional-properties-forbidden"], response: []),
        Change(
            old: "{type: object, additionalProperties: false}", new: "{type: object}", request: [],
            response: ["?response-body-additional-properties-allowed"]),
        Change(
            old: "{type: object, additionalProperties: {type: integer}}",
            new: "{type: object, additionalProperties: {type: string}}", request: ["!request-property-type-changed"],
            response: ["!response-property-type-changed"]),
        Change(
            old: "{required: [a]}", new: "{required: [a, b]}", request: ["!request-property-became-required"],
            response: ["response-property-became-required"]),
        Change(
            old: "{properties: {description: {type: string}}}", new: "{properties: {description: {type: integer}}}",
            request: ["!request-property-type-changed"], response: ["!response-property-type-changed"]),
        // Arrays
        Change(
            old: "{type: array, items: {type: string}}", new: "{type: array, items: {type: string, maxLength: 3}}",
            request: ["?request-property-max-length-set"], response: []),
        Change(
            old: "{type: array, items: {type: string}}", new: "{type: array}", request: [],
            response: ["!response-body-items-widened"]),
        Change(
            old: "{type: array, prefixItems: [{type: string}]}", new: "{type: array, prefixItems: [{type: integer}]}",
            request: ["!request-property-type-changed"], response: ["!response-property-type-changed"]),
        // Composition
        Change(
            old: "{type: object, properties: {a: {}}}", new: "{allOf: [{type: object, properties: {a: {}}}]}",
            request: [], response: []),
        Change(
            old: "{allOf: [{type: object, properties: {a: {}}}, {properties: {b: {}}}]}",
            new: "{type: object, properties: {a: {}, b: {}}}", request: [], response: []),
        Change(
            old: "{allOf: [{type: object}, {properties: {a: {}}}]}",
            new: "{allOf: [{properties: {a: {}}, type: object}, {}]}", request: [], response: []),
        Change(
            old: "{allOf: [{title: A, properties: {a: {}}}]}",
            new: "{allOf: [{title: A, properties: {a: {}}}, {title: B, oneOf: [{required: [b]}]}]}",
            request: ["!request-body-all-of-added"], response: ["response-body-all-of-added"]),
        Change(
            old: "{type: string}", new: "{oneOf: [{type: string}, {type: integer}]}",
            request: ["request-body-one-of-added"], response: ["!response-body-wrapped-in-one-of"]),
        Change(
            old: "{oneOf: [{type: string}, {type: integer}]}", new: "{type: string}",
            request: ["!request-body-one-of-removed"], response: ["response-body-one-of-removed"]),
        Change(old: "{type: string}", new: "{oneOf: [{type: string}]}", request: [], response: []),
        Change(
            old: "{anyOf: [{type: string}, {type: integer}]}", new: "{anyOf: [{type: integer}, {type: string}]}",
            request: [], response: []),
        Change(
            old: "{anyOf: [{type: string, description: a}]}", new: "{anyOf: [{type: string, description: b}]}",
            request: [], response: []),
        Change(
            old: "{not: {type: string}}", new: "{not: {type: integer}}", request: ["!request-body-not-changed"],
            response: ["!response-body-not-changed"]),
        Change(
            old: "{type: object}", new: "{type: object, if: {required: [a]}, then: {required: [b]}}",
            request: ["!request-body-if-added", "!request-body-then-added"],
            response: ["response-body-if-added", "response-body-then-added"]),
        Change(
            old: "{type: object}", new: "{type: object, dependentRequired: {a: [b]}}",
            request: ["!request-body-dependent-required-added"], response: ["response-body-dependent-required-added"]),
        Change(
            old: "{type: object}", new: "{type: object, patternProperties: {'^x': {type: string}}}",
            request: ["!request-body-pattern-property-added"], response: ["response-body-pattern-property-added"]),
        Change(
            old: "{type: [string, integer]}", new: "{anyOf: [{type: integer}, {type: string}]}",
            request: ["request-body-any-of-added"], response: ["response-body-any-of-added"]),
        Change(
            old: "{type: object, properties: {a: {}}}",
            new: "{oneOf: [{type: object, properties: {a: {}}}, {type: object, properties: {b: {}}}]}",
            request: ["!request-body-wrapped-in-one-of"], response: ["!response-body-wrapped-in-one-of"]),
        Change(
            old: "{type: object, properties: {k: {const: a}}, required: [k]}",
            new:
                "{oneOf: [{type: object, properties: {k: {const: a}}, required: [k]}, {type: object, properties: {k: {const: b}}, required: [k]}]}",
            request: ["request-body-one-of-added"], response: ["!response-body-wrapped-in-one-of"]),
        Change(
            old: "{anyOf: [{type: string, maxLength: 3}, {type: string, maxLength: 5}]}",
            new: "{type: string, maxLength: 5}",
            request: ["request-body-unwrapped-from-any-of"], response: ["response-body-any-of-removed"]),
        // Nothing
        Change(
            old: "{type: integer, minimum: 1}", new: "{type: integer, exclusiveMinimum: 0}", request: [], response: []),
        Change(old: "{const: a}", new: "{enum: [a]}", request: [], response: []),
        Change(old: "{type: [string]}", new: "{type: string}", request: [], response: []),
        Change(
            old: "{type: string, description: a, example: b}", new: "{description: c, type: string}", request: [],
            response: []),
        Change(old: "{required: [a, b]}", new: "{required: [b, a]}", request: [], response: []),
    ]

    @Test("in requests", arguments: changes)
    func requests(change: Change) {
        #expect(Comparing.checks(change.old, change.new, .request, version: change.version) == change.request.sorted())
    }

    @Test("in responses", arguments: changes)
    func responses(change: Change) {
        #expect(
            Comparing.checks(change.old, change.new, .response, version: change.version) == change.response.sorted())
    }

    @Test("a change behind references, in a circle of schemas, is told once and at its place")
    func circles() throws {
        let old =
            "{Node: {type: object, properties: {next: {$ref: '#/components/schemas/Node'}, size: {type: integer}}}}"
        let new = old.replacing("integer", with: "string")
        let schema = "{$ref: '#/components/schemas/Node'}"
        let checks = Comparing.checks(schema, schema, .request, components: (old, new))
        #expect(checks == ["!request-property-type-changed"])
        let findings = Comparing.findings(
            Comparing.exchanging(schema, in: .request, components: old),
            Comparing.exchanging(schema, in: .request, components: new))
        let finding = try #require(findings.first { $0.rule == "request-property-type-changed" })
        #expect(finding.path == ["components", "schemas", "Node", "properties", "size", "type"])
        #expect(finding.previous?.description == "old.yaml:4:114")
        #expect(finding.message == "POST /a: the type of `/size` of the request body changed from integer to string")
    }

    @Test("what 3.0 and 3.1 write differently is compared by what it means")
    func dialects() {
        let old = Comparing.exchanging(
            "{type: integer, nullable: true, maximum: 5, exclusiveMaximum: true}", in: .request, version: "3.0.3")
        let new = Comparing.exchanging("{type: [integer, 'null'], exclusiveMaximum: 5}", in: .request)
        #expect(
            Comparing.findings(old, new).map(\.rule) == ["api-version-not-bumped"]
                || Comparing.findings(old, new).isEmpty)
    }
}
