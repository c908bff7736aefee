import GatewaySettings
import NIOCore
import SecureTransport
import SourceDiagnostics
import UpstreamCalls

/// What connections to an upstream speak and whom they believe, as its settings say.
struct UpstreamSecurity {
    /// What connections speak.
    let protocols: UpstreamProtocols
    /// Whom TLS believes; nil where no target is reached by https, or where that cannot be loaded.
    private(set) var trust: ClientTrust?
    /// The same for connections that become tunnels: only HTTP/1.1 is offered; nil where nothing else ever is.
    private(set) var http1Trust: ClientTrust?
    /// What is wrong with the settings or the files.
    private(set) var diagnostics: [Diagnostic] = []

    /// The security of an upstream.
    ///
    /// - Parameter read: reads a file of certificates or keys.
    init(_ upstream: Named<UpstreamSettings>, read: (String) -> [UInt8]?) {
        let value = upstream.value
        let words = value.protocols
        protocols = !words.contains(.h2) ? .http1 : words.contains(.http1) ? .negotiated : .http2
        if protocols == .negotiated, value.targets.contains(where: { !$0.url.isSecure }) {
            diagnostics.append(
                Diagnostic(
                    .error, "upstream-protocols",
                    "the upstream `\(upstream.name)` has targets with http, where nothing can be agreed on",
                    at: upstream.range, suggestion: "say `protocols: [h2]` or `protocols: [http1]`"))
        }
        guard value.targets.contains(where: \.url.isSecure) else {
            if value.tls != nil {
                diagnostics.append(
                    Diagnostic(
                        .error, "upstream-tls",
                        "the upstream `\(upstream.name)` says how TLS is to be done, but no target has https",
                        at: upstream.range))
            }
            return
        }
        do {
            func believing(offering names: [String]) throws -> ClientTrust {
                try ClientTrust(
                    authorities: value.tls?.authorities,
                    certificate: value.tls?.certificate.map { .init(chain: $0.certificate, key: $0.key) },
                    protocols: names, read: read)
            }
            trust = try believing(
                offering: protocols == .http1 ? ["http/1.1"] : words.map { $0 == .h2 ? "h2" : "http/1.1" })
            if protocols == .negotiated { http1Trust = try believing(offering: ["http/1.1"]) }
        } catch {
            diagnostics.append(
                Diagnostic(
                    .error, "certificate",
                    "the upstream `\(upstream.name)` cannot be called by TLS: \(ServerIdentity.text(of: error))",
                    at: upstream.range))
        }
    }

    /// How connections to a target are secured.
    ///
    /// - Parameter name: the name that its certificate must have, where the settings give one. An address has no name to
    ///   ask for: then the certificate has to be for the address.
    static func of(_ url: EndpointURL, name: String?) -> EndpointSecurity {
        guard url.isSecure else { return .none }
        if let name { return .tls(serverName: name) }
        let isAddress = (try? SocketAddress(ipAddress: url.host, port: url.port)) != nil
        return .tls(serverName: isAddress ? nil : url.host)
    }
}
