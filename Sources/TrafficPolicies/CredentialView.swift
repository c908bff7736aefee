import HTTPExchanges

/// A borrowed look at the parts of a request where credentials stand: its query and its field lines.
///
/// Valid during the call that it is passed to. Nothing is copied to make one, so an exchange makes it on the stack.
package struct CredentialView {
    /// The query as sent, without `?`; nil where the target has none.
    package let query: UnsafeRawBufferPointer?
    /// The parsed head.
    package let table: HeadTable
    /// The bytes that the head was parsed from.
    package let bytes: UnsafeRawBufferPointer
    /// What is known of the connection's other end beside its address; nil where that is all.
    package let peer: ConnectionPeer?

    /// A look at a request.
    ///
    /// - Parameters:
    ///   - query: The raw query without `?`, nil where there is none.
    ///   - table: The parsed head.
    ///   - bytes: The bytes that `table` refers to.
    ///   - peer: What is known of the connection's other end beside its address.
    package init(
        query: UnsafeRawBufferPointer?, table: HeadTable, bytes: UnsafeRawBufferPointer, peer: ConnectionPeer? = nil
    ) {
        self.peer = peer
        self.query = query
        self.table = table
        self.bytes = bytes
    }
}

/// What a request holds at one place.
enum PresentedCredential {
    /// Nothing, or nothing but emptiness: an empty value identifies nobody.
    case absent
    /// Something that cannot be used, and why.
    case refused(CredentialRefusal)
    /// One credential; the bytes lie in the request or in the workspace.
    case value(UnsafeRawBufferPointer)
}

/// Why a credential was refused, for the operator's log. A client learns of it only what RFC 6750 §3.1 lets it know.
package enum CredentialRefusal: String, Sendable {
    /// No credential came.
    case missing = "missing-credential"
    /// The same place holds more than one.
    case repeated = "repeated-credential"
    /// More bytes than are looked at.
    case tooLarge = "credential-too-large"
    /// The form is wrong: base64, JSON, percent-encoding, the number of parts, a claim's type.
    case malformed = "malformed-credential"
    /// No key or user of the list.
    case unknown = "unknown-credential"
    /// A token's algorithm is not one of the policy's.
    case algorithm = "token-algorithm"
    /// A token's header demands what is not understood (RFC 7515 §4.1.11).
    case criticalExtension = "token-critical-extension"
    /// A token is of another type (RFC 8725 §3.11).
    case type = "token-type"
    /// No key fits the token's key id and algorithm.
    case unknownKey = "token-unknown-key"
    /// The gateway has no keys to check a token with: none could be fetched.
    case noKeys = "token-keys-unavailable"
    /// The signature is not that of the key.
    case signature = "token-signature"
    /// Another issuer (RFC 7519 §4.1.1).
    case issuer = "token-issuer"
    /// Other audiences (RFC 7519 §4.1.3).
    case audience = "token-audience"
    /// Past its time (RFC 7519 §4.1.4).
    case expired = "token-expired"
    /// Without a time at which it ends.
    case endless = "token-without-expiry"
    /// Before its time (RFC 7519 §4.1.5).
    case notYetValid = "token-not-yet-valid"
    /// A certificate is past its time, which it was not when the connection was made.
    case certificateExpired = "certificate-expired"
}
