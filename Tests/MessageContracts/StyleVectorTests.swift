import JSONDocuments
import MessageContracts
import OpenAPIDocuments
import TestSupport
import Testing

/// The table "Style Examples" of the specification: style × explode × place × kind of value.
@Suite("Style examples of the specification", .enabled(if: Corpora.isPresent, Comment(rawValue: Corpora.absence)))
struct StyleVectorTests {
    /// A row of corpora/oai/style-vectors.json.
    struct Row: Sendable {
        /// `style`.
        let style: String
        /// `explode`.
        let explode: Bool
        /// `in`.
        let location: String
        /// `name`.
        let name: String
        /// undefined, string, array or object.
        let kind: String
        /// The value as JSON.
        let value: String
        /// Its text; nil where the specification defines none.
        let serialized: String?
        /// The versions that know the style.
        let versions: [String]
    }

    /// All rows.
    static func rows() throws -> [Row] {
        let document = try JSONDocument(parsing: Corpora.text("oai/style-vectors.json"), path: "style-vectors.json")
        return (document.root["vectors"]?.elements).map { list in
            list.map { row in
                Row(
                    style: row["style"]?.string ?? "", explode: row["explode"]?.bool ?? true,
                    location: row["in"]?.string ?? "", name: row["name"]?.string ?? "", kind: row["kind"]?.string ?? "",
                    value: row["value"].map(ContractVector.source) ?? "null",
                    serialized: row["defined"]?.bool == true ? row["serialized"]?.string : nil,
                    versions: row["oas"]?.elements.compactMap(\.string) ?? [])
            }
        } ?? []
    }

    /// The schema that admits exactly a row's value, or exactly another one.
    private static func schema(_ row: Row, isRight: Bool) -> String {
        let wrong = #""something else""#
        switch row.kind {
        case "array":
            return #"{"type": "array", "items": {"type": "string"}, "enum": [\#(isRight ? row.value : "[\(wrong)]")]}"#
        case "object":
            let value = isRight ? row.value : #"{"R": 1}"#
            return #"{"type": "object", "additionalProperties": {"type": "integer"}, "enum": [\#(value)]}"#
        default:
            return #"{"type": "string", "enum": [\#(!isRight ? wrong : row.kind == "undefined" ? "\"\"" : row.value)]}"#
        }
    }

    /// Whether a row's text passes for a schema.
    private static func accepts(_ row: Row, version: String, isRight: Bool) throws -> Bool {
        let path = row.location == "path" ? "/a{\(row.name)}" : "/a"
        let text = """
            {"openapi": "\(version).0", "info": {"title": "t", "version": "1"}, "paths": {"\(path)": {"get": {
              "parameters": [
              {"name": "\(row.name)", "in": "\(row.location)", "required": true,
               "style": "\(row.style)", "explode": \(row.explode),
               "schema": \(schema(row, isRight: isRight))}], "responses": {"default": {"description": "d"}}}}}}
            """
        let loaded = DocumentLoader(files: .memory(["/s/a.json": text])).load("/s/a.json")
        let document = try #require(loaded.document, "\(loaded.diagnostics.map(\.message))")
        let compiled = APIContract.compile(document)
        let contract = try #require(compiled.contract, "\(compiled.diagnostics.map(\.message))")
        let serialized = Array((row.serialized ?? "color=x").utf8)
        let cookie: [(name: [UInt8], value: [UInt8])] = [(Array("cookie".utf8), serialized)]
        let header: [(name: [UInt8], value: [UInt8])] = [(Array(row.name.utf8), serialized)]
        let fields = row.location == "cookie" ? cookie : row.location == "header" ? header : []
        var workspace = ContractWorkspace()
        return Borrowed.withFields(fields) { fields in
            serialized.withUnsafeBytes { bytes in
                [bytes].withUnsafeBufferPointer { values in
                    contract.operations[0].checkParameters(
                        RequestHeadView(
                            query: row.location == "query" ? bytes : nil, pathValues: values, fields: fields),
                        using: &workspace
                    ).isAccepted
                }
            }
        }
    }

    @Test("every defined serialization is read as its value, and as no other")
    func defined() throws {
        var passed = 0
        var total = 0
        for row in try Self.rows() where row.serialized != nil {
            var isGood = true
            for version in row.versions where row.style != "cookie" || version == "3.2" {
                let right = try Self.accepts(row, version: version, isRight: true)
                let wrong = try Self.accepts(row, version: version, isRight: false)
                if !right || wrong {
                    isGood = false
                    Issue.record(
                        "\(version) \(row.style) \(row.explode) \(row.location) \(row.kind): \(right), \(wrong)"
                    )
                }
            }
            total += 1
            if isGood { passed += 1 }
        }
        print("style vectors: \(passed)/\(total)")
        #expect(total == 61)
    }

    @Test("combinations that the specification leaves undefined do no harm")
    func undefined() throws {
        for row in try Self.rows() where row.serialized == nil {
            _ = try Self.accepts(row, version: "3.1", isRight: true)
        }
    }
}
