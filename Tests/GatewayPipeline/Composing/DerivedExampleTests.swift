import CompositionLanguage
import GatewayTelemetry
import OpenAPIDocuments
import TestSupport
import Testing

@testable import GatewayPipeline

/// Examples of derived operations.
@Suite("Examples of compositions")
struct DerivedExampleTests {
    /// The example of a page of two parts; the examples of both, and of the number in the path, are given.
    private static func example(list: String, part: String) throws -> String? {
        let folder = try TemporaryFolder([
            "routes/all.yaml": """
            version: 1
            upstreams: { u: { targets: ["http://127.0.0.1:1"] } }
            apis: { test: { spec: ../specs/test.yaml, upstream: u } }
            compositions:
              page:
                get: /pages/{id}
                steps:
                  list: { call: test.getList, with: { id: $inputs.id } }
                  parts: { forEach: $steps.list.body, distinct: $item, limit: 9, call: test.getPart, with: { id: $item }, optional: true }
                respond:
                  id: $inputs.id
                  parts: { $each: $steps.list.body, $item: { number: $item, name: $steps.parts.body#/name } }
            """,
            "specs/test.yaml": """
            openapi: 3.1.0
            info: { title: test, version: "1" }
            paths:
              /lists/{id}:
                get:
                  operationId: getList
                  parameters: [{ name: id, in: path, required: true, schema: { type: integer, examples: [42] } }]
                  responses: { "200": { description: d, content: { application/json: { example: \(list), schema: { type: array, items: { type: integer } } } } } }
              /parts/{id}:
                get:
                  operationId: getPart
                  parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
                  responses: { "200": { description: d, content: { application/json: { example: \(part), schema: { type: object, required: [name], properties: { name: { type: string } } } } } } }
            """,
        ])
        let outcome = SnapshotBuilder.load(routes: folder.file("routes"), metrics: MetricsRegistry(workers: 1))
        let snapshot = try #require(outcome.snapshot, "\(outcome.diagnostics.map(\.message))")
        let row = try #require(snapshot.rows.first { $0.composition != nil })
        let plan = try #require(row.composition?.plan)
        let loaded = DocumentLoader(roots: [folder.file("specs")]).load(folder.file("specs/test.yaml"))
        let apis = [CallableAPI(name: "test", document: try #require(loaded.document))]
        let text = DerivedDocument.json([plan], apis: apis)
        let derived = DocumentLoader(files: .memory([DerivedDocument.path: text])).load(DerivedDocument.path)
        return ExampleComposer(apis: apis, derived: try #require(derived.document))
            .example(of: plan, contract: try #require(row.contract))
    }

    @Test("an example is the plan run over the examples of its parts")
    func composed() throws {
        let example = try Self.example(list: "[3, 4, 3]", part: #"{ name: Lamp }"#)
        #expect(
            example
                == #"{"id":42,"parts":[{"number":3,"name":"Lamp"},{"number":4,"name":"Lamp"},{"number":3,"name":"Lamp"}]}"#
        )
    }

    @Test("what breaks the derived contract is no example, and neither is what no part has")
    func none() throws {
        #expect(try Self.example(list: "[3]", part: "{ name: 7 }") == nil)
        #expect(try Self.example(list: "[three]", part: "{ name: Lamp }") == nil)
    }
}
