import JSONDocuments
import OpenAPIDocuments
import SourceDiagnostics
import Testing
import YAMLDocuments

@testable import CompositionLanguage

@Suite("The checks of compositions")
struct CheckTests {
    @Test("each mistake is told with its place in routes and in the document", arguments: CheckFixture.all)
    func checks(fixture: CheckFixture) throws {
        let found = try fixture.findings()
        #expect(found == fixture.expected, "\(found.joined(separator: "\n"))")
    }

    @Test("every code of the table has a fixture")
    func codes() {
        let codes = [
            "unknown-operation", "unknown-parameter", "missing-parameter", "unknown-field", "maybe-absent",
            "type-mismatch", "no-content", "cycle", "unused-step", "merge-collision", "bad-fallback",
            "unbounded-fan-out", "impossible-timeout", "unsafe-retry", "several-writes", "bad-compensation",
            "bad-batch",
            "bad-retry", "bad-validation", "unmet-security",
        ]
        for code in codes { #expect(CheckFixture.all.contains { $0.text.contains(" \(code) ") }, "\(code)") }
    }

    @Test("a good composition has no findings, and its plan is made of stages")
    func good() throws {
        let compiled = try CheckFixture.compile(
            """
            get: /pages/{id}
            steps:
              order: { call: shop.getOrder, with: { id: $inputs.id } }
              user: { call: shop.getUser, with: { id: $steps.order.body#/userId }, optional: true }
            respond: { id: $steps.order.body#/id, user: $steps.user.body#/name }
            """)
        #expect(compiled.diagnostics.map(\.message) == [])
        #expect(compiled.plan?.stages == [[0], [1]])
    }

    @Test("the derived document loads, and requires what is certain only")
    func derived() throws {
        let compiled = try CheckFixture.compile(
            """
            get: /pages/{id}
            steps:
              order: { call: shop.getOrder, with: { id: $inputs.id } }
              user: { call: shop.getUser, with: { id: $steps.order.body#/userId }, optional: true, onFailure: null }
              other: { call: shop.getUser, with: { id: 7 }, optional: true }
            respond:
              id: $steps.order.body#/id
              user: $steps.user.body#/name
              other: { name: $steps.other.body#/name }
              note: $steps.order.body#/note?
            """)
        let plan = try #require(compiled.plan)
        let text = DerivedDocument.json([plan], apis: [try CheckFixture.api()])
        let loaded = DocumentLoader(files: .memory([DerivedDocument.path: text])).load(DerivedDocument.path)
        #expect(loaded.diagnostics.map(\.message) == [])
        let operation = try #require(loaded.document?.operations.first)
        #expect(operation.operationID == "page")
        #expect(operation.parameters.map(\.name) == ["id"])
        let schema = try #require(operation.responses?.first?.content.first?.schema)
        #expect(schema["required"].map { JSONWriter.text(of: $0) } == #"["id","user"]"#)
        let user = try #require(schema["properties"]?["user"])
        #expect(JSONWriter.text(of: user) == #"{"anyOf":[{"type":"string"},{"type":"null"}]}"#)
    }
}
