import NIOCore
import NIOSSL

/// Who a server is, and whom it lets in: certificates by name, versions, protocols, clients' authorities.
///
/// Ciphers are those with forward secrecy and authenticated encryption only; every version below 1.2 is refused.
package final class ServerIdentity: Sendable {
    /// Oldest protocol versions that can be asked for.
    package enum Version: Sendable { case tls12, tls13 }

    /// A chain with its key, as paths of PEM files.
    package struct CertificateFiles: Sendable, Hashable {
        /// Path of the chain, the server's own certificate first.
        package let chain: String
        /// Path of the key.
        package let key: String

        /// Two paths.
        package init(chain: String, key: String) {
            self.chain = chain
            self.key = key
        }
    }

    /// What goes wrong with a file, for people.
    package struct Defect: Error, CustomStringConvertible {
        /// Path of the file.
        package let path: String
        /// What is wrong with it.
        package let description: String

        init(_ path: String, _ description: String) {
            self.path = path
            self.description = description
        }
    }

    /// What TLS uses.
    let context: NIOSSLContext
    /// Whether clients are asked for a certificate of the authorities.
    package let asksForCertificates: Bool
    /// The certificates, for those who look after them.
    package let certificates: [CertificateReport]

    /// An identity from files.
    ///
    /// - Parameter protocols: names for ALPN (RFC 7301), the preferred one first.
    /// - Parameter clientAuthorities: path of the authorities (PEM) that clients' certificates must come from; nil lets
    ///   every client in.
    /// - Parameter requiresCertificates: whether those who show none are turned away; one that is shown has to be good.
    /// - Parameter read: reads a file; nil when it cannot.
    /// - Throws: ``Defect``.
    package init(
        _ files: [CertificateFiles], minimum: Version, clientAuthorities: String?,
        requiresCertificates: Bool = true, protocols: [String],
        read: (String) -> [UInt8]?
    ) throws {
        let loaded = try files.map { try Self.load($0, read) }
        guard let first = loaded.first else { throw Defect("", "there is no certificate") }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: first.chain.map { .certificate($0) }, privateKey: .privateKey(first.key))
        configuration.minimumTLSVersion = minimum == .tls13 ? .tlsv13 : .tlsv12
        configuration.cipherSuites = TLSCiphers.suites
        configuration.applicationProtocols = protocols
        asksForCertificates = clientAuthorities != nil
        if let path = clientAuthorities {
            configuration.trustRoots = .certificates(try Self.authorities(path, read))
            configuration.certificateVerification =
                requiresCertificates ? .noHostnameVerification : .optionalVerification
            configuration.sendCANameList = true
        }
        if loaded.count > 1 {
            let chooser = CertificateChooser(loaded.map { ($0.names, $0.chain, $0.key) })
            configuration.sslContextCallback = { values, promise in
                promise.succeed(chooser.choice(for: values.serverHostname))
            }
        }
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw Defect(first.files.chain, "the certificate and the key \(first.files.key) do not fit: \(error)")
        }
        // The others are tried, too: a key that does not fit is to be known now, not when somebody asks for its name.
        for other in loaded.dropFirst() {
            let trial = TLSConfiguration.makeServerConfiguration(
                certificateChain: other.chain.map { .certificate($0) }, privateKey: .privateKey(other.key))
            do {
                _ = try NIOSSLContext(configuration: trial)
            } catch {
                throw Defect(other.files.chain, "the certificate and the key \(other.files.key) do not fit: \(error)")
            }
        }
        certificates = loaded.map {
            CertificateReport($0.chain[0], path: $0.files.chain, names: $0.names)
        }
    }

    /// A chain in memory.
    private struct Loaded {
        let files: CertificateFiles
        let chain: [NIOSSLCertificate]
        let key: NIOSSLPrivateKey
        let names: [String]
    }

    private static func load(_ files: CertificateFiles, _ read: (String) -> [UInt8]?) throws -> Loaded {
        let chain = try authorities(files.chain, read)
        guard let bytes = read(files.key), let key = try? NIOSSLPrivateKey(bytes: bytes, format: .pem) else {
            throw Defect(files.key, "this is no private key in PEM form")
        }
        return Loaded(files: files, chain: chain, key: key, names: chain.first.map(CertificateReport.names) ?? [])
    }

    /// The certificates in a file, at least one.
    static func authorities(_ path: String, _ read: (String) -> [UInt8]?) throws -> [NIOSSLCertificate] {
        guard let bytes = read(path), let found = try? NIOSSLCertificate.fromPEMBytes(bytes), !found.isEmpty else {
            throw Defect(path, "there is no certificate in PEM form in the file")
        }
        return found
    }
}

/// What this gateway encrypts with, for TLS 1.2; those of TLS 1.3 are all good.
enum TLSCiphers {
    /// ECDHE with AES-GCM or ChaCha20 (Mozilla's "intermediate" without the Diffie-Hellman of finite fields).
    static let suites = [
        "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
    ].joined(separator: ":")
}
