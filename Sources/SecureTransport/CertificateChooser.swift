import NIOSSL

/// Finds the certificate for the name that a client asks for (SNI, RFC 6066 §3).
///
/// A name of a certificate wins over a wildcard of one; the first certificate serves whoever asks for no name, or for one
/// that no certificate has: the client then sees whom it has reached.
struct CertificateChooser: Sendable {
    private let byName: [String: NIOSSLContextConfigurationOverride]
    private let fallback: NIOSSLContextConfigurationOverride

    /// A chooser among chains with their names, in their order.
    init(_ certificates: [(names: [String], chain: [NIOSSLCertificate], key: NIOSSLPrivateKey)]) {
        var byName: [String: NIOSSLContextConfigurationOverride] = [:]
        for (names, chain, key) in certificates {
            var override = NIOSSLContextConfigurationOverride()
            override.certificateChain = chain.map { .certificate($0) }
            override.privateKey = .privateKey(key)
            for name in names where byName[name] == nil { byName[name] = override }
        }
        self.byName = byName
        fallback = .noChanges
    }

    /// The certificate for `name`.
    func choice(for name: String?) -> NIOSSLContextConfigurationOverride {
        guard let name = name?.lowercased() else { return fallback }
        if let exact = byName[name] { return exact }
        // RFC 6125 §6.4.3: a wildcard stands for exactly one label.
        guard let dot = name.firstIndex(of: ".") else { return fallback }
        return byName["*" + name[dot...]] ?? fallback
    }
}
