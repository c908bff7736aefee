/// Where a token policy finds its keys.
package enum KeySource: Sendable {
    /// Keys that stay as they are: from a file that was read with the settings.
    case fixed(JWKSet)
    /// Keys that are fetched again and again; those of the moment lie in the loop's ``Keyring``.
    case fetched(KeySetOrigin)

    /// The keys of the moment; nil where there are none, and then no token passes.
    func keys(in keyring: Keyring) -> JWKSet? {
        switch self {
        case .fixed(let keys): keys
        case .fetched(let origin): keyring.entry(of: origin)?.keys
        }
    }

    /// The refusal of a token that the keys at hand do not decide.
    func undecided(_ refusal: CredentialRefusal) -> CredentialMistake {
        switch self {
        case .fixed: CredentialMistake(refusal)
        case .fetched(let origin): CredentialMistake(refusal, awaiting: origin)
        }
    }
}
