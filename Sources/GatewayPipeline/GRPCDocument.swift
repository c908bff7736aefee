import GatewaySettings
import JSONDocuments

/// The OpenAPI document of methods of gRPC: what the gateway knows of them, so that they are routed, limited, counted and
/// documented like any operation. A call is a POST whose content is no business of the gateway's (gRPC over HTTP/2).
enum GRPCDocument {
    /// The media types of messages; others are refused.
    private static let content =
        #"{ "application/grpc": {}, "application/grpc+proto": {}, "application/grpc+json": {} }"#

    /// Any method of a service: an identifier of Protocol Buffers.
    private static let anyMethod = """
        "parameters": [{ "name": "method", "in": "path", "required": true,
          "schema": { "type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$" } }],
        """

    /// The name under which the document is loaded.
    static func path(of api: String) -> String { "/\(api).grpc.json" }

    /// The document as JSON.
    static func json(_ methods: [GRPCMethod], of api: String) -> String {
        var title = JSONWriter()
        title.string(api)
        return """
            { "openapi": "3.1.0",
              "info": { "title": \(title.text), "version": "1",
                "description": "Methods of gRPC. Messages pass as they are." },
              "paths": { \(methods.map(pathItem).joined(separator: ",\n")) } }
            """
    }

    /// The member of `paths` for a method, whose names are identifiers and need no escape.
    private static func pathItem(_ method: GRPCMethod) -> String {
        """
        "/\(method.service)/\(method.method ?? "{method}")": { "post": {
          "operationId": "\(method)", "tags": ["\(method.service)"], \(method.method == nil ? anyMethod : "")
          "requestBody": { "required": true, "content": \(content) },
          "responses": { "200": { "description": "Messages; the trailers say how the call went.", "content": \(content) } }
        } }
        """
    }
}
