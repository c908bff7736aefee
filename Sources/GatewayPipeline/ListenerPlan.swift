import GatewaySettings
import Glibc
import HTTPExchanges
import HTTPServing
import SecureTransport
import SourceDiagnostics

/// A public listener as it is started: its address, and what its connections speak.
package struct ListenerPlan: Sendable {
    /// The listener's name in the settings.
    package let name: String
    /// Where it listens.
    package let address: ListenerAddress
    /// How its connections are encrypted, and what they speak.
    package internal(set) var protocols: ListenerProtocols

    /// A listener in these terms.
    package init(name: String, address: ListenerAddress, protocols: ListenerProtocols = ListenerProtocols()) {
        self.name = name
        self.address = address
        self.protocols = protocols
    }

    /// The listeners of the settings, with their certificates loaded.
    ///
    /// - Parameter read: reads a file of certificates or keys.
    /// - Parameter diagnostics: gets what is wrong with a certificate or its key, and what soon will be.
    static func all(
        of settings: GatewaySettings, read: (String) -> [UInt8]?, diagnostics: inout [Diagnostic]
    ) -> [ListenerPlan] {
        var plans: [ListenerPlan] = []
        for listener in settings.listeners {
            var protocols = ListenerProtocols()
            protocols.http1 = listener.value.protocols.contains(.http1)
            protocols.http2 = listener.value.protocols.contains(.h2)
            protocols.expectsProxyHeader = listener.value.proxyProtocol == .required
            protocols.trustedProxies = TrustedProxies(settings.trustedProxies.map(AddressNetwork.init))
            protocols.quota.total = listener.value.maxConnections
            protocols.quota.perAddress = listener.value.maxConnectionsPerAddress
            if let tls = listener.value.tls {
                do {
                    let identity = try ServerIdentity(
                        tls.certificates.map { .init(chain: $0.certificate, key: $0.key) },
                        minimum: tls.minVersion == .tls13 ? .tls13 : .tls12, clientAuthorities: tls.clientCA,
                        requiresCertificates: tls.verifyClient == .required,
                        protocols: listener.value.protocols.map(\.alpn), read: read)
                    diagnostics += identity.certificates.flatMap { warnings(about: $0, of: listener) }
                    protocols.identity = identity
                } catch {
                    diagnostics.append(
                        Diagnostic(
                            .error, "certificate",
                            "the listener `\(listener.name)` cannot encrypt: \(ServerIdentity.text(of: error))",
                            at: listener.range))
                    continue
                }
            }
            plans.append(
                ListenerPlan(
                    name: listener.name, address: ListenerAddress(listener.value.bind), protocols: protocols))
        }
        return plans
    }

    /// What is doubtful about a certificate.
    private static func warnings(
        about certificate: CertificateReport, of listener: Named<ListenerSettings>
    ) -> [Diagnostic] {
        let now = Int64(time(nil))
        let days = (certificate.notAfter - now) / 86_400
        var found: [(code: String, text: String)] = []
        if certificate.notAfter < now {
            found.append(("certificate-expired", "has expired"))
        } else if days < 30 {
            found.append(("certificate-expiry", "expires in \(days) \(days == 1 ? "day" : "days")"))
        }
        if certificate.notBefore > now { found.append(("certificate-early", "is not valid yet")) }
        if certificate.hasWeakKey { found.append(("weak-key", "has an RSA key of fewer than 2048 bits")) }
        if certificate.names.isEmpty {
            found.append(("certificate-names", "names no server (subjectAltName): clients will refuse it"))
        }
        return found.map {
            Diagnostic(
                .warning, $0.code, "the certificate \(certificate.path) of the listener `\(listener.name)` \($0.text)",
                at: listener.range)
        }
    }

}

extension ServerIdentity {
    /// What is wrong with a file of certificates or keys, in words.
    static func text(of error: any Error) -> String {
        guard let defect = error as? Defect else { return "\(error)" }
        return defect.path.isEmpty ? defect.description : "\(defect.path): \(defect.description)"
    }
}

extension ListenerSettings.ListenerProtocol {
    /// The protocol's name in TLS (RFC 7301 §6).
    fileprivate var alpn: String {
        switch self {
        case .http1: "http/1.1"
        case .h2: "h2"
        }
    }
}

extension AddressNetwork {
    /// The network of the settings.
    init(_ range: AddressRange) { self.init(address: range.address, prefixLength: range.prefixLength) }
}

extension ListenerAddress {
    /// The address of the settings.
    package init(_ address: BindAddress) {
        switch address {
        case .tcp(let host, let port): self = .tcp(host: host, port: port)
        case .unix(let path): self = .unix(path: path)
        }
    }
}
