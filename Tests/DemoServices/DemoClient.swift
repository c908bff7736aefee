import DemoServices
import JSONDocuments
import SourceDiagnostics
import Testing

/// Talks to one freshly opened shop as the gateway would, on a clock that stands still.
struct DemoClient {
    /// 2025-06-01T12:00:00Z, the only instant that the shop knows.
    static let now = 1_748_779_200

    /// The shop.
    let shop = DemoShop(now: { Self.now })

    /// Sends one request to the service that its first path segment names.
    ///
    /// - Parameters:
    ///   - line: Method and target: `GET /users?page=2`.
    ///   - body: JSON content, or nil for none.
    func send(_ line: String, _ body: String? = nil, type: String = "application/json") throws -> DemoReply {
        let parts = line.split(separator: " ")
        let method = String(try #require(parts.first))
        let target = try #require(parts.last).split(separator: "?", maxSplits: 1)
        let path = String(try #require(target.first))
        // Reservations are the products service's.
        let service = try #require(
            shop.services.first {
                path.hasPrefix("/\($0.name)") || $0.name == "products" && path.hasPrefix("/reservations")
            })
        let response = service.respond(
            to: DemoRequest(
                method: method, path: path, query: target.count == 2 ? String(target[1]) : "",
                headers: body == nil ? [] : [(name: "content-type", value: type)], body: Array((body ?? "").utf8)))
        return try DemoReply(response)
    }
}

/// A reply whose JSON has been read.
struct DemoReply {
    /// The reply as it came.
    let response: DemoResponse

    /// Its JSON; `null` when it has none.
    let json: JSONValue

    /// Reads a reply.
    init(_ response: DemoResponse) throws {
        self.response = response
        let bytes = response.body.isEmpty ? Array("null".utf8) : response.body
        json = try JSONDocument(parsing: SourceFile(path: "reply", bytes: bytes)).root
    }

    /// The status code.
    var status: Int { response.status }

    /// The reason of a refusal; nil when the reply is none.
    var message: String? { json["message"]?.string }

    /// The ids of a list's items.
    var ids: [Int] { json["items"]?.elements.compactMap { $0["id"]?.int } ?? [] }

    /// The value of a field.
    func header(_ name: String) -> String? { response.headers.first { $0.name == name }?.value }
}
