import JSONDocuments
import OpenAPIDocuments

/// What the search of the pages looks through: one entry for each operation.
enum SearchIndex {
    /// The index: `[address, method, path, summary, operationId, parameters and properties]` for each operation.
    static func json(of apis: [DocumentedAPI]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        for api in apis {
            for operation in api.document.operations {
                writer.beginArray()
                writer.string("\(PageAddress.encoded(api.name))/\(PageAddress.operation(operation))")
                writer.string(operation.method)
                writer.string(api.publicPath(operation))
                writer.string(operation.node["summary"]?.string ?? "")
                writer.string(operation.operationID ?? "")
                writer.string(names(of: operation, in: api.document).joined(separator: " "))
                writer.endArray()
            }
        }
        writer.endArray()
        return writer.bytes
    }

    /// Names of parameters, and of the properties at the top of contents.
    private static func names(of operation: Operation, in document: OpenAPIDocument) -> [String] {
        var names = operation.parameters.map(\.name)
        let contents =
            (operation.requestBody?.content ?? [])
            + (operation.responses ?? []).filter(\.key.isSuccess).flatMap(\.content)
        for media in contents {
            guard let schema = media.schema ?? media.itemSchema else { continue }
            var target = SchemaReading(schema, document).target
            if let items = target["items"] { target = SchemaReading(items, document).target }
            names += target["properties"].map { $0.members.map(\.name) } ?? []
        }
        var seen: Set<String> = []
        return Array(names.filter { seen.insert($0).inserted }.prefix(40))
    }
}
