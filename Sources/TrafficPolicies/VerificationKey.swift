import Crypto
import CryptoExtras

/// A key that signatures are checked with, bound to one algorithm (RFC 8725 §3.1).
///
/// The algorithm is the key's, not the token's: a token only says which key it means. An RSA key holds no octets that
/// HMAC could take for a secret, so the one cannot be confused with the other (CVE-2015-9235).
package struct VerificationKey: Sendable {
    /// What the key consists of.
    enum Material: Sendable {
        /// A shared secret.
        case secret(SymmetricKey)
        /// An RSA key.
        case rsa(_RSA.Signing.PublicKey)
        /// A point on P-256.
        case p256(P256.Signing.PublicKey)
        /// A point on P-384.
        case p384(P384.Signing.PublicKey)
        /// A point on P-521.
        case p521(P521.Signing.PublicKey)
        /// A point on edwards25519.
        case ed25519(Curve25519.Signing.PublicKey)
    }

    /// `kid`, nil where the set gives none.
    let id: [UInt8]?
    /// The one algorithm.
    package let algorithm: SignatureAlgorithm
    /// What it consists of.
    private let material: Material

    /// A key.
    init(id: [UInt8]?, algorithm: SignatureAlgorithm, material: Material) {
        self.id = id
        self.algorithm = algorithm
        self.material = material
    }

    /// Whether a token with that key id can mean this key. The id is compared and nothing else is done with it.
    func answers(to id: UnsafeRawBufferPointer?) -> Bool {
        guard let id, let own = self.id else { return true }
        return id.elementsEqual(own)
    }

    /// Whether a signature is this key's for a text.
    func isValid(signature: UnsafeRawBufferPointer, for text: UnsafeRawBufferPointer) -> Bool {
        switch material {
        case .secret(let key): isCode(signature, for: text, key)
        case .rsa(let key): isSignature(signature, for: text, key)
        case .p256(let key):
            // RFC 7518 §3.4: R and S, each as long as the curve's order; nothing else is a signature.
            (try? P256.Signing.ECDSASignature(rawRepresentation: signature)).map {
                key.isValidSignature($0, for: SHA256.hash(data: text))
            } ?? false
        case .p384(let key):
            (try? P384.Signing.ECDSASignature(rawRepresentation: signature)).map {
                key.isValidSignature($0, for: SHA384.hash(data: text))
            } ?? false
        case .p521(let key):
            (try? P521.Signing.ECDSASignature(rawRepresentation: signature)).map {
                key.isValidSignature($0, for: SHA512.hash(data: text))
            } ?? false
        case .ed25519(let key): signature.count == 64 && key.isValidSignature(signature, for: text)
        }
    }

    /// Whether a code is HMAC's of the whole length; compared in constant time.
    private func isCode(
        _ code: UnsafeRawBufferPointer, for text: UnsafeRawBufferPointer, _ key: SymmetricKey
    ) -> Bool {
        guard code.count == algorithm.hashLength else { return false }
        return switch algorithm {
        case .hs256: HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: text, using: key)
        case .hs384: HMAC<SHA384>.isValidAuthenticationCode(code, authenticating: text, using: key)
        case .hs512: HMAC<SHA512>.isValidAuthenticationCode(code, authenticating: text, using: key)
        default: false
        }
    }

    /// Whether an RSA signature is valid by the padding and hash of the key's algorithm.
    private func isSignature(
        _ octets: UnsafeRawBufferPointer, for text: UnsafeRawBufferPointer, _ key: _RSA.Signing.PublicKey
    ) -> Bool {
        let signature = _RSA.Signing.RSASignature(rawRepresentation: octets)
        return switch algorithm {
        case .rs256: key.isValidSignature(signature, for: SHA256.hash(data: text), padding: .insecurePKCS1v1_5)
        case .rs384: key.isValidSignature(signature, for: SHA384.hash(data: text), padding: .insecurePKCS1v1_5)
        case .rs512: key.isValidSignature(signature, for: SHA512.hash(data: text), padding: .insecurePKCS1v1_5)
        case .ps256: key.isValidSignature(signature, for: SHA256.hash(data: text), padding: .PSS)
        case .ps384: key.isValidSignature(signature, for: SHA384.hash(data: text), padding: .PSS)
        case .ps512: key.isValidSignature(signature, for: SHA512.hash(data: text), padding: .PSS)
        default: false
        }
    }
}
