import Glibc
import NIOCore
import UpstreamCalls

/// Where an instance of an upstream is, as the settings write it.
package struct UpstreamTarget: Sendable, Hashable {
    /// A name or an address.
    package let host: String
    /// The port.
    package let port: Int
    /// Its share of the calls in relation to the others'.
    package let weight: Int
    /// Whether it runs where the gateway runs, as far as the settings say.
    package let isNear: Bool
    /// How connections are secured.
    package let security: EndpointSecurity

    /// A target.
    package init(
        host: String, port: Int, weight: Int = 1, isNear: Bool = true, security: EndpointSecurity = .none
    ) {
        self.security = security
        self.host = host
        self.port = port
        self.weight = weight
        self.isNear = isNear
    }

    /// `host:port`, an IPv6 address in brackets.
    package var name: String { Self.name(host, port) }

    private static func name(_ host: String, _ port: Int) -> String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// Whether the host is an address, so that there is nothing to look up.
    package var isAddress: Bool { (try? SocketAddress(ipAddress: host, port: port)) != nil }

    /// The endpoints behind the target: every address of its name. Blocks while it is looked up; nil when that failed.
    ///
    /// Of a name with addresses of both families the IPv4 ones count: a service that listens on one family alone listens
    /// on that one, and an endpoint that always refuses helps nobody.
    package func resolve() -> [UpstreamEndpoint]? {
        if let address = try? SocketAddress(ipAddress: host, port: port) {
            return [
                UpstreamEndpoint(address: address, name: name, weight: weight, isNear: isNear, security: security)
            ]
        }
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        hints.ai_family = AF_UNSPEC
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0, let list else { return nil }
        defer { freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var entry: UnsafeMutablePointer<addrinfo>? = list
        while let current = entry {
            if let address = Self.address(of: current.pointee), !addresses.contains(address) {
                addresses.append(address)
            }
            entry = current.pointee.ai_next
        }
        let preferred = addresses.filter { $0.protocol == .inet }
        // The order of answers changes from one to the next; who is there does not.
        return (preferred.isEmpty ? addresses : preferred).map { address in
            UpstreamEndpoint(
                address: address, name: Self.name(address.ipAddress ?? host, port), weight: weight, isNear: isNear,
                security: security)
        }.sorted { $0.name < $1.name }
    }

    /// The address of one answer.
    private static func address(of entry: addrinfo) -> SocketAddress? {
        guard let address = entry.ai_addr else { return nil }
        switch entry.ai_family {
        case AF_INET:
            return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { SocketAddress($0.pointee) }
        case AF_INET6:
            return address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { SocketAddress($0.pointee) }
        default: return nil
        }
    }
}
