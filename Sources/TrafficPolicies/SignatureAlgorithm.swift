/// An algorithm that a token may be signed with (RFC 7518 §3.1, RFC 8037 §3.1). `none` is none of them.
package enum SignatureAlgorithm: String, Sendable, CaseIterable {
    /// HMAC with a shared secret.
    case hs256 = "HS256", hs384 = "HS384", hs512 = "HS512"
    /// RSA with PKCS #1 v1.5 padding.
    case rs256 = "RS256", rs384 = "RS384", rs512 = "RS512"
    /// RSA with PSS padding; the salt is as long as the hash.
    case ps256 = "PS256", ps384 = "PS384", ps512 = "PS512"
    /// ECDSA on P-256, P-384, P-521.
    case es256 = "ES256", es384 = "ES384", es512 = "ES512"
    /// Ed25519.
    case edDSA = "EdDSA"

    /// The kind of key (`kty`, RFC 7518 §6.1).
    var keyType: String {
        switch self {
        case .hs256, .hs384, .hs512: "oct"
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: "RSA"
        case .es256, .es384, .es512: "EC"
        case .edDSA: "OKP"
        }
    }

    /// Whether the key that checks is the key that signs: a shared secret.
    package var isSymmetric: Bool { keyType == "oct" }

    /// Fewest bytes of a shared secret: those of the hash (RFC 7518 §3.2).
    var hashLength: Int {
        switch self {
        case .hs256, .rs256, .ps256, .es256: 32
        case .hs384, .rs384, .ps384, .es384: 48
        case .hs512, .rs512, .ps512, .es512, .edDSA: 64
        }
    }

    /// Reads `alg`; names are case-sensitive (RFC 7515 §4.1.1).
    init?(_ name: UnsafeRawBufferPointer) {
        guard let found = Self.allCases.first(where: { name.elementsEqual($0.rawValue.utf8) }) else { return nil }
        self = found
    }
}
