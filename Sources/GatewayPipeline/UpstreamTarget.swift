import Glibc
import NIOCore
import NameResolution
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

    /// Whether the host is the name of a service (RFC 2782), which only a name server can resolve.
    var isService: Bool { DNSName(host)?.isService ?? false }

    /// Whether the host is an address, so that there is nothing to look up.
    package var isAddress: Bool { (try? SocketAddress(ipAddress: host, port: port)) != nil }

    /// What a target's name stands for.
    package struct Resolution: Sendable {
        /// The endpoints.
        package var endpoints: [UpstreamEndpoint]
        /// Seconds for which that holds, as far as somebody says so.
        package var timeToLive: UInt32?
    }

    /// The endpoints behind the target: every address of its name. Blocks while it is looked up; nil when that failed.
    ///
    /// Of a name with addresses of both families the IPv4 ones count: a service that listens on one family alone listens
    /// on that one, and an endpoint that always refuses helps nobody.
    ///
    /// - Parameter resolver: who is asked; nil for the system, which knows no instances of services (RFC 2782) and no times.
    package func resolve(by resolver: DNSResolver? = nil) -> Resolution? {
        if let address = try? SocketAddress(ipAddress: host, port: port) {
            return Resolution(endpoints: [endpoint(address)])
        }
        guard let resolver, let name = DNSName(host) else { return resolveBySystem() }
        return name.isService ? instances(of: name, resolver) : addresses(of: name, resolver)
    }

    private func endpoint(
        _ address: SocketAddress, weight: Int? = nil, security: EndpointSecurity? = nil
    ) -> UpstreamEndpoint {
        UpstreamEndpoint(
            address: address, name: Self.name(address.ipAddress ?? host, address.port ?? port),
            weight: weight ?? self.weight, isNear: isNear, security: security ?? self.security)
    }

    /// The order of answers changes from one to the next; who is there does not.
    private static func sorted(_ endpoints: [UpstreamEndpoint]) -> [UpstreamEndpoint] {
        endpoints.sorted { $0.name < $1.name }
    }

    private func addresses(of name: DNSName, _ resolver: DNSResolver) -> Resolution? {
        guard let answer = try? resolver.addresses(of: name), !answer.found.isEmpty else { return nil }
        let endpoints = answer.found.compactMap { SocketAddress(networkOrder: $0, port: port) }.map { endpoint($0) }
        return Resolution(endpoints: Self.sorted(endpoints), timeToLive: answer.timeToLive)
    }

    /// The instances of a service: those of the best priority, each with its own weight and port. One whose name has no address
    /// at the moment is left out.
    private func instances(of service: DNSName, _ resolver: DNSResolver) -> Resolution? {
        guard let answer = try? resolver.instances(of: service) else { return nil }
        let best = answer.found.map(\.priority).min()
        var resolution = Resolution(endpoints: [], timeToLive: answer.timeToLive)
        for instance in answer.found.prefix(UpstreamService.mostEndpoints) where instance.priority == best {
            guard let found = try? resolver.addresses(of: instance.target) else { continue }
            // The certificate of an instance is one for its own name, where the settings name no other.
            let isUnnamed = security == .tls(serverName: host)
            let security = isUnnamed ? .tls(serverName: instance.target.description) : security
            resolution.timeToLive = min(resolution.timeToLive ?? .max, found.timeToLive)
            resolution.endpoints += found.found.compactMap {
                SocketAddress(networkOrder: $0, port: Int(instance.port))
            }.map { endpoint($0, weight: max(1, Int(instance.weight)) * weight, security: security) }
        }
        guard !resolution.endpoints.isEmpty else { return nil }
        resolution.endpoints = Self.sorted(resolution.endpoints)
        return resolution
    }

    private func resolveBySystem() -> Resolution? {
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
        return Resolution(
            endpoints: Self.sorted((preferred.isEmpty ? addresses : preferred).map { endpoint($0) }))
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

extension SocketAddress {
    /// An address of 4 or 16 octets in network byte order; nil for any other count.
    fileprivate init?(networkOrder octets: [UInt8], port: Int) {
        guard octets.count == 4 || octets.count == 16,
            let address = try? SocketAddress(packedIPAddress: ByteBuffer(bytes: octets), port: port)
        else { return nil }
        self = address
    }
}
