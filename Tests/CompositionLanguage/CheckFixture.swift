import JSONDocuments
import OpenAPIDocuments
import SourceDiagnostics
import Testing
import YAMLDocuments

@testable import CompositionLanguage

/// A composition, dashes, and what is found in it: `routes:LINE:COLUMN CODE MESSAGE`, with the place in the document that
/// the note names behind an arrow.
struct CheckFixture: Sendable, CustomTestStringConvertible {
    /// The whole fixture.
    let text: String

    var testDescription: String { expected.first ?? text }

    /// What stands below the dashes.
    var expected: [String] { lines.drop { $0 != "---" }.dropFirst().filter { !$0.isEmpty } }

    /// The lines.
    private var lines: [String] { text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }

    /// What the compiler finds.
    func findings() throws -> [String] {
        let input = lines.prefix { $0 != "---" }.joined(separator: "\n")
        return try Self.compile(input).diagnostics.map { diagnostic in
            var line = "\(diagnostic.range.map { "\($0)" } ?? "-") \(diagnostic.code) \(diagnostic.message)"
            if let suggestion = diagnostic.suggestion { line += " (\(suggestion))" }
            if let place = diagnostic.notes.first?.range { line += " -> \(place)" }
            return diagnostic.severity == .error ? line : "\(diagnostic.severity): " + line
        }
    }

    /// Compiles a composition over the document of the fixtures.
    static func compile(_ text: String) throws -> (plan: CompositionPlan?, diagnostics: [Diagnostic]) {
        let value = try DocumentParser.parse(SourceFile(path: "routes", bytes: Array(text.utf8))).get().root
        let method = value.members.first { ["get", "post"].contains($0.name) }
        let path = method?.value ?? value
        return CompositionCompiler.compile(
            CompositionSource(
                name: "page", range: value.range, method: method?.name.uppercased() ?? "GET", path: path.string ?? "/",
                pathRange: path.range, value: value),
            over: [try api()])
    }

    /// The API of the fixtures.
    static func api() throws -> CallableAPI {
        let loaded = DocumentLoader(files: .memory(["/spec": document])).load("/spec")
        struct Unloaded: Error {}
        guard let document = loaded.document else { throw Unloaded() }
        return CallableAPI(name: "shop", document: document)
    }

    private static let document = """
        openapi: 3.1.0
        info: { title: shop, version: "1" }
        paths:
          /orders/{id}:
            parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
            get:
              operationId: getOrder
              responses: { "200": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Order" } } } } }
            delete:
              operationId: deleteOrder
              responses: { "204": { description: gone } }
          /orders:
            post:
              operationId: createOrder
              requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/NewOrder" } } } }
              responses: { "201": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Order" } } } } }
          /users/{id}:
            get:
              operationId: getUser
              parameters:
                - { name: id, in: path, required: true, schema: { type: integer } }
                - { name: kind, in: query, schema: { enum: [short, long] } }
              responses: { "200": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/User" } } } } }
          /bills/{id}:
            parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
            get:
              operationId: getBill
              security: [{ header: [] }, { query: [] }]
              responses: { "200": { description: ok, content: { application/json: { schema: { type: object } } } } }
            delete:
              operationId: deleteBill
              security: [{ certificate: [], header: [] }]
              responses: { "204": { description: gone } }
          /users:
            get:
              operationId: getUsers
              parameters:
                - { name: ids, in: query, schema: { type: array, maxItems: 10, items: { type: integer } } }
                - { name: kind, in: query, schema: { enum: [short, long] } }
              responses: { "200": { description: ok, content: { application/json: { schema: { type: object, properties: { users: { type: array, items: { $ref: "#/components/schemas/User" } } } } } } } }
        components:
          securitySchemes:
            header: { type: apiKey, in: header, name: X-Key }
            query: { type: apiKey, in: query, name: key }
            certificate: { type: mutualTLS }
          schemas:
            Order:
              type: object
              required: [id, userId, lines]
              properties:
                id: { type: integer }
                userId: { type: integer }
                state: { enum: [open, closed] }
                note: { type: string }
                lines: { type: array, items: { $ref: "#/components/schemas/Line" } }
            Line: { type: object, required: [userId], properties: { userId: { type: integer } } }
            NewOrder: { type: object, required: [userId], properties: { userId: { type: integer } } }
            User: { type: object, required: [name], properties: { name: { type: string }, id: { type: integer } } }
        """
}
