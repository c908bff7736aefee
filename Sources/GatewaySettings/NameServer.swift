import SourceDiagnostics

/// A server of the Domain Name System: an address with a port.
package struct NameServer: Sendable, Hashable, CustomStringConvertible {
    /// An IPv4 or IPv6 address, without brackets.
    package let host: String
    /// The port.
    package let port: Int

    /// The words of the files.
    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension ValueForm where Value == NameServer {
    /// An address, with a port where that is not 53: who is to resolve names cannot have one that is to be resolved.
    static func nameServer() -> ValueForm {
        .scalar(
            .text(
                pattern: "^([0-9.]+|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?$",
                examples: ["10.0.0.2", "127.0.0.1:5353", "[::1]:53"]),
            expected: "an address such as 10.0.0.2, 127.0.0.1:5353 or [::1]:53", code: "bad-address",
            show: { $0.description }
        ) { text throws(ScalarObjection) in
            let hasPort = text.hasPrefix("[") ? text.contains("]:") : text.contains(":")
            guard case .tcp(let host, let port) = try BindAddress(parsing: hasPort ? text : text + ":53"), port > 0
            else {
                throw ScalarObjection()
            }
            let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
            guard HostText.isIPv4(bare) || HostText.isIPv6(bare) else {
                throw ScalarObjection(reason: "a name server has an address, not a name")
            }
            return NameServer(host: bare, port: port)
        }
    }
}
