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
    /// - Throws: ``ServerIdentity/Defect``.
    package init(
        authorities: String?, certificate: ServerIdentity.CertificateFiles? = nil, verifies: Bool = true,
        protocols: [String]
    ) throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuites = TLSCiphers.suites
        configuration.applicationProtocols = protocols
        if let path = authorities { configuration.trustRoots = .certificates(try ServerIdentity.authorities(path)) }
        if !verifies { configuration.certificateVerification = .none }
        if let files = certificate {
            do {
                configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(files.chain).map { .certificate($0) }
                configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: files.key, format: .pem))
            } catch {
                throw ServerIdentity.Defect(files.chain, "this is no certificate with its key \(files.key)")
            }
        }
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw ServerIdentity.Defect(certificate?.chain ?? authorities ?? "", "TLS cannot be set up: \(error)")
        }
    }
}
