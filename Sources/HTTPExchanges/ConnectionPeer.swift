/// Who is at the other end of a connection, where more is known of it than the address of its socket.
///
/// Connections of listeners that trust no proxy and ask for no certificate have none, and pay nothing for it.
package final class ConnectionPeer: Sendable {
    /// The address without its port, as text: that of the socket, or the one that a PROXY header names.
    package let address: [UInt8]
    /// Whether the peer is a proxy whose word about its clients is believed.
    package let isTrustedProxy: Bool
    /// The proxies that are believed.
    package let proxies: TrustedProxies
    /// The peer's certificate, if the listener has asked for one and found it good.
    package let certificate: ClientCertificate?

    /// A peer at `address`.
    package init(
        address: ClientAddress, proxies: TrustedProxies = TrustedProxies(), certificate: ClientCertificate? = nil
    ) {
        self.address = address.text
        isTrustedProxy = proxies.contains(address)
        self.proxies = proxies
        self.certificate = certificate
    }

    private init(_ peer: ConnectionPeer, _ certificate: ClientCertificate) {
        address = peer.address
        isTrustedProxy = peer.isTrustedProxy
        proxies = peer.proxies
        self.certificate = certificate
    }

    /// The same peer, with a certificate.
    package func showing(_ certificate: ClientCertificate) -> ConnectionPeer { ConnectionPeer(self, certificate) }
}

/// The proxies in front of the gateway whose word about their clients is believed.
package struct TrustedProxies: Sendable, Hashable {
    private let networks: [AddressNetwork]

    /// Proxies in these networks; none believes nobody.
    package init(_ networks: [AddressNetwork] = []) { self.networks = networks }

    /// Whether nobody is believed.
    package var isEmpty: Bool { networks.isEmpty }

    /// Whether a proxy at this address is believed. One whose address nobody knows is not.
    package func contains(_ address: ClientAddress) -> Bool { networks.contains { $0.contains(address) } }
}
