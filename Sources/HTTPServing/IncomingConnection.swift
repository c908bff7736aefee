import HTTPExchanges
import NIOCore
import SecureTransport
import SocketTransport

/// A connection that was accepted and of which it is not known yet what it speaks.
///
/// | listener | waits for | then |
/// |---|---|---|
/// | encrypted | the handshake | what ALPN says; HTTP/1.1 where it says nothing |
/// | clear, HTTP/2 among others | the first bytes | HTTP/2 if they are its preface, else HTTP/1.1 |
///
/// A listener in the clear that speaks one protocol only has no use for this: its connections begin at once.
final class IncomingConnection: StreamSocketHandler, DeadlineOwner, ServerConnection {
    /// What a client of HTTP/2 says first (RFC 9113 §3.4).
    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    private let socket: StreamSocket
    private let protocols: ListenerProtocols
    private let loop: ExchangeLoop
    private let limits: ServingLimits
    private let provider: any ExchangeResponderProvider
    private let registry: ConnectionRegistry
    private var slot = -1
    private var pending: ByteBuffer?
    private var isSettled = false

    /// A connection over `socket`.
    private init(
        _ socket: StreamSocket, protocols: ListenerProtocols, loop: ExchangeLoop, limits: ServingLimits,
        provider: any ExchangeResponderProvider, registry: ConnectionRegistry
    ) {
        self.socket = socket
        self.protocols = protocols
        self.loop = loop
        self.limits = limits
        self.provider = provider
        self.registry = registry
    }

    /// Serves the connection over `socket`.
    ///
    /// - Throws: the system's error when the socket cannot be watched; it is closed then.
    static func serve(
        _ socket: StreamSocket, protocols: ListenerProtocols, loop: ExchangeLoop, limits: ServingLimits,
        provider: any ExchangeResponderProvider, registry: ConnectionRegistry
    ) throws {
        let incoming = IncomingConnection(
            socket, protocols: protocols, loop: loop, limits: limits, provider: provider, registry: registry)
        if let identity = protocols.identity {
            try incoming.shakeHands(identity)
        } else if protocols.http1, protocols.http2 {
            try incoming.wait(on: socket)
        } else {
            _ = try incoming.begin(over: socket, isSecure: false, speaksHTTP2: protocols.http2)
        }
    }

    /// The connection, begun.
    private func begin(
        over stream: any ByteStream, isSecure: Bool, speaksHTTP2: Bool
    ) throws -> any StreamSocketHandler {
        guard speaksHTTP2 else {
            let connection = HTTP1ServerConnection(
                stream, isSecure: isSecure, loop: loop, limits: limits, provider: provider, registry: registry)
            try connection.start()
            return connection
        }
        let connection = HTTP2ServerConnection(
            stream, isSecure: isSecure, offersWebSockets: protocols.webSockets, loop: loop, limits: limits,
            provider: provider, registry: registry)
        try connection.start()
        return connection
    }

    // MARK: Waiting

    /// Counts as open while it waits, for a limited time.
    private func enlist() {
        slot = loop.deadlines.register(self)
        loop.deadlines.set(slot, to: .now() + limits.greetingTimeout)
        registry.insert(self)
        loop.openConnections += 1
    }

    /// Waits no more.
    private func settle() {
        guard !isSettled else { return }
        isSettled = true
        loop.deadlines.unregister(slot)
        registry.remove(self)
        loop.openConnections -= 1
    }

    private func shakeHands(_ identity: ServerIdentity) throws {
        enlist()
        let secure = SecureStream(over: socket, loop: loop.eventLoop)
        do {
            try secure.accept(identity) { [self] outcome in
                guard !isSettled else { return }
                settle()
                // A handshake that fails has been answered by its alert.
                guard case .established(let agreed) = outcome else { return }
                do {
                    _ = try begin(
                        over: secure, isSecure: true, speaksHTTP2: agreed == "h2" || !protocols.http1)
                } catch {
                    secure.close()
                }
            }
        } catch {
            settle()
            throw error
        }
    }

    private func wait(on socket: StreamSocket) throws {
        enlist()
        do {
            try socket.start(self)
        } catch {
            settle()
            throw error
        }
    }

    // MARK: The first bytes

    func received(_ bytes: ByteBuffer) {
        loop.readClock()
        var all = pending ?? ByteBuffer()
        if pending == nil { all = bytes } else { all.writeImmutableBuffer(bytes) }
        let count = min(all.readableBytes, Self.preface.count)
        let speaksHTTP2 = all.readableBytesView.prefix(count).elementsEqual(Self.preface.prefix(count))
        guard !speaksHTTP2 || count == Self.preface.count else {
            pending = all
            return
        }
        settle()
        do {
            try begin(over: socket, isSecure: false, speaksHTTP2: speaksHTTP2).received(all)
        } catch {
            socket.close()
        }
    }

    func socketIsWritable() {}

    func socketClosed(hasFailed: Bool) { settle() }

    func deadlinePassed(now: NIODeadline) {
        settle()
        socket.close()
    }

    /// Nothing has been asked yet.
    func drain() {
        loop.deadlines.set(slot, to: .now() + .seconds(1))
    }
}
