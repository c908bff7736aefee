import Crypto
import Foundation

/// A key of an issuer of tokens (ES256), with its public part for a key set and the tokens that it signs.
package struct IssuerKey: Sendable {
    /// The key id.
    package let id: String
    private let key = P256.Signing.PrivateKey()

    /// A new key.
    package init(_ id: String) { self.id = id }

    /// The public part, as a JWK.
    package var jwk: String {
        let point = key.publicKey.rawRepresentation
        let (x, y) = (Self.encode(point.prefix(32)), Self.encode(point.suffix(32)))
        return #"{"kty":"EC","crv":"P-256","alg":"ES256","use":"sig","kid":"\#(id)","x":"\#(x)","y":"\#(y)"}"#
    }

    /// A token of https://id.test/ for `shop` that is good for an hour.
    ///
    /// - Parameters:
    ///   - id: the key id that the token names; nil: the key's own.
    ///   - more: further claims, each with a comma before it.
    package func token(naming id: String? = nil, subject: String = "ada", more: String = "") throws -> String {
        let end = Int(Date().timeIntervalSince1970) + 3600
        let header = Self.encode(Data(#"{"alg":"ES256","typ":"JWT","kid":"\#(id ?? self.id)"}"#.utf8))
        let claims = Self.encode(
            Data(#"{"iss":"https://id.test/","aud":"shop","sub":"\#(subject)","exp":\#(end)\#(more)}"#.utf8))
        let text = header + "." + claims
        return text + "." + Self.encode(try key.signature(for: Data(text.utf8)).rawRepresentation)
    }

    private static func encode(_ bytes: some DataProtocol) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
