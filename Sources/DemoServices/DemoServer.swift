import HTTPExchanges
import HTTPServing
import NIOCore
import SocketTransport

/// Puts the example's services on their loopback ports, with the gateway's own HTTP engine.
package final class DemoServer: Sendable {
    /// The ports in use, by service name.
    package let ports: [String: Int]
    private let listeners: [Listener]
    private let group: SocketLoopGroup
    private let loop: NIOLoopBound<ExchangeLoop>

    private init(
        ports: [String: Int], listeners: [Listener], group: SocketLoopGroup,
        loop: NIOLoopBound<ExchangeLoop>
    ) {
        self.ports = ports
        self.listeners = listeners
        self.group = group
        self.loop = loop
    }

    /// Starts the services.
    ///
    /// - Parameters:
    ///   - services: what answers.
    ///   - usesOwnPorts: false lets the system choose ports, for tests.
    ///   - clock: seconds since 1970, for `Date`.
    /// - Throws: the system's error when a port cannot be bound.
    package static func start(
        _ services: [any DemoService], usesOwnPorts: Bool = true, clock: @escaping @Sendable () -> Int64
    ) async throws -> DemoServer {
        let group = try SocketLoopGroup(count: 1)
        let eventLoop = group.loops[0]
        let loop = try await eventLoop.submit {
            let loop = ExchangeLoop(eventLoop: eventLoop, fields: 100, wallClock: clock)
            loop.startTicking()
            return NIOLoopBound(loop, eventLoop: eventLoop)
        }.get()
        var listeners: [Listener] = []
        var ports: [String: Int] = [:]
        do {
            for service in services {
                let provider = try await eventLoop.submit {
                    NIOLoopBound(
                        DemoResponderProvider(service: service, loop: loop.value) as any ExchangeResponderProvider,
                        eventLoop: eventLoop)
                }.get()
                let listener = try await Listener.start(
                    on: .tcp(host: "127.0.0.1", port: usesOwnPorts ? service.port : 0), limits: ServingLimits(),
                    seats: [Listener.Seat(loop: loop, provider: provider)])
                listeners.append(listener)
                ports[service.name] = listener.address.port
            }
        } catch {
            for listener in listeners { await listener.stopAccepting() }
            await group.shutdown()
            throw error
        }
        return DemoServer(ports: ports, listeners: listeners, group: group, loop: loop)
    }

    /// Ends the services.
    package func stop() async {
        for listener in listeners { await listener.stopAccepting() }
        try? await loop.eventLoop.submit { self.loop.value.stopTicking() }.get()
        await group.shutdown()
    }
}

/// Gives connections to a service their responders.
private final class DemoResponderProvider: ExchangeResponderProvider {
    private let service: any DemoService
    private let loop: ExchangeLoop

    init(service: any DemoService, loop: ExchangeLoop) {
        self.service = service
        self.loop = loop
    }

    func responder() -> any ExchangeResponder { DemoResponder(service: service) }
}

/// Reads one request whole, asks the service, and writes its reply.
private final class DemoResponder: ExchangeResponder {
    /// Largest content that a service takes, in bytes.
    private static let contentLimit = 1 << 20

    private let service: any DemoService
    private var request = DemoRequest(method: "", path: "/")
    private var client: (any ExchangeClient)?

    init(service: any DemoService) { self.service = service }

    func begin(_ head: RequestHead, client: any ExchangeClient) {
        self.client = client
        let target = String(decoding: head.target, as: UTF8.self)
        let mark = target.firstIndex(of: "?")
        request.method = String(decoding: head.method, as: UTF8.self)
        request.path = String(target[..<(mark ?? target.endIndex)])
        request.query = mark.map { String(target[target.index(after: $0)...]) } ?? ""
        request.headers = (0..<head.table.count).map { index in
            let line = head.table[index]
            return (
                String(decoding: line.name.slice(of: head.bytes), as: UTF8.self),
                String(decoding: line.value.slice(of: head.bytes), as: UTF8.self)
            )
        }
        client.sendContinue()
    }

    func content(_ bytes: ByteBuffer) {
        guard client != nil else { return }
        guard request.body.count + bytes.readableBytes <= Self.contentLimit else {
            return send(DemoResponse(status: 413))
        }
        request.body.append(contentsOf: bytes.readableBytesView)
    }

    func contentEnded(trailers: [UInt8]) { send(service.respond(to: request)) }

    func requestFailed(_ failure: ExchangeFailure) { client = nil }

    func clientWritabilityChanged(_ isWritable: Bool) {}

    func refuse(status: Int, detail: StaticString, client: any ExchangeClient) {
        self.client = client
        send(DemoResponse(status: status))
    }

    private func send(_ response: DemoResponse) {
        guard let client else { return }
        self.client = nil
        client.loop.additions.removeAll()
        for (name, value) in response.headers {
            client.loop.additions.add(name: Array(name.utf8), value: Array(value.utf8))
        }
        client.loop.additions.add("Date", client.loop.currentDate)
        let length = Int64(response.body.count)
        client.send(
            ResponseHead(status: response.status, framing: length > 0 ? .length(length) : .none, statedLength: length),
            content: ByteBuffer(bytes: response.body), isComplete: true)
    }
}
