/// What a client's certificate says of its holder, after the listener's authorities have vouched for it.
package struct ClientCertificate: Sendable, Equatable {
    /// A name beside the subject (subjectAltName, RFC 5280 §4.2.1.6).
    package enum Name: Sendable, Equatable {
        /// A DNS name, in small letters.
        case dns([UInt8])
        /// A URI, `spiffe://…` for one.
        case uri([UInt8])
        /// An address of electronic mail.
        case email([UInt8])

        /// The name itself.
        package var text: [UInt8] {
            switch self {
            case .dns(let text), .uri(let text), .email(let text): text
            }
        }
    }

    /// The subject as text (RFC 4514), in the one form of ``DistinguishedName``; empty where there is none.
    package let subject: [UInt8]
    /// The names beside it, in their order.
    package let names: [Name]
    /// Seconds since 1970 until which it is valid.
    package let notAfter: Int64

    /// A certificate that says this.
    package init(subject: [UInt8], names: [Name], notAfter: Int64) {
        self.subject = subject
        self.names = names
        self.notAfter = notAfter
    }
}
