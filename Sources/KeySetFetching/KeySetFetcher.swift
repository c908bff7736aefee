import HTTPExchanges
import NIOCore
import NIOPosix
import NIOSSL
import TrafficPolicies

/// Fetches the key set of one origin: one GET on a connection of its own (RFC 9110 §9.3.1).
///
/// What and why: issuers rotate keys a few times a year and are asked every few minutes, so there is no pool, no retry
/// (``KeyRotation`` says when to try again) and no redirect (a key set is trusted by its URL). Every wait has one end:
/// the origin's timeout. Names are resolved on another thread.
package struct KeySetFetcher: Sendable {
    private let origin: KeySetOrigin
    /// What secures connections; nil for plain HTTP.
    private let security: NIOSSLContext?

    /// A fetcher. Reads the system's certificates where the origin names none: not for an event loop.
    ///
    /// - Throws: where the certificates of the origin cannot be read.
    package init(_ origin: KeySetOrigin) throws(KeySetFetchFailure) {
        self.origin = origin
        guard origin.isSecure else {
            security = nil
            return
        }
        do {
            // Verification of chain and name is NIOSSL's default for clients (RFC 9110 §4.3.4).
            var configuration = TLSConfiguration.makeClientConfiguration()
            // RFC 9325 §3.1.1: nothing below TLS 1.2.
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            if let authorities = origin.authorities {
                configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(authorities))
            }
            security = try NIOSSLContext(configuration: configuration)
        } catch {
            throw KeySetFetchFailure(.tls, "the certificates to trust cannot be read: \(error)")
        }
    }

    /// Number of certificates in a PEM text; nil where it is none.
    package static func certificateCount(inPEM text: [UInt8]) -> Int? {
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(text) else { return nil }
        return certificates.isEmpty ? nil : certificates.count
    }

    /// Fetches the set on a loop of NIO's own; the future, of `home`, fails with a ``KeySetFetchFailure`` and nothing else.
    package func fetch(for home: any EventLoop) -> EventLoopFuture<KeySetReply> {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.any()
        let promise = eventLoop.makePromise(of: KeySetReply.self)
        let bootstrap = bootstrap(on: eventLoop, promise: promise)
        // An address needs no resolver, and then does not wait for its thread.
        let connection = address.map(bootstrap.connect(to:)) ?? bootstrap.connect(host: origin.host, port: origin.port)
        let (seconds, attoseconds) = origin.timeout.components
        let timeout = TimeAmount.nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        let deadline = eventLoop.scheduleTask(in: timeout) {
            promise.fail(KeySetFetchFailure(.timeout, "there was no complete reply within \(origin.timeout)"))
        }
        connection.whenFailure { promise.fail(KeySetConnection.failure(of: $0)) }
        promise.futureResult.whenComplete { _ in
            deadline.cancel()
            // Also a connection that comes about after its time.
            connection.whenSuccess { $0.close(promise: nil) }
        }
        return promise.futureResult.hop(to: home)
    }

    private func bootstrap(on eventLoop: any EventLoop, promise: EventLoopPromise<KeySetReply>) -> ClientBootstrap {
        let request = request
        let (seconds, _) = origin.timeout.components
        return ClientBootstrap(group: eventLoop)
            .connectTimeout(.seconds(max(1, seconds)))
            .channelInitializer { [security, name = serverName] channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let security {
                        try pipeline.addHandler(NIOSSLClientHandler(context: security, serverHostname: name))
                    }
                    try pipeline.addHandler(KeySetConnection(request: request, promise: promise))
                }
            }
    }

    /// The name for SNI, which has to be none where the host is an address (RFC 6066 §3); the certificate is then
    /// checked against the address.
    private var serverName: String? { address == nil ? origin.host : nil }

    /// The address, where the host is one and no name.
    private var address: SocketAddress? { try? SocketAddress(ipAddress: origin.host, port: origin.port) }

    /// The request.
    private var request: ByteBuffer {
        let host = origin.host.contains(":") ? "[\(origin.host)]" : origin.host
        // RFC 9112 §3.2: Host without the scheme's own port.
        let authority = origin.port == (origin.isSecure ? 443 : 80) ? host : "\(host):\(origin.port)"
        return ByteBuffer(
            string: """
                GET \(origin.target) HTTP/1.1\r
                Host: \(authority)\r
                Accept: application/jwk-set+json, application/json\r
                Accept-Encoding: identity\r
                User-Agent: lintel\r
                Connection: close\r
                \r

                """)
    }
}
