/// Why a key set could not be fetched.
package struct KeySetFetchFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kinds, by which failures are counted.
    package enum Kind: String, Sendable, CaseIterable {
        /// No connection came about: name not found, refused, unreachable.
        case connect
        /// The connection could not be secured: a certificate that is not trusted, another name, no common protocol.
        case tls
        /// The time for the fetch was over.
        case timeout
        /// The connection ended too early, or what came is not HTTP.
        case malformed
        /// Another status than 200; redirects are not followed.
        case status
        /// The content is not JSON by its media type, or it is encoded.
        case mediaType = "media_type"
        /// More bytes than a set may have.
        case tooLarge = "too_large"
        /// The content is no key set, or holds no key that can be used.
        case content
    }

    /// The kind.
    package let kind: Kind
    /// What happened, for the operator's log; bounded in length.
    package let description: String

    /// A failure.
    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = String(description.unicodeScalars.prefix(300))
    }
}
