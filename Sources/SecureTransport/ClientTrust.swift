import NIOSSL

/// Whom a client believes, and who it is itself.
package final class ClientTrust: Sendable {
    /// What TLS uses.
    let context: NIOSSLContext

    /// Trust in the system's authorities, or in those of a file.
    ///
    /// - Parameter authorities: path of the authorities (PEM); nil for those of the system.
    /// - Parameter certificate: a certificate of this client's own.
    /// - Parameter verifies: whether the server's certificate and name are checked.
    /// - Parameter protocols: names for ALPN (RFC 7301), the preferred one first.
    /// - Parameter read: reads a file; nil when it cannot.
    /// - Throws: ``ServerIdentity/Defect``.
    package init(
        authorities: String?, certificate: ServerIdentity.CertificateFiles? = nil, verifies: Bool = true,
        protocols: [String], read: (String) -> [UInt8]?
    ) throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuites = TLSCiphers.suites
        configuration.applicationProtocols = protocols
        if let path = authorities {
            configuration.trustRoots = .certificates(try ServerIdentity.authorities(path, read))
        }
        if !verifies { configuration.certificateVerification = .none }
        if let files = certificate {
            let chain = try ServerIdentity.authorities(files.chain, read)
            guard let bytes = read(files.key), let key = try? NIOSSLPrivateKey(bytes: bytes, format: .pem) else {
                throw ServerIdentity.Defect(files.key, "this is no private key in PEM form")
            }
            configuration.certificateChain = chain.map { .certificate($0) }
            configuration.privateKey = .privateKey(key)
        }
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw ServerIdentity.Defect(certificate?.chain ?? authorities ?? "", "TLS cannot be set up: \(error)")
        }
    }
}
