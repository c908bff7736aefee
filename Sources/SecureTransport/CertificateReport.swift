import NIOSSL

/// What there is to know about a certificate without using it.
package struct CertificateReport: Sendable {
    /// Path of its file.
    package let path: String
    /// The names it is for (subjectAltName, RFC 5280 §4.2.1.6), lower case.
    package let names: [String]
    /// Seconds since 1970 from which it is valid.
    package let notBefore: Int64
    /// Seconds since 1970 until which it is valid.
    package let notAfter: Int64
    /// Whether its key is an RSA key of fewer than 2048 bits.
    package let hasWeakKey: Bool

    init(_ certificate: NIOSSLCertificate, path: String, names: [String]) {
        self.path = path
        self.names = names
        notBefore = Int64(certificate.notValidBefore)
        notAfter = Int64(certificate.notValidAfter)
        hasWeakKey = (try? certificate.extractPublicKey().toSPKIBytes()).map(Self.isWeak) ?? false
    }

    /// The DNS names of a certificate.
    static func names(of certificate: NIOSSLCertificate) -> [String] {
        guard let alternatives = certificate._subjectAlternativeNames() as _SubjectAlternativeNames? else { return [] }
        return alternatives.compactMap { name in
            name.nameType == .dnsName ? String(decoding: name.contents, as: UTF8.self).lowercased() : nil
        }
    }

    /// Whether a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) holds a short RSA key: of one with 2048 bits it has 294 bytes.
    private static func isWeak(_ key: [UInt8]) -> Bool {
        let rsaEncryption: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]
        let head = Array(key.prefix(32))
        let isRSA = head.indices.contains { head[$0...].starts(with: rsaEncryption) }
        return isRSA && key.count < 290
    }
}
