import HTTPExchanges
import NIOCore
import SecureTransport
import SocketTransport

/// A connection that was accepted and of which it is not known yet what it speaks, or for whom.
///
/// | listener | waits for | then |
/// |---|---|---|
/// | behind a proxy | the PROXY header, from a peer that may send one | one of the rows below |
/// | encrypted | the handshake | what ALPN says; HTTP/1.1 where it says nothing |
/// | clear, HTTP/2 among others | the first bytes | HTTP/2 if they are its preface, else HTTP/1.1 |
///
/// All of it together has one ``ServingLimits/greetingTimeout``. A listener in the clear that speaks one protocol only has
/// no use for this: its connections begin at once.
final class IncomingConnection: ByteStreamHandler, DeadlineOwner, ServerConnection {
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
    /// Whether the connection is to end behind its first reply.
    private var isDraining = false
    /// Whether the bytes that come are those of a PROXY header.
    private var awaitsProxyHeader = false
    /// What is known of the other end; nil where its address is all.
    private var peer: ConnectionPeer?
    /// Its place among the listener's connections; nil where they are not counted.
    private let place: ConnectionPlace?

    /// A connection over `socket`.
    private init(
        _ socket: StreamSocket, protocols: ListenerProtocols, loop: ExchangeLoop, limits: ServingLimits,
        provider: any ExchangeResponderProvider, registry: ConnectionRegistry, place: ConnectionPlace?
    ) {
        self.place = place
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
        provider: any ExchangeResponderProvider, registry: ConnectionRegistry, gate: ConnectionGate
    ) throws {
        var place: ConnectionPlace?
        if protocols.quota.isCounting {
            place = ConnectionPlace(gate, protocols.quota)
            guard place != nil else { return refuse(socket, loop) }
            socket.companion = place
        }
        let incoming = IncomingConnection(
            socket, protocols: protocols, loop: loop, limits: limits, provider: provider, registry: registry,
            place: place)
        if protocols.trustedProxies.isEmpty, !protocols.expectsProxyHeader, protocols.quota.perAddress == nil {
            return try incoming.proceed()
        }
        try incoming.meet()
    }

    /// Closes a connection for which there is no room.
    static func refuse(_ socket: StreamSocket, _ loop: ExchangeLoop) {
        loop.refusedConnections &+= 1
        socket.close()
    }

    /// Goes on behind the PROXY header, or without one; `rest` has come already.
    private func proceed(with rest: ByteBuffer? = nil) throws {
        if let identity = protocols.identity {
            try shakeHands(identity, with: rest)
        } else if protocols.http1, protocols.http2 {
            try wait()
            if let rest { received(rest) }
        } else {
            settle()
            let connection = try begin(over: socket, isSecure: false, speaksHTTP2: protocols.http2)
            if let rest { connection.received(rest) }
        }
    }

    /// The connection, begun.
    private func begin(
        over stream: any ByteStream, isSecure: Bool, speaksHTTP2: Bool
    ) throws -> any ByteStreamHandler {
        guard speaksHTTP2 else {
            let connection = HTTP1ServerConnection(
                stream, isSecure: isSecure, peer: peer, loop: loop, limits: limits, provider: provider,
                registry: registry)
            try connection.start()
            if isDraining { connection.drain() }
            return connection
        }
        let connection = HTTP2ServerConnection(
            stream, isSecure: isSecure, offersWebSockets: protocols.webSockets, peer: peer, loop: loop, limits: limits,
            provider: provider, registry: registry)
        try connection.start()
        if isDraining { connection.drain() }
        return connection
    }

    // MARK: Waiting

    /// Counts as open while it waits, for a limited time.
    private func enlist() {
        guard slot < 0 else { return }
        slot = loop.deadlines.register(self)
        loop.deadlines.set(slot, to: .now() + limits.greetingTimeout)
        registry.insert(self)
        loop.openConnections += 1
    }

    /// Waits no more.
    private func settle() {
        guard !isSettled else { return }
        isSettled = true
        guard slot >= 0 else { return }
        loop.deadlines.unregister(slot)
        registry.remove(self)
        loop.openConnections -= 1
    }

    private func shakeHands(_ identity: ServerIdentity, with rest: ByteBuffer?) throws {
        enlist()
        let secure = SecureStream(over: socket, loop: loop.eventLoop)
        do {
            try secure.accept(identity) { [self] outcome in
                guard !isSettled else { return }
                settle()
                // A handshake that fails has been answered by its alert.
                guard case .established(let agreed) = outcome else { return }
                if identity.asksForCertificates { meetHolder(of: secure) }
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
        if let rest { secure.received(rest) }
    }

    /// Notes what the client's certificate says of it. One that cannot be read says nothing.
    private func meetHolder(of secure: SecureStream) {
        guard let shown = secure.peerCertificate,
            let certificate = ClientCertificate(der: shown.bytes, notAfter: shown.notAfter)
        else { return }
        peer = (peer ?? ConnectionPeer(address: socket.clientAddress)).showing(certificate)
    }

    private func wait() throws {
        enlist()
        do {
            try socket.start(self)
        } catch {
            settle()
            throw error
        }
    }

    // MARK: The proxy before

    /// Finds out who has connected, and waits for what it says of its client where it has to say it.
    private func meet() throws {
        let address = socket.clientAddress
        peer = ConnectionPeer(address: address, proxies: protocols.trustedProxies)
        guard protocols.expectsProxyHeader else {
            guard hasRoom(for: address) else { return Self.refuse(socket, loop) }
            return try proceed()
        }
        // A Unix domain socket has no addresses: who may open its file is the system's to say.
        guard peer?.isTrustedProxy == true || address.bytes.isEmpty else { return Self.refuse(socket, loop) }
        awaitsProxyHeader = true
        try wait()
    }

    /// Whether a client may have one more connection. A trusted proxy's are those of many clients.
    private func hasRoom(for address: ClientAddress) -> Bool {
        peer?.isTrustedProxy == true || place?.count(for: address) != false
    }

    private func takeProxyHeader(_ bytes: ByteBuffer) {
        var all = bytes
        switch all.withUnsafeReadableBytes(ProxyHeader.parse) {
        case .incomplete: pending = all
        case .malformed: socket.close()
        case .complete(let consumed, let source):
            awaitsProxyHeader = false
            pending = nil
            all.moveReaderIndex(forwardBy: consumed)
            if case .client(let address) = source {
                peer = ConnectionPeer(address: address, proxies: protocols.trustedProxies)
                guard hasRoom(for: address) else { return Self.refuse(socket, loop) }
            }
            do {
                try proceed(with: all.readableBytes > 0 ? all : nil)
            } catch {
                settle()
                socket.close()
            }
        }
    }

    // MARK: The first bytes

    func received(_ bytes: ByteBuffer) {
        loop.readClock()
        var all = pending ?? ByteBuffer()
        if pending == nil { all = bytes } else { all.writeImmutableBuffer(bytes) }
        if awaitsProxyHeader { takeProxyHeader(all) } else { takePreface(all) }
    }

    private func takePreface(_ all: ByteBuffer) {
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
        isDraining = true
        loop.deadlines.set(slot, to: .now() + .seconds(1))
    }
}

extension ByteStream {
    /// The address of the socket's other end; without bytes where it has none.
    var clientAddress: ClientAddress { ClientAddress(Array((peerAddress?.ipAddress ?? "").utf8)) }
}
