/// A small backend that lives in the gateway's own process, so that the example needs nothing else.
///
/// A service is pure logic over memory: a request goes in, a reply comes out, no sockets and no clock of its own. It
/// keeps the contract of its document in specs/, and it checks what it is sent as a real service would, whoever is in
/// front of it. Calls may come from any thread; one lock for each service keeps its store whole.
package protocol DemoService: Sendable {
    /// The name: the one of its document, its upstream and its first path segment.
    var name: String { get }

    /// The loopback port that routes/shop.yaml expects it on.
    var port: Int { get }

    /// How many requests came so far, health checks aside.
    ///
    /// A test reads it to show that a request which the gateway refused never arrived.
    var requestCount: Int { get }

    /// Answers one request.
    func respond(to request: DemoRequest) -> DemoResponse
}
