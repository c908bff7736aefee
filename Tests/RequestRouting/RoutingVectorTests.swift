import Foundation
import RequestRouting
import Testing

@Suite(
    "Routing vectors of the contract corpus",
    .enabled(if: RoutingVector.all != nil, "the corpora are absent: set LINTEL_CORPORA"))
struct RoutingVectorTests {
    @Test(
        "every vector's request reaches the operation, or the refusal, that it names",
        arguments: RoutingVector.all ?? [])
    func vector(vector: RoutingVector) {
        let table = RoutingTable(vector.lines)
        #expect(table.codes.isEmpty)
        guard let path = vector.path else { return }
        let canonical = Canonical(path)
        guard let text = canonical.text else {
            #expect(vector.statuses.contains(400), "\(canonical.outcome)")
            return
        }
        let answer = table.answer("\(vector.method) \(path)")
        switch answer.prefix(3) {
        case "404": #expect(vector.statuses.contains(404))
        case "405":
            #expect(vector.statuses.contains(405))
            for method in vector.allow { #expect(answer.contains(method)) }
        default:
            #expect(!vector.statuses.contains(404) || vector.statuses.contains(200), "\(answer)")
            #expect(vector.statuses.first != 405)
            if let forwarded = vector.forwardedPath { #expect(text == forwarded) }
        }
    }

    @Test("the corpus has vectors of both areas")
    func count() {
        #expect((RoutingVector.all ?? []).count > 60)
    }
}

/// One case of the areas `routing` and `path`, as far as routing is concerned.
struct RoutingVector: Sendable, CustomTestStringConvertible {
    /// The name of the case.
    let id: String

    /// The operations of its document.
    let lines: [String]

    /// The method of its request.
    let method: String

    /// The path of its request; nil if the target is no path.
    let path: String?

    /// The statuses that are right.
    let statuses: [Int]

    /// The methods that `Allow` has to name.
    let allow: [String]

    /// The path that the upstream has to see.
    let forwardedPath: String?

    var testDescription: String { id }

    /// All cases, nil where the corpora are absent.
    static let all: [RoutingVector]? = read()

    /// Reads the corpus: `LINTEL_CORPORA`, or `shared/corpora` beside the package.
    private static func read() -> [RoutingVector]? {
        let root: URL
        if let path = ProcessInfo.processInfo.environment["LINTEL_CORPORA"] {
            root = URL(filePath: path)
        } else {
            root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../shared/corpora")
        }
        guard let text = try? String(contentsOf: root.appending(path: "contract/vectors.jsonl"), encoding: .utf8) else {
            return nil
        }
        return text.split(separator: "\n").compactMap { RoutingVector(line: String($0)) }
    }

    /// Reads a line of the corpus; nil if it is of another area.
    private init?(line: String) {
        guard let object = (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any],
            let id = object["id"] as? String, let area = object["area"] as? String, ["routing", "path"].contains(area),
            let spec = object["spec"] as? [String: Any], let request = object["request"] as? [String: Any],
            let expect = object["expect"] as? [String: Any], let paths = spec["paths"] as? [String: [String: Any]],
            let method = request["method"] as? String, let target = request["target"] as? String,
            let status = expect["status"] as? Int
        else { return nil }
        self.id = id
        self.method = method
        let known = ["get", "head", "post", "put", "patch", "delete", "options", "trace", "query"]
        lines = paths.flatMap { template, item in
            item.keys.filter(known.contains).map { "\($0.uppercased()) \(template)" }
                + ((item["additionalOperations"] as? [String: Any]) ?? [:]).keys.map { "\($0) \(template)" }
        }
        let origin = target.replacing("http://__HOST__", with: "")
        path = origin.split(separator: "?", omittingEmptySubsequences: false).first.map(String.init)
        statuses = [status] + ((expect["orStatus"] as? [Int]) ?? [])
        allow = (expect["allow"] as? [String]) ?? []
        forwardedPath = (expect["forwardedTarget"] as? String)?.split(separator: "?").first.map(String.init)
    }
}
