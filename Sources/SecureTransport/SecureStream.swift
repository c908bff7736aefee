import NIOCore
import NIOSSL
import NIOTLS
import SocketTransport

/// TLS over a stream (RFC 8446, RFC 5246): plain bytes on the one side, records on the other.
///
/// | state | event | next |
/// |---|---|---|
/// | shaking hands | done | open; the one who waits hears of it and starts the stream for a handler |
/// | shaking hands | failed, or the peer is gone | closed; the one who waits hears of it |
/// | open | bytes | handed over |
/// | open | close_notify | closed |
/// | open | the peer's end without close_notify | closed, failed: somebody may have cut it off (RFC 8446 §6.1) |
/// | open | `closeOutput` | close_notify behind what is queued; still reading |
package final class SecureStream: ByteStream, ByteStreamHandler, PipelineOwner {
    /// How a handshake ended.
    package enum Handshake {
        /// The peer is who it says, and speaks this protocol (RFC 7301), if one was agreed on.
        case established(protocol: String?)
        /// There will be no connection; the reason is for people.
        case failed(String)
    }

    private let stream: any ByteStream
    package var mayHaveMore: Bool { stream.mayHaveMore }
    package func setReadsShort(_ isShort: Bool) { stream.setReadsShort(isShort) }
    private let loop: SocketLoop
    private var channel: PipelineChannel?
    private var handler: (any ByteStreamHandler)?
    private var waiting: ((Handshake) -> Void)?
    private var failure: (any Error)?
    private var tls: NIOSSLHandler?
    private var isClosing = false

    /// TLS over `stream`, on its loop.
    package init(over stream: any ByteStream, loop: SocketLoop) {
        self.stream = stream
        self.loop = loop
    }

    /// Shakes hands as a server; `outcome` is called once, never before this call returns.
    ///
    /// - Throws: the system's error when the stream cannot be watched; it is closed then.
    package func accept(_ identity: ServerIdentity, outcome: @escaping (Handshake) -> Void) throws {
        try shakeHands(NIOSSLServerHandler(context: identity.context), outcome: outcome)
    }

    /// Shakes hands as a client with the server `name`; `outcome` is called once, never before this call returns.
    ///
    /// - Throws: that the name cannot be asked for, or the system's error; the stream is closed then.
    package func connect(
        _ trust: ClientTrust, to name: String?, outcome: @escaping (Handshake) -> Void
    ) throws {
        do {
            // The handler would also take a certificate for the address that we happen to have reached. Whoever asks for a
            // name wants that name (RFC 6125 §6.2.1), so the handler gets to know no address.
            let nowhere = try name.map { _ in try SocketAddress(unixDomainSocketPath: "/") }
            try shakeHands(
                NIOSSLClientHandler(context: trust.context, serverHostname: name), address: nowhere, outcome: outcome)
        } catch {
            stream.close()
            throw error
        }
    }

    private func shakeHands(
        _ tls: NIOSSLHandler, address: SocketAddress? = nil, outcome: @escaping (Handshake) -> Void
    ) throws {
        try stream.start(self)
        let channel = PipelineChannel(over: stream, loop: loop, owner: self, address: address)
        self.channel = channel
        self.tls = tls
        waiting = outcome
        try channel.start([tls])
    }

    /// The peer's certificate (DER), and the seconds since 1970 until which it is valid; nil where it has shown none.
    package var peerCertificate: (bytes: [UInt8], notAfter: Int64)? {
        guard let certificate = tls?.peerCertificate, let bytes = try? certificate.toDERBytes() else { return nil }
        return (bytes, Int64(certificate.notValidAfter))
    }

    /// Ends the handshake, one way or the other.
    private func settle(_ handshake: Handshake) {
        guard let outcome = waiting else { return }
        waiting = nil
        outcome(handshake)
    }

    // MARK: The stream below

    package func received(_ bytes: ByteBuffer) { channel?.receive(bytes) }

    package func socketIsWritable() {
        channel?.writabilityChanged()
        handler?.socketIsWritable()
    }

    package func socketClosed(hasFailed: Bool) {
        // First TLS says what it thinks of that end, then the handler hears of it.
        channel?.end()
        channel = nil
        tls = nil
        settle(.failed(failure.map { "\($0)" } ?? "the peer has closed the connection"))
        let last = handler
        handler = nil
        last?.socketClosed(hasFailed: hasFailed || failure != nil)
    }

    // MARK: What TLS makes of it

    package func pipelineRead(_ data: NIOAny) {
        guard let bytes = channel?.tryUnwrapData(data, as: ByteBuffer.self) else { return }
        handler?.received(bytes)
    }

    package func pipelineFailed(_ error: any Error) {
        // Whoever closes does not wait for the peer's farewell.
        guard !isClosing else { return }
        failure = failure ?? error
        settle(.failed("\(error)"))
        // The handler has put its alert out; whatever else it says is of a connection that is over.
        stream.close()
    }

    package func pipelineEvent(_ event: Any) {
        if case .handshakeCompleted(let negotiated)? = event as? TLSUserEvent {
            settle(.established(protocol: negotiated))
        }
    }

    package func pipelineCloses(_ mode: CloseMode) {
        switch mode {
        case .output: stream.closeOutput()
        case .input: break
        case .all: stream.close()
        }
    }

    // MARK: ByteStream

    package var isOpen: Bool { stream.isOpen }
    package var isWritable: Bool { stream.isWritable }
    package var peerAddress: SocketAddress? { stream.peerAddress }

    package func start(_ handler: any ByteStreamHandler) throws { self.handler = handler }

    package func setReading(_ reads: Bool) { stream.setReading(reads) }

    package func write(_ buffer: ByteBuffer, isFollowed: Bool) {
        guard let channel else { return }
        channel.pipeline.syncOperations.write(NIOAny(buffer), promise: nil)
        if !isFollowed { channel.pipeline.syncOperations.flush() }
    }

    package func whenFlushed(_ action: @escaping () -> Void) { stream.whenFlushed(action) }

    package func closeOutput() { channel?.pipeline.syncOperations.close(mode: .output, promise: nil) }

    package func close() {
        guard stream.isOpen else { return }
        isClosing = true
        // A peer that knows the end for an orderly one needs not wonder (RFC 8446 §6.1).
        closeOutput()
        stream.close()
    }

    package func reset() { stream.reset() }
}
