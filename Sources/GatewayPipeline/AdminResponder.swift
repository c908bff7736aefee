import DocumentationPortal
import GatewayTelemetry
import HTTPExchanges
import NIOCore

/// What the admin listener tells of the snapshot that serves, rendered when it was built.
package struct AdminReport: Sendable {
    /// The route table as JSON.
    package var routes: [UInt8]
    /// The snapshot: hash, files, effective settings without secrets, as JSON.
    package var configuration: [UInt8]

    /// A report of these texts.
    package init(routes: [UInt8], configuration: [UInt8]) {
        self.routes = routes
        self.configuration = configuration
    }
}

/// What the admin listener shows, exchanged as a whole when another snapshot serves.
struct AdminView {
    /// Texts about the snapshot.
    let report: AdminReport
    /// The documentation.
    let pages: DocumentationPortal?
    /// Who knows how operations fare.
    let insights: InsightKeeper?
    /// Purges the store.
    let purge: CachePurge
}

/// Gives admin connections of one loop their responders.
final class AdminResponderProvider: ExchangeResponderProvider {
    private let loop: ExchangeLoop
    private let metrics: MetricsRegistry
    private let readiness: Readiness
    /// What is shown at the moment.
    var view: AdminView
    private var requestIDs = RequestIDGenerator()

    /// Makes the id of a reply.
    fileprivate func makeRequestID() -> [UInt8] { Array(requestIDs.next().text.utf8) }

    /// Responders on `loop`.
    init(
        loop: ExchangeLoop, metrics: MetricsRegistry, readiness: Readiness, view: AdminView
    ) {
        self.loop = loop
        self.metrics = metrics
        self.readiness = readiness
        self.view = view
    }

    /// The page of the documentation at a path; here always with how operations fare. Nil for other paths.
    fileprivate func page(at path: UnsafeRawBufferPointer) -> DocumentationPortal.Resource? {
        guard let pages = view.pages, pages.covers(path) else { return nil }
        return pages.resource(atEncoded: path, insights: view.insights)
    }

    func responder() -> any ExchangeResponder { AdminResponder(provider: self) }

    /// Status, media type and content for a path; nil where there is nothing.
    fileprivate func resource(at path: String) -> (status: Int, type: StaticString, content: [UInt8])? {
        switch path {
        case "/healthz": return (200, "text/plain; charset=utf-8", Array("ok\n".utf8))
        case "/readyz":
            return readiness.isReady
                ? (200, "text/plain; charset=utf-8", Array("ready\n".utf8))
                : (503, "text/plain; charset=utf-8", Array("not ready\n".utf8))
        case "/metrics":
            var text = PrometheusText()
            metrics.render(into: &text)
            return (200, "text/plain; version=0.0.4; charset=utf-8", text.bytes)
        case "/routes": return (200, "application/json", view.report.routes)
        case "/keys": return (200, "application/json", KeySetListing(metrics.keySets.all).json)
        case "/upstreams": return (200, "application/json", UpstreamListing(metrics.endpoints.all).json)
        case "/samples": return (200, "application/json", metrics.samples.json)
        case "/cache": return (200, "application/json", view.purge.statistics)
        case "/config": return (200, "application/json", view.report.configuration)
        default: return nil
        }
    }

    /// The paths, for a reply to an unknown one.
    fileprivate static let paths =
        "/healthz, /readyz, /metrics, /samples, /routes, /upstreams, /keys, /cache, /config and the documentation"
}

/// Answers one request on the admin listener: health, readiness, metrics, routes, settings; purges the store.
final class AdminResponder: ExchangeResponder {
    private let provider: AdminResponderProvider
    /// A request to purge whose content is coming.
    private var purging: (client: any ExchangeClient, content: ByteBuffer)?

    /// A responder of `provider`.
    init(provider: AdminResponderProvider) { self.provider = provider }

    func begin(_ head: RequestHead, client: any ExchangeClient) {
        if head.target.elementsEqual("/cache/purge".utf8) { return beginPurge(head, client: client) }
        guard head.method.isMethod("GET") || head.method.isMethod("HEAD") else {
            return reply(
                ProblemDocument(
                    status: 405, title: "Method Not Allowed", detail: "The admin endpoints are read with GET."),
                to: client, allow: "GET, HEAD")
        }
        let target = head.target.prefix { $0 != UInt8(ascii: "?") }
        if let page = provider.page(at: UnsafeRawBufferPointer(rebasing: target)) { return send(page, to: client) }
        let path = String(decoding: target, as: UTF8.self)
        guard let resource = provider.resource(at: path) else {
            return reply(
                ProblemDocument(
                    status: 404, title: "Not Found", detail: "The admin endpoints are \(AdminResponderProvider.paths)."),
                to: client)
        }
        send(resource.status, type: resource.type, resource.content, to: client)
    }

    /// Takes `POST /cache/purge`.
    private func beginPurge(_ head: RequestHead, client: any ExchangeClient) {
        guard head.method.isMethod("POST") else {
            return reply(
                ProblemDocument(status: 405, title: "Method Not Allowed", detail: "The store is purged with POST."),
                to: client, allow: "POST")
        }
        purging = (client, ByteBuffer())
        client.sendContinue()
    }

    func content(_ bytes: ByteBuffer) {
        guard let (client, gathered) = purging else { return }
        purging = nil
        guard gathered.readableBytes + bytes.readableBytes <= CachePurge.contentLimit else {
            return reply(
                ProblemDocument(status: 413, title: "Content Too Large", detail: "The request is larger than 64 KiB."),
                to: client)
        }
        var content = gathered
        content.writeImmutableBuffer(bytes)
        purging = (client, content)
    }

    func contentEnded(trailers: [UInt8]) {
        guard let (client, content) = purging else { return }
        purging = nil
        do throws(CachePurge.Refusal) {
            let matched = try provider.view.purge.purge(Array(content.readableBytesView))
            send(200, type: "application/json", Array("{\"matched\":\(matched)}".utf8), to: client)
        } catch {
            reply(ProblemDocument(status: 400, title: "Bad Request", detail: error.detail), to: client)
        }
    }

    func requestFailed(_ failure: ExchangeFailure) { purging = nil }
    func clientWritabilityChanged(_ isWritable: Bool) {}

    func refuse(status: Int, detail: StaticString, client: any ExchangeClient) {
        reply(
            ProblemDocument(status: status, title: "\(ReasonPhrase.standard(status))", detail: "\(detail)"), to: client)
    }

    private func reply(_ problem: ProblemDocument, to client: any ExchangeClient, allow: StaticString? = nil) {
        send(
            problem.status, type: "application/problem+json",
            problem.json(instance: UnsafeRawBufferPointer(start: nil, count: 0)), to: client, allow: allow)
    }

    /// Sends a page of the documentation.
    private func send(_ page: DocumentationPortal.Resource, to client: any ExchangeClient) {
        client.loop.additions.removeAll()
        client.loop.additions.add("Content-Type", Array(page.type.utf8))
        client.loop.additions.add("Cache-Control", "no-store")
        client.loop.additions.add("X-Request-Id", provider.makeRequestID())
        client.loop.additions.add("Date", client.loop.currentDate)
        if let location = page.location { client.loop.additions.add("Location", Array(location.utf8)) }
        client.loop.additions.add("Content-Security-Policy", page.policy)
        for field in DocumentationPortal.securityFields { client.loop.additions.add(field.name, field.value) }
        client.send(
            ResponseHead(
                status: page.status, framing: .length(Int64(page.content.count)),
                statedLength: Int64(page.content.count)),
            content: ByteBuffer(bytes: page.content), isComplete: true)
    }

    private func send(
        _ status: Int, type: StaticString, _ content: [UInt8], to client: any ExchangeClient,
        allow: StaticString? = nil
    ) {
        client.loop.additions.removeAll()
        client.loop.additions.add("Content-Type", type)
        client.loop.additions.add("Cache-Control", "no-store")
        client.loop.additions.add("X-Request-Id", provider.makeRequestID())
        if status == 503 { client.loop.additions.add("Retry-After", "1") }
        client.loop.additions.add("Date", client.loop.currentDate)
        if let allow { client.loop.additions.add("Allow", allow) }
        client.send(
            ResponseHead(
                status: status, framing: .length(Int64(content.count)), statedLength: Int64(content.count)),
            content: ByteBuffer(bytes: content), isComplete: true)
    }
}
