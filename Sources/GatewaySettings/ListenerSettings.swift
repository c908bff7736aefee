/// A listener: an address at which clients reach the APIs.
package struct ListenerSettings: SettingsSection {
    /// A protocol that a listener speaks.
    package enum ListenerProtocol: String, Sendable, CaseIterable {
        /// HTTP/1.1 (and 1.0).
        case http1
        /// HTTP/2.
        case h2
    }

    /// Whether a proxy says whom it connects for (PROXY protocol, versions 1 and 2).
    package enum ProxyProtocol: String, Sendable, CaseIterable {
        /// It does not.
        case none
        /// Every connection begins with it; only those of `gateway.trustedProxies` may send it.
        case required
    }

    /// Where it listens.
    package let bind: BindAddress
    /// How connections are encrypted, nil for plain text.
    package let tls: ListenerTLSSettings?
    /// The protocols, the preferred one first.
    package let protocols: [ListenerProtocol]
    /// Whether a proxy says whom it connects for.
    package let proxyProtocol: ProxyProtocol
    /// Most open connections; nil where the system's limits are all.
    package let maxConnections: Int?
    /// Most open connections of one address; nil for as many as there may be.
    package let maxConnectionsPerAddress: Int?

    /// The keys of a listener.
    private enum Key {
        /// The key `bind`.
        static let bind = SettingKey(
            "bind", .bind(), "The address to listen at: host:port, [::1]:8080, or unix:/run/lintel.sock.",
            isRequired: true)
        /// The key `tls`.
        static let tls = SettingKey(
            "tls", ValueForm<ListenerTLSSettings>.section(), "How connections are encrypted; without it they are not.",
            feature: { _ in .tls })
        /// The key `protocols`.
        static let protocols = DefaultedKey(
            "protocols", ValueForm<[ListenerProtocol]>.list(.choice(), minimum: 1),
            "The protocols, the preferred one first.",
            builtIn: [.http1], feature: { $0.contains(.h2) ? .http2 : nil })
        /// The key `proxyProtocol`.
        static let proxyProtocol = DefaultedKey(
            "proxyProtocol", ValueForm<ProxyProtocol>.choice(),
            "Whether every connection begins with a PROXY header (v1 or v2) of one of gateway.trustedProxies.",
            builtIn: .none)
        /// The key `maxConnections`.
        static let maxConnections = SettingKey(
            "maxConnections", .integer(1...1_000_000), "Most open connections; further ones are closed at once.")
        /// The key `maxConnectionsPerAddress`.
        static let maxConnectionsPerAddress = SettingKey(
            "maxConnectionsPerAddress", .integer(1...1_000_000),
            "Most open connections of one client address (of IPv6: one /64); trusted proxies are not counted.")
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "Listener", summary: "An address at which clients reach the APIs.",
        keys: [
            Key.bind.description, Key.tls.description, Key.protocols.description, Key.proxyProtocol.description,
            Key.maxConnections.description, Key.maxConnectionsPerAddress.description,
        ])

    /// A listener without encryption.
    init(bind: BindAddress) {
        self.bind = bind
        tls = nil
        protocols = [.http1]
        proxyProtocol = .none
        maxConnections = nil
        maxConnectionsPerAddress = nil
    }

    /// Reads the section.
    init?(reading reader: SectionReader) {
        let bind = reader.given(Key.bind)?.value
        tls = reader.given(Key.tls)?.value
        protocols = reader.value(Key.protocols)
        proxyProtocol = reader.value(Key.proxyProtocol)
        maxConnections = reader.given(Key.maxConnections)?.value
        maxConnectionsPerAddress = reader.given(Key.maxConnectionsPerAddress)?.value
        guard let bind else { return nil }
        self.bind = bind
    }
}

/// How a listener encrypts.
package struct ListenerTLSSettings: SettingsSection {
    /// The oldest protocol that is accepted.
    package enum Version: String, Sendable, CaseIterable {
        /// TLS 1.2.
        case tls12 = "1.2"
        /// TLS 1.3.
        case tls13 = "1.3"
    }

    /// Whether a client may come without a certificate.
    package enum ClientVerification: String, Sendable, CaseIterable {
        /// No connection without one.
        case required
        /// One that is shown has to be good; policies say who needs one.
        case optional
    }

    /// The certificates; the client's server name chooses.
    package let certificates: [CertificateSettings]
    /// The oldest version that is accepted.
    package let minVersion: Version
    /// Path of the authorities that clients' certificates must come from; nil where clients are asked for none.
    package let clientCA: String?
    /// Whether a client may come without a certificate where `clientCA` is given.
    package let verifyClient: ClientVerification

    /// The keys of a listener's TLS.
    private enum Key {
        /// The key `certificates`.
        static let certificates = SettingKey(
            "certificates", ValueForm<[CertificateSettings]>.list(.section(), minimum: 1),
            "The certificates; the server name that the client asks for chooses among them.", isRequired: true)
        /// The key `minVersion`.
        static let minVersion = DefaultedKey(
            "minVersion", ValueForm<Version>.choice(), "The oldest version of TLS that is accepted.", builtIn: .tls12)
        /// The key `clientCA`.
        static let clientCA = SettingKey(
            "clientCA", .filePath(),
            "The authorities (PEM) that clients' certificates must come from; clients are asked for one then.")
        /// The key `verifyClient`.
        static let verifyClient = DefaultedKey(
            "verifyClient", ValueForm<ClientVerification>.choice(),
            "Whether a client may come without a certificate, where clientCA is given.", builtIn: .required)
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "ListenerTLS", summary: "How a listener encrypts its connections.",
        keys: [
            Key.certificates.description, Key.minVersion.description, Key.clientCA.description,
            Key.verifyClient.description,
        ])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        let certificates = reader.given(Key.certificates)?.value
        minVersion = reader.value(Key.minVersion)
        clientCA = reader.given(Key.clientCA)?.value
        verifyClient = reader.value(Key.verifyClient)
        if !reader.has("clientCA"), reader.has("verifyClient") {
            reader.refuse("verifyClient", "without clientCA no certificate is asked for")
        }
        guard let certificates, !reader.has("clientCA") || clientCA != nil else { return nil }
        self.certificates = certificates
    }
}

/// A certificate chain with its private key.
package struct CertificateSettings: SettingsSection {
    /// Path of the chain, PEM.
    package let certificate: String
    /// Path of the private key, PEM.
    package let key: String

    /// The keys of a certificate.
    private enum Key {
        /// The key `cert`.
        static let certificate = SettingKey("cert", .filePath(), "The certificate chain (PEM).", isRequired: true)
        /// The key `key`.
        static let key = SettingKey("key", .filePath(), "The private key (PEM).", isRequired: true)
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "Certificate", summary: "A certificate chain with its private key.",
        keys: [Key.certificate.description, Key.key.description])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        let certificate = reader.given(Key.certificate)?.value
        let key = reader.given(Key.key)?.value
        guard let certificate, let key else { return nil }
        self.certificate = certificate
        self.key = key
    }
}
