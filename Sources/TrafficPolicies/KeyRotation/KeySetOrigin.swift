/// Where a key set is fetched, and by which rules: what two policies have to agree on to share one set.
///
/// What and why: the value itself is the name under which keys are handed to the event loops. It holds everything that
/// decides which keys come out (the certificates that are trusted, the algorithms that are allowed), so a key that was
/// fetched for one policy can never serve another one that would not have taken it.
package struct KeySetOrigin: Sendable, Hashable {
    /// The URL as the settings write it, for messages.
    package let url: String
    /// Whether the connection is encrypted (`https`).
    package let isSecure: Bool
    /// Name or address, without brackets.
    package let host: String
    /// The port.
    package let port: Int
    /// Path and query, starting with a slash.
    package let target: String
    /// Certificates in PEM that are trusted instead of the system's; nil: the system's.
    package let authorities: [UInt8]?
    /// The algorithms that keys may be for, in a fixed order.
    package let algorithms: [SignatureAlgorithm]
    /// When the set is fetched again.
    package let rules: KeyRotation.Rules
    /// Time for one fetch, from the look-up of the name to the last byte.
    package let timeout: Duration

    /// A place to fetch keys from.
    ///
    /// - Parameters:
    ///   - url: The URL for messages.
    ///   - target: Path and query; where it does not start with a slash, one is put before it (RFC 9112 §3.2.1).
    ///   - authorities: PEM text; nil for the system's.
    package init(
        url: String, isSecure: Bool, host: String, port: Int, target: String, authorities: [UInt8]?,
        algorithms: Set<SignatureAlgorithm>, rules: KeyRotation.Rules, timeout: Duration
    ) {
        self.url = url
        self.isSecure = isSecure
        self.host = host
        self.port = port
        self.target = target.hasPrefix("/") ? target : "/" + target
        self.authorities = authorities
        self.algorithms = SignatureAlgorithm.allCases.filter(algorithms.contains)
        self.rules = rules
        self.timeout = timeout
    }
}
