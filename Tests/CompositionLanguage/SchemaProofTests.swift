import JSONDocuments
import OpenAPIDocuments
import SourceDiagnostics
import Testing

@testable import CompositionLanguage

@Suite("Proofs that one schema is within another")
struct SchemaProofTests {
    /// A narrow and a wide schema, and what is not proven; nil where everything is.
    struct Case: Sendable, CustomTestStringConvertible {
        let narrow: String
        let wide: String
        var gap: String?

        var testDescription: String { "\(narrow) within \(wide)" }
    }

    static let cases: [Case] = [
        Case(narrow: "{ type: integer }", wide: "{ type: number }"),
        Case(narrow: "{ type: number }", wide: "{ type: integer }", gap: ": it may be number, not integer"),
        Case(narrow: "{ enum: [a, b] }", wide: "{ type: string, enum: [a, b, c] }"),
        Case(
            narrow: "{ enum: [a, d] }", wide: "{ enum: [a, b] }",
            gap: #": it may be "d", which is not among the values that are listed"#),
        Case(narrow: "{ type: integer, minimum: 2, maximum: 5 }", wide: "{ type: integer, exclusiveMinimum: 1 }"),
        Case(
            narrow: "{ type: integer, minimum: 1 }", wide: "{ exclusiveMinimum: 1 }",
            gap: ": it is not known to be at least 1"),
        Case(narrow: "{ const: 7 }", wide: "{ minimum: 7, multipleOf: 1 }"),
        Case(narrow: "{ type: string, maxLength: 5 }", wide: "{ type: string, maxLength: 5, minLength: 0 }"),
        Case(narrow: "{ type: string }", wide: "{ pattern: a }", gap: ": `pattern` is not known to hold"),
        Case(narrow: "{ type: string, pattern: a }", wide: "{ pattern: a }"),
        Case(
            narrow:
                "{ type: object, required: [a], properties: { a: { type: integer } }, additionalProperties: false }",
            wide: "{ type: object, required: [a], properties: { a: { type: number }, b: { type: string } } }"),
        Case(
            narrow: "{ type: object, properties: { a: { type: integer } } }", wide: "{ required: [a] }",
            gap: "/a: it may be absent, and is required"),
        Case(
            narrow: "{ type: object, properties: { a: {} } }", wide: "{ properties: { a: { type: string } } }",
            gap: "/a: it may be anything, not string"),
        Case(
            narrow: "{ type: object, properties: { a: { type: string } } }",
            wide: "{ properties: { b: { type: string } } }",
            gap: "/b: nothing is known of it"),
        Case(
            narrow: "{ type: object, properties: { a: {} } }",
            wide: "{ properties: { a: {} }, additionalProperties: false }",
            gap: ": it may have further fields"),
        Case(
            narrow: "{ type: object, properties: { a: {}, b: {} }, additionalProperties: false }",
            wide: "{ properties: { a: {} }, additionalProperties: false }", gap: "/b: no such field is declared"),
        Case(
            narrow: "{ type: array, items: { type: object, required: [x], properties: { x: { type: string } } } }",
            wide: "{ type: array, items: { properties: { x: { type: integer } } } }",
            gap: "/*/x: it may be string, not integer"),
        Case(
            narrow: "{ type: array, maxItems: 3 }", wide: "{ maxItems: 2 }", gap: ": `maxItems` 2 is not known to hold"),
        Case(narrow: "{ anyOf: [{ type: string }, { type: 'null' }] }", wide: "{ type: [string, 'null'] }"),
        Case(narrow: "{ type: 'null' }", wide: "{ oneOf: [{ type: string }, { type: 'null' }] }"),
        Case(
            narrow: "{ type: string }", wide: "{ oneOf: [{ maxLength: 5 }, { type: string }] }",
            gap: ": more than one alternative may take it"),
        Case(narrow: "{ allOf: [{ type: object, required: [a] }, { required: [b] }] }", wide: "{ required: [a, b] }"),
        Case(
            narrow: "{ type: object }", wide: "{ unevaluatedProperties: false }",
            gap: ": `unevaluatedProperties` is not looked into"),
        Case(narrow: "{ $ref: '#/components/schemas/Tree' }", wide: "{ $ref: '#/components/schemas/WideTree' }"),
        Case(
            narrow: "{ $ref: '#/components/schemas/WideTree' }", wide: "{ $ref: '#/components/schemas/Tree' }",
            gap: "/n: it may be number, not integer"),
        Case(
            narrow: "{ type: integer }", wide: "{ $ref: '#/components/schemas/Number', minimum: 3 }",
            gap: ": a reference with `minimum` beside it is not looked into"),
    ]

    @Test("what follows is proven, and what does not is named with its pointer", arguments: cases)
    func proofs(_ one: Case) throws {
        let text = """
            openapi: 3.1.0
            info: { title: a, version: "1" }
            paths: {}
            components:
              schemas:
                Narrow: \(one.narrow)
                Wide: \(one.wide)
                Number: { type: integer }
                Tree: { type: object, properties: { n: { type: integer }, next: { $ref: '#/components/schemas/Tree' } } }
                WideTree: { type: object, properties: { n: { type: number }, next: { $ref: '#/components/schemas/WideTree' } } }
            """
        let document = try #require(DocumentLoader(files: .memory(["/spec": text])).load("/spec").document)
        let schemas = try #require(document.root["components"]?["schemas"])
        var proof = SchemaProof()
        let gap = proof.gap(
            from: .init(node: try #require(schemas["Narrow"]), document: document),
            to: .init(node: try #require(schemas["Wide"]), document: document))
        #expect(gap.map { "\($0.pointer): \($0.reason)" } == one.gap)
    }
}
