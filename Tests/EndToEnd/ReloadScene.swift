import Glibc
import JSONDocuments
import TestSupport

/// A gateway whose settings and document change while it serves.
struct ReloadScene {
    /// A file could not be put in its place.
    struct Unwritable: Error {
        /// Which.
        let name: String
    }

    /// The service behind it: whatever is asked for is an item.
    let backend: RecordingBackend
    /// The gateway.
    let gateway: RunningGateway
    private var folder: TemporaryFolder { gateway.folder }

    /// Starts both.
    ///
    /// - Parameters:
    ///   - process: lines of `gateway`, unindented.
    ///   - options: further arguments of `serve`.
    init(_ process: [String] = [], workers: Int = 1, options: [String] = []) throws {
        backend = try RecordingBackend { request, socket in
            let content = #"{"id":1,"name":"one"}"#
            try socket.send(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(content.utf8.count)\r\n\r\n\(content)"
            )
        }
        gateway = try RunningGateway(
            TemporaryFolder([
                "routes/gateway.yaml": Self.settings(process, workers: workers),
                "routes/shop.yaml": Self.shop(backend.port), "specs/items.json": Self.document(),
            ]), options: options)
    }

    /// The file `gateway.yaml`.
    static func settings(
        _ process: [String] = [], workers: Int = 1, listeners: String = #"public: { bind: "127.0.0.1:0" }"#
    ) -> String {
        """
        version: 1
        gateway:
          listeners: { \(listeners) }
          admin: { bind: "127.0.0.1:0" }
          workers: \(workers)
        \(process.map { "  " + $0 + "\n" }.joined())
        """
    }

    /// The file `shop.yaml`.
    static func shop(
        _ port: Int, host: String = "127.0.0.1", spec: String = "items.json", api: [String] = []
    ) -> String {
        """
        version: 1
        upstreams: { items: { targets: ["http://\(host):\(port)"] } }
        apis:
          items:
            spec: ../specs/\(spec)
            upstream: items
        \(api.map { "    " + $0 + "\n" }.joined())
        """
    }

    /// A document with an operation for each path; `title` only makes a difference.
    static func document(_ paths: [String] = ["/items/{id}"], title: String = "items", name: String = "string") -> String {
        let operations = paths.map { path in
            let parameters =
                path.contains("{id}")
                ? #""parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}}],"# : ""
            return """
                "\(path)": {\(parameters) "get": {"operationId": "get\(path.filter(\.isLetter))", "responses": {"200": {
                  "description": "an item", "content": {"application/json": {"schema": {"type": "object",
                  "required": ["id", "name"],
                  "properties": {"id": {"type": "integer"}, "name": {"type": "\(name)"}}}}}}}}}
                """
        }
        return #"{"openapi": "3.1.0", "info": {"title": "\#(title)", "version": "1"}, "paths": {"#
            + operations.joined(separator: ",\n") + "}}"
    }

    /// Writes a file below the gateway's folder in one step, as deployments do.
    func replace(_ name: String, by text: String) throws {
        try folder.write(text, to: name + ".new")
        guard rename(folder.file(name + ".new"), folder.file(name)) == 0 else {
            throw Unwritable(name: name)
        }
    }

    /// The status of a GET.
    func status(_ path: String) throws -> Int { try HTTPClient.send("GET \(path)", to: gateway.port).status }

    /// What `/config` says of the last load.
    func report() throws -> JSONValue? {
        try JSONText.parse(HTTPClient.send("GET /config", to: gateway.adminPort).content)["reload"]
    }

    /// Waits until the last load has ended like this.
    func waits(for ending: String, within seconds: Double = 15) -> Bool {
        Clock.poll(for: seconds) { (try? report())??["ending"]?.string == ending }
    }

    /// The value of a metric without labels.
    func metric(_ name: String) throws -> Double? {
        try HTTPClient.send("GET /metrics", to: gateway.adminPort).text.split(separator: "\n")
            .first { $0.hasPrefix(name + " ") }.flatMap { Double($0.dropFirst(name.count + 1)) }
    }
}
