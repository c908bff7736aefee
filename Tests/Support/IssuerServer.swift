import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A small HTTP server of an issuer of tokens: answers every request with what a test has set, by http or https.
package final class IssuerServer: Sendable {
    /// A certificate with its key, both in PEM.
    package struct Identity: Sendable {
        let certificate: String
        let key: String

        /// For `localhost` and 127.0.0.1.
        package static let localhost = Identity(
            certificate: TestCertificates.localhost, key: TestCertificates.localhostKey)
        /// For another name.
        package static let stranger = Identity(
            certificate: TestCertificates.stranger, key: TestCertificates.strangerKey)
    }

    /// What all connections share.
    private struct State {
        var reply: String
        var requests: [String] = []
        var isHolding = false
        var held: [any Channel] = []
    }

    /// The state, apart from the server, so that connections do not hold it.
    private final class Shared: Sendable {
        let state: Mutex<State>

        init(_ reply: String) { state = Mutex(State(reply: reply)) }
    }

    /// The port on 127.0.0.1.
    package let port: Int
    private let shared: Shared
    private let listener: any Channel

    /// Starts a server.
    ///
    /// - Parameters:
    ///   - port: 0 lets the system choose.
    ///   - identity: for https; nil for http.
    ///   - reply: the whole message that every request is answered with; the connection ends behind it.
    package init(port: Int = 0, identity: Identity? = nil, reply: String) async throws {
        let shared = Shared(reply)
        self.shared = shared
        var security: NIOSSLContext?
        if let identity {
            let chain = try NIOSSLCertificate.fromPEMBytes(Array(identity.certificate.utf8))
            let key = try NIOSSLPrivateKey(bytes: Array(identity.key.utf8), format: .pem)
            security = try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key)))
        }
        listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { [security] channel in
                channel.eventLoop.makeCompletedFuture {
                    if let security {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: security))
                    }
                    try channel.pipeline.syncOperations.addHandler(Connection(shared))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        self.port = listener.localAddress?.port ?? 0
    }

    deinit { listener.close(promise: nil) }

    /// Ends the listener; the port is free when this returns.
    package func stop() async { try? await listener.close().get() }

    /// The heads of the requests so far.
    package var requests: [String] { shared.state.withLock(\.requests) }

    /// Sets what requests are answered with from now on.
    package func answer(with reply: String) { shared.state.withLock { $0.reply = reply } }

    /// Lets requests wait from now on.
    package func hold() { shared.state.withLock { $0.isHolding = true } }

    /// Answers the requests that wait, and all further ones at once.
    package func release() {
        let (channels, reply) = shared.state.withLock { state in
            state.isHolding = false
            defer { state.held = [] }
            return (state.held, state.reply)
        }
        for channel in channels { Self.send(reply, on: channel) }
    }

    /// A reply of status 200 with a key set.
    package static func keys(_ keys: [String], fields: String = "") -> String {
        json(#"{"keys":[\#(keys.joined(separator: ","))]}"#, fields: fields)
    }

    /// A reply of status 200 with JSON; `fields` are further lines, each with its CR LF.
    package static func json(_ text: String, fields: String = "") -> String {
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\(fields)Content-Length: \(text.utf8.count)\r\n\r\n\(text)"
    }

    private static func send(_ reply: String, on channel: any Channel) {
        channel.writeAndFlush(ByteBuffer(string: reply)).whenComplete { _ in channel.close(promise: nil) }
    }

    /// One connection: a head comes, and the reply goes.
    private final class Connection: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let shared: Shared
        private var received = ""

        init(_ shared: Shared) { self.shared = shared }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += String(buffer: unwrapInboundIn(data))
            guard received.hasSuffix("\r\n\r\n") else { return }
            let (head, channel) = (received, context.channel)
            received = ""
            let reply = shared.state.withLock { state -> String? in
                state.requests.append(head)
                if state.isHolding { state.held.append(channel) }
                return state.isHolding ? nil : state.reply
            }
            if let reply { IssuerServer.send(reply, on: channel) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
