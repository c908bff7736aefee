import JSONDocuments
import SourceDiagnostics
import Synchronization

/// What the three services have in common: a collection at `/NAME`, its items at `/NAME/ID`, a health check, a counter.
///
/// It reads the path, the method and the JSON body, and turns refusals into replies; the service decides the rest.
final class ResourceDesk: Sendable {
    /// The collection's name, the first path segment.
    let collection: String

    /// The methods of `/NAME`.
    private let collectionMethods: [String]

    /// The methods of `/NAME/ID`.
    private let itemMethods: [String]

    /// The requests so far, health checks aside.
    private let received = Atomic<Int>(0)

    /// Opens the desk.
    init(collection: String, collectionMethods: [String], itemMethods: [String]) {
        self.collection = collection
        self.collectionMethods = collectionMethods
        self.itemMethods = itemMethods
    }

    /// How many requests came so far, health checks aside.
    var requestCount: Int { received.load(ordering: .relaxed) }

    /// Answers one request with the service's operation, or with a refusal.
    ///
    /// - Parameter operation: The service; it gets only methods and paths that the desk was opened for.
    func answer(
        _ request: DemoRequest, _ operation: (ResourceCall) throws(Refusal) -> DemoResponse
    ) -> DemoResponse {
        if request.path == "/healthz" { return .json(200, HealthReport()) }
        received.add(1, ordering: .relaxed)
        do throws(Refusal) {
            let target = try target(of: request.path)
            let methods = target == .collection ? collectionMethods : itemMethods
            guard methods.contains(request.method) else {
                throw Refusal(
                    status: 405, message: "\(request.path) cannot \(request.method).", allowed: methods)
            }
            return try operation(ResourceCall(request: request, target: target))
        } catch {
            return error.response
        }
    }

    /// Finds what a path means.
    private func target(of path: String) throws(Refusal) -> ResourceCall.Target {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        guard segments.first.map(String.init) == collection, segments.count <= 2 else {
            throw .notFound("There is nothing at \(path).")
        }
        guard segments.count == 2, let last = segments.last else { return .collection }
        guard let id = Int(last), id >= 1 else {
            throw .badRequest("\(last) is not an id: it is a whole number from 1 on.")
        }
        return .item(id)
    }
}

/// The reply of `/healthz`.
private struct HealthReport: ReplyContent {
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("status", "ok")
        writer.endObject()
    }
}

/// One request that has found its resource.
struct ResourceCall {
    /// What the path names.
    enum Target: Equatable {
        /// All of them.
        case collection

        /// The one with this id.
        case item(Int)
    }

    /// The request.
    let request: DemoRequest

    /// What its path names.
    let target: Target

    /// The query.
    var query: QueryReader { QueryReader(request.query) }

    /// The JSON object in the body.
    ///
    /// - Parameter names: The members that the document declares; any other is refused.
    func fields(_ names: [String]) throws(Refusal) -> FieldReader {
        // RFC 9110 §8.3: parameters of the media type do not change what it is.
        let mediaType = request.header("content-type")?.split(separator: ";").first?.lowercased()
        guard mediaType?.filter({ $0 != " " }) == "application/json" else {
            throw Refusal(status: 415, message: "The content has to be application/json.")
        }
        let document: JSONDocument
        do throws(JSONSyntaxError) {
            document = try JSONDocument(parsing: SourceFile(path: "body", bytes: request.body), limits: .traffic)
        } catch {
            throw .badRequest("The content is not JSON: \(error.message)")
        }
        return try FieldReader(document.root, "The content", names: names)
    }
}
