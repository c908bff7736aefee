import NIOCore
import NIOSSL

/// Whom a client believes, and who it is itself. Two are equal if they were made of the same: whoever loads the files anew
/// learns by that whether anything has changed.
package final class ClientTrust: Sendable, Equatable {
    /// What TLS uses.
    let context: NIOSSLContext
    /// What it was made of.
    private let material: Material

    /// The content of the files, and the words.
    private struct Material: Sendable, Equatable {
        var authorities: [UInt8]?
        var chain: [UInt8]?
        var key: [UInt8]?
        let verifies: Bool
        let protocols: [String]
    }

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
        var material = Material(verifies: verifies, protocols: protocols)
        if let path = authorities {
            material.authorities = read(path)
            configuration.trustRoots = .certificates(try ServerIdentity.authorities(path, read))
        }
        if !verifies { configuration.certificateVerification = .none }
        if let files = certificate {
            let chain = try ServerIdentity.authorities(files.chain, read)
            guard let bytes = read(files.key), let key = try? NIOSSLPrivateKey(bytes: bytes, format: .pem) else {
                throw ServerIdentity.Defect(files.key, "this is no private key in PEM form")
            }
            (material.chain, material.key) = (read(files.chain), bytes)
            configuration.certificateChain = chain.map { .certificate($0) }
            configuration.privateKey = .privateKey(key)
        }
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw ServerIdentity.Defect(certificate?.chain ?? authorities ?? "", "TLS cannot be set up: \(error)")
        }
        self.material = material
    }

    /// A handler that speaks TLS with the server `host` on a NIO channel; an address has no name to be asked for, and its
    /// certificate has to be for the address.
    package func makeHandler(for host: String) throws -> any ChannelHandler {
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
    }

    package static func == (one: ClientTrust, other: ClientTrust) -> Bool { one.material == other.material }
}
