/// A security scheme of a document, as far as checking credentials needs to know (OpenAPI 3.2 §4.30).
package struct SchemeDescription: Sendable, Equatable {
    /// What kind of scheme.
    package enum Kind: Sendable, Equatable {
        /// `apiKey`: a key at a place.
        case apiKey(CredentialPlace)
        /// `http` with this scheme, in small letters: `basic`, `bearer`, …
        case http(String)
        /// `oauth2`: a token.
        case oauth2
        /// `openIdConnect`: a token.
        case openIDConnect
        /// `mutualTLS`: a certificate of the connection.
        case mutualTLS
        /// A kind that is not known.
        case other(String)
    }

    /// The name that requirements use.
    package let name: String
    /// What kind of scheme.
    package let kind: Kind

    /// A scheme.
    package init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
    }
}

/// A security scheme and what carries it out.
///
/// | scheme | policy | credential |
/// |---|---|---|
/// | apiKey | `apiKey` at the same place | the value at the scheme's place |
/// | apiKey | `jwt` | a token at the scheme's place; in `Authorization` behind `Bearer`, as 2.0 documents have to write it |
/// | http basic | `basic` | `Authorization: Basic` |
/// | http bearer | `jwt`, or `apiKey` with `header: Authorization` | `Authorization: Bearer` |
/// | oauth2, openIdConnect | `jwt` | `Authorization: Bearer` |
/// | mutualTLS | `clientCertificate` | the certificate that the client has shown in the handshake |
/// | any | the word `upstream` | not looked at: it is forwarded, and the service checks it |
package struct SchemeBinding: Sendable {
    /// What carries a scheme out.
    package enum Target: Sendable {
        /// A policy, and where the scheme puts the credential.
        case policy(CredentialPolicy, CredentialPlace)
        /// The service. The gateway does not look at the credential, not even whether there is one: what it does not
        /// check it must not seem to have checked.
        case upstream
    }

    /// The scheme's name.
    package let scheme: String
    /// What carries it out.
    package let target: Target

    /// A scheme that the service checks.
    package init(upstream scheme: SchemeDescription) {
        self.scheme = scheme.name
        target = .upstream
    }

    /// A scheme that a policy checks.
    ///
    /// - Throws: where the policy cannot check such a scheme, or looks elsewhere than the scheme tells clients.
    package init(_ scheme: SchemeDescription, policy: CredentialPolicy) throws(CredentialPolicyError) {
        self.scheme = scheme.name
        target = .policy(policy, try Self.place(of: scheme, policy))
    }

    /// A policy that is asked for by its own name, at the place where it looks.
    package init(_ policy: CredentialPolicy) {
        scheme = policy.name
        target = .policy(policy, policy.ownPlace)
    }

    /// Whether a request can show this credential and another one: it has one Authorization field, of one scheme.
    package func goesTogether(with other: SchemeBinding) -> Bool {
        guard case .policy(_, .authorization(let own)) = target,
            case .policy(_, .authorization(let others)) = other.target
        else { return true }
        return own == others
    }

    /// Where the credential stands.
    private static func place(
        of scheme: SchemeDescription, _ policy: CredentialPolicy
    ) throws(CredentialPolicyError) -> CredentialPlace {
        let field = CredentialPlace.header(Array("Authorization".utf8))
        switch (scheme.kind, policy.kind) {
        case (.apiKey(let place), .apiKey(let keys)):
            guard place.isSame(as: keys.place) else {
                throw CredentialPolicyError(
                    "credential-place",
                    "the security scheme \"\(scheme.name)\" puts the key in \(place.description), and the policy "
                        + "\"\(policy.name)\" looks in \(keys.place.description)")
            }
            return place
        case (.apiKey(let place), .jwt):
            return place.isSame(as: field) ? .authorization(.bearer) : place
        case (.http("basic"), .basic): return .authorization(.basic)
        case (.http("bearer"), .jwt), (.oauth2, .jwt), (.openIDConnect, .jwt): return .authorization(.bearer)
        case (.mutualTLS, .clientCertificate): return .certificate
        case (.http("bearer"), .apiKey(let keys)) where keys.place.isSame(as: field): return .authorization(.bearer)
        default:
            throw CredentialPolicyError(
                "scheme-policy-mismatch",
                "\(policy.title) (\"\(policy.name)\") cannot carry out the security scheme \"\(scheme.name)\" of the "
                    + "kind \(scheme.kind.word)")
        }
    }
}

extension SchemeDescription.Kind {
    /// The kind in the document's words.
    fileprivate var word: String {
        switch self {
        case .apiKey: "apiKey"
        case .http(let scheme): "http \(scheme)"
        case .oauth2: "oauth2"
        case .openIDConnect: "openIdConnect"
        case .mutualTLS: "mutualTLS"
        case .other(let type): type
        }
    }
}
