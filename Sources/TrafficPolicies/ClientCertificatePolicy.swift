import HTTPExchanges

/// Asks for a certificate by which the client has made its connection (mutual TLS).
///
/// That an authority of the listener has signed it, and that the client has its key, TLS has found out; the policy says whose
/// certificates are good. Without lists, those of everybody whom the authorities vouch for.
///
/// The consumer has the name that the lists let in: the subject, or the alternative name that matched. So two certificates
/// of one holder are one consumer, and two holders never are.
package struct ClientCertificatePolicy: Sendable {
    /// Subjects, in the form of ``DistinguishedName``.
    private let subjects: Set<[UInt8]>
    /// Alternative names.
    private let names: [[UInt8]]
    /// DNS names that may have one further label in front: with the point, `.partner.example`.
    private let parents: [[UInt8]]

    /// A policy.
    ///
    /// - Parameters:
    ///   - subjects: subjects as text (RFC 4514).
    ///   - names: DNS names, URIs and addresses of mail; `*.` in front of a DNS name stands for one label (RFC 6125 §6.4.3).
    /// - Throws: where a subject is no distinguished name, or a name cannot stand in a certificate.
    package init(subjects: [String], names: [String]) throws(CredentialPolicyError) {
        var known: Set<[UInt8]> = []
        for subject in subjects {
            guard let name = DistinguishedName(subject) else {
                throw CredentialPolicyError(
                    "invalid-subject", "\"\(subject)\" is no distinguished name such as CN=partner,O=Example (RFC 4514)"
                )
            }
            known.insert(name.text)
        }
        self.subjects = known
        var exact: [[UInt8]] = []
        var parents: [[UInt8]] = []
        for name in names {
            let isWild = name.hasPrefix("*.")
            let text = Array((isWild ? String(name.dropFirst()) : name).utf8)
            guard text.count > 1, text.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "*") }) else {
                throw CredentialPolicyError(
                    "invalid-name",
                    "\"\(name)\" is no name of a certificate; * stands only for the first label of a DNS name")
            }
            if isWild { parents.append(text.map(Self.lower)) } else { exact.append(text) }
        }
        self.names = exact
        self.parents = parents
    }

    /// Who shows a certificate; nil where it is none of those that are asked for.
    func consumer(of certificate: ClientCertificate) -> [UInt8]? {
        if subjects.isEmpty, names.isEmpty, parents.isEmpty {
            return certificate.subject.isEmpty ? certificate.names.first?.text : certificate.subject
        }
        if subjects.contains(certificate.subject) { return certificate.subject }
        return certificate.names.first(where: matches)?.text
    }

    private func matches(_ name: ClientCertificate.Name) -> Bool {
        switch name {
        case .dns(let text):
            if names.contains(where: { $0.map(Self.lower) == text }) { return true }
            guard let point = text.firstIndex(of: UInt8(ascii: ".")), point > 0 else { return false }
            return parents.contains { text[point...].elementsEqual($0) }
        case .uri(let text), .email(let text): return names.contains(text)
        }
    }

    private static func lower(_ octet: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(octet) ? octet | 0x20 : octet
    }
}
