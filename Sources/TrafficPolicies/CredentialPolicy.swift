/// A policy that finds out who is calling: of one kind, under the name that the settings give it.
package struct CredentialPolicy: Sendable {
    /// The kinds.
    package enum Kind: Sendable {
        /// A key from a list.
        case apiKey(APIKeyPolicy)
        /// A name and a password.
        case basic(BasicPolicy)
        /// A signed token.
        case jwt(JWTPolicy)
        /// A certificate of the connection.
        case clientCertificate(ClientCertificatePolicy)
    }

    /// The name in the settings; unique among the policies of a plan.
    package let name: String
    /// The kind.
    package let kind: Kind

    /// A policy under a name.
    package init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
    }

    /// Where the credential stands when no security scheme says so: a policy that is named under `use`.
    package var ownPlace: CredentialPlace {
        switch kind {
        case .apiKey(let policy): policy.place
        case .basic: .authorization(.basic)
        case .jwt: .authorization(.bearer)
        case .clientCertificate: .certificate
        }
    }

    /// What the policy is, for messages: `an API key policy`.
    var title: String {
        switch kind {
        case .apiKey: "an API key policy"
        case .basic: "a password policy"
        case .jwt: "a token policy"
        case .clientCertificate: "a certificate policy"
        }
    }
}

/// Why a policy cannot be built from what the settings hold. Never quotes a secret.
package struct CredentialPolicyError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A stable word in kebab-case.
    package let code: String
    /// What is wrong, as the end of the sentence "the policy NAME: …".
    package let message: String

    /// An error.
    package init(_ code: String, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message with its code.
    package var description: String { "\(message) [\(code)]" }
}

/// The way in which a list stores a secret: as it is, or as its hash.
enum StoredSecret {
    /// Marks a hash.
    static let hashPrefix = Array("{SHA256}".utf8)

    /// The fingerprint of a secret as a list writes it: the text itself, or `{SHA256}` and 64 hexadecimal digits.
    ///
    /// - Throws: where a hash is malformed, or of another kind: taken for a plain text, a hash of bcrypt would be a
    ///   password that everybody knows who can read the list.
    static func fingerprint(
        of text: UnsafeRawBufferPointer, entry: String
    ) throws(CredentialPolicyError) -> Fingerprint {
        if text.starts(with: hashPrefix) {
            guard let fingerprint = Fingerprint(hexadecimal: text.dropFirst(hashPrefix.count)) else {
                throw CredentialPolicyError("invalid-hash", "\(entry): {SHA256} is followed by 64 hexadecimal digits")
            }
            return fingerprint
        }
        let isForeign = hasHashName(text) || foreignPrefixes.contains { text.starts(with: $0.utf8) }
        guard !isForeign else {
            throw CredentialPolicyError(
                "unknown-hash", "\(entry) looks like a hash, and {SHA256} is the only kind that is read")
        }
        return Fingerprint(of: text)
    }

    /// How hashes of crypt(3), Apache and Argon2 begin.
    private static let foreignPrefixes = ["$2a$", "$2b$", "$2y$", "$apr1$", "$1$", "$5$", "$6$", "$y$", "$argon2"]

    /// Whether a text begins as `{SSHA}` and its kin do (RFC 2307 §5.3): capitals, digits and hyphens in braces.
    private static func hasHashName(_ text: UnsafeRawBufferPointer) -> Bool {
        guard text.first == UInt8(ascii: "{"), let end = text.firstIndex(of: UInt8(ascii: "}")), end > 1 else {
            return false
        }
        return text[1..<end].allSatisfy {
            (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                || $0 == UInt8(ascii: "-")
        }
    }
}
