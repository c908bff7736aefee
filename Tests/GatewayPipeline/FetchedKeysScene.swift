import GatewaySettings
import GatewayTelemetry
import HTTPServing
import JSONDocuments
import NIOCore
import SourceDiagnostics
import TestSupport

@testable import GatewayPipeline

/// A gateway in this process whose tokens' keys come from an issuer: `GET /a`, `POST /json` (gathered and checked) and
/// `POST /raw` (streamed) need a token, `GET /open` needs none but refuses a bad one, `GET /free` asks for nothing.
final class FetchedKeysScene {
    /// The service behind the gateway.
    let backend: RecordingBackend
    /// The counters.
    let metrics = MetricsRegistry(workers: 1)
    private let gateway: Gateway
    private let folder: TemporaryFolder
    /// The port of the gateway.
    let port: Int
    private let adminPort: Int
    private var isStopped = false

    /// The gateway does not start, and why.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private static let document = """
        openapi: 3.1.0
        info: { title: keys, version: '1' }
        security: [{ token: [] }]
        components: { securitySchemes: { token: { type: http, scheme: bearer } } }
        paths:
          /a: { get: { operationId: a, responses: { '200': { description: fine } } } }
          /open:
            get: { operationId: open, security: [{ token: [] }, {}], responses: { '200': { description: fine } } }
          /free: { get: { operationId: free, security: [], responses: { '200': { description: fine } } } }
          /json:
            post:
              operationId: json
              requestBody:
                required: true
                content: { application/json: { schema: { type: object, required: [n], properties: { n: { type: integer } } } } }
              responses: { '200': { description: fine } }
          /raw:
            post:
              operationId: raw
              requestBody: { required: true, content: { application/octet-stream: {} } }
              responses: { '200': { description: fine } }
        """

    /// Starts a gateway.
    ///
    /// - Parameters:
    ///   - jwks: the URL of the keys.
    ///   - more: further keys of the policy, each with a comma before it.
    ///   - timeout: time of an exchange.
    init(jwks: String, more: String = "", timeout: String = "30s") async throws {
        backend = try RecordingBackend()
        folder = try TemporaryFolder([
            "routes/all.yaml": """
            version: 1
            gateway: { workers: 1, defaults: { timeout: \(timeout), validation: { responses: skip } } }
            upstreams: { u: { targets: [http://127.0.0.1:\(backend.port)] } }
            policies: { customer: { jwt: { issuer: https://id.test/, jwks: "\(jwks)", audiences: [shop]\(more) } } }
            apis: { keys: { spec: ../specs/keys.yaml, mount: /, upstream: u, security: { token: customer } } }
            """,
            "specs/keys.yaml": Self.document, "ca.pem": TestCertificates.authority,
        ])
        let outcome = SnapshotBuilder.load(routes: folder.file("routes"), metrics: metrics)
        guard let snapshot = outcome.snapshot else {
            throw Failure(description: outcome.diagnostics.map(\.message).joined(separator: "\n"))
        }
        var configuration = Gateway.Configuration()
        configuration.listeners = [ListenerPlan(name: "public", address: .tcp(host: "127.0.0.1", port: 0))]
        configuration.admin = .tcp(host: "127.0.0.1", port: 0)
        gateway = try await Gateway.start(
            configuration, snapshot: snapshot.resolvingNames(), metrics: metrics,
            report: AdminReport(routes: [], configuration: []))
        port = gateway.listeners.first?.listener.address.port ?? 0
        adminPort = gateway.admin?.address.port ?? 0
    }

    /// Ends the gateway; once is enough.
    func stop() async {
        guard !isStopped else { return }
        isStopped = true
        await gateway.stop()
    }

    /// A reply on a connection of its own.
    func get(_ path: String = "/a", token: String?) throws -> HTTPClient.Reply {
        try HTTPClient.send("GET \(path)", to: port, fields: token.map { ["Authorization: Bearer \($0)"] } ?? [])
    }

    /// The status and the outcome's effect on the client in one word: `200`, `401 invalid_token`, `503 after 1`.
    func verdict(_ path: String = "/a", token: String?) throws -> String {
        let reply = try get(path, token: token)
        if reply.status == 401 {
            let isInvalid = reply.fields["WWW-Authenticate"]?.contains("invalid_token") ?? false
            return isInvalid ? "401 invalid_token" : "401"
        }
        return reply.status == 503 && reply.fields["Retry-After"] != nil ? "503 with Retry-After" : "\(reply.status)"
    }

    /// A connection with a request on its way whose reply is not read yet.
    func send(_ request: String) throws -> HTTPClient {
        let client = try HTTPClient(port: port)
        try client.send(request)
        return client
    }

    /// The text of an admin resource.
    func admin(_ path: String) throws -> String { try HTTPClient.send("GET \(path)", to: adminPort).text }

    /// The state of the key set.
    var keySet: KeySetMetrics.Row? { metrics.keySets.all.first }

    /// Waits until the first fetch is over.
    func settle() -> Bool { Clock.poll(for: 20) { !(self.keySet?.fetches.isEmpty ?? true) } }

    /// Waits until so many requests have begun to wait for keys.
    func waits(_ count: UInt64) -> Bool { Clock.poll(for: 20) { self.keySet?.waits == count } }
}
