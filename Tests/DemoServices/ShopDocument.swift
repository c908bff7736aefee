import Glibc
import JSONDocuments
import SchemaCompilation
import SchemaEvaluation
import SourceDiagnostics
import Testing
import YAMLDocuments

/// One of the documents in specs/, with its schemas compiled for replies and for requests.
struct ShopDocument {
    /// One operation and what it exchanges.
    struct Operation {
        /// The method, in capitals.
        let method: String

        /// The path template.
        let path: String

        /// The schema of the JSON content by status; nil for a reply without content.
        var replies: [Int: SchemaEntry?] = [:]

        /// The examples of the request's content.
        var examples: [JSONValue] = []
    }

    /// The operations by their ids.
    let operations: [String: Operation]

    /// The compiled schemas of the replies.
    private let program: SchemaProgram

    /// Reads and compiles `specs/NAME.yaml`.
    init(_ name: String) throws {
        let path = Self.root + "specs/\(name).yaml"
        let document = try DocumentParser.parse(SourceFile(path: path, bytes: try Self.bytes(of: path))).get()
        let isOld = document.root["openapi"]?.string?.hasPrefix("3.0") == true
        var resources = SchemaResources()
        resources.register(document, uri: path, dialect: isOld ? .oas3_0 : .oas3_1)
        var compiler = SchemaCompiler(resources: resources, dialect: isOld ? .oas3_0 : .oas3_1, direction: .response)
        var operations: [String: Operation] = [:]
        for pathItem in try #require(document.root["paths"]).members {
            for member in pathItem.value.members {
                guard let id = member.value["operationId"]?.string else { continue }
                var operation = Operation(method: member.name.uppercased(), path: pathItem.name)
                for reply in try #require(member.value["responses"]).members {
                    let status = try #require(Int(reply.name))
                    let schema = try Self.resolved(reply.value)["content"]?["application/json"]?["schema"]
                    operation.replies[status] = .some(schema.map { compiler.add($0) })
                }
                if let content = member.value["requestBody"]?["content"]?["application/json"] {
                    operation.examples = try Self.examples(of: content)
                }
                operations[id] = operation
            }
        }
        let (program, diagnostics) = compiler.finish()
        #expect(diagnostics.map(\.message) == [])
        self.program = program
        self.operations = operations
    }

    /// What a reply breaks of its contract: nothing, an undeclared status, or violations.
    func faults(of reply: DemoReply, to operationID: String) throws -> [String] {
        let operation = try #require(operations[operationID])
        guard let declared = operation.replies[reply.status] else { return ["status \(reply.status) is undeclared"] }
        guard let entry = declared else { return reply.response.body.isEmpty ? [] : ["there is content"] }
        return reply.json.document.withView { view in
            program.violations(entry, view, limit: 10).map { "\($0.instancePointer): \($0.message)" }
        }
    }

    /// The examples beside a media type, or those of the schema that it names.
    private static func examples(of content: JSONValue) throws -> [JSONValue] {
        if let example = content["example"] { return [example] }
        if let examples = content["examples"] { return examples.members.compactMap { $0.value["value"] } }
        let schema = try resolved(#require(content["schema"]))
        return schema["examples"].map { Array($0.elements) } ?? []
    }

    /// A value, or what its `$ref` leads to within the document.
    private static func resolved(_ value: JSONValue) throws -> JSONValue {
        guard let reference = value["$ref"]?.string else { return value }
        let pointer = try #require(JSONPointer(fragment: String(reference.dropFirst())))
        return try #require(value.document.root.value(at: pointer))
    }

    /// The project's folder, found from this file.
    private static var root: String { #filePath.components(upTo: "Tests/DemoServices/") }

    /// The content of a file.
    private static func bytes(of path: String) throws -> [UInt8] {
        let file = try #require(fopen(path, "rb"), "\(path) cannot be read")
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&piece, 1, piece.count, file), count > 0 { bytes += piece[..<count] }
        return bytes
    }
}

extension String {
    /// What stands before a piece of the text.
    fileprivate func components(upTo piece: String) -> String {
        var start = startIndex
        while start < endIndex, !self[start...].hasPrefix(piece) { start = index(after: start) }
        return String(self[..<start])
    }
}
