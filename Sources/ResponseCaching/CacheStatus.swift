/// What the cache did about a request: for `Cache-Status` (RFC 9211), the log and the metrics.
package struct CacheStatus: Sendable {
    /// The decision.
    package enum Decision: String, Sendable, CaseIterable {
        /// Served from the store.
        case hit
        /// Served from the store though stale, and revalidated beside that.
        case staleHit = "stale-hit"
        /// Served from the store because the service failed.
        case staleOnError = "stale-on-error"
        /// Served with what another request fetched.
        case collapsed
        /// Asked, and the stored reply was still good.
        case revalidated
        /// Asked, because what is stored is stale.
        case stale
        /// Asked, because nothing is stored.
        case miss
        /// Asked, because what is stored was selected by other fields.
        case varyMiss = "vary-miss"
        /// Asked, because the request says so.
        case request
        /// The cache took no part.
        case bypass
        /// Not asked: the request wants what is stored or nothing (504).
        case onlyIfCached = "only-if-cached"
    }

    /// The decision.
    package var decision: Decision
    /// What is left of the lifetime, in seconds.
    package var secondsLeft: Int64?
    /// Whether the reply is stored.
    package var isStored = false
    /// Why it is not, or why the cache took no part.
    package var detail: String?
    /// The status with which the service answered a revalidation.
    package var forwardedStatus: Int?

    /// A decision.
    package init(_ decision: Decision, secondsLeft: Int64? = nil, detail: String? = nil) {
        self.decision = decision
        self.secondsLeft = secondsLeft
        self.detail = detail
    }

    /// The field's value (RFC 9211 §2).
    package var fieldValue: [UInt8] {
        var text = "lintel"
        switch decision {
        case .hit, .staleHit, .staleOnError: text += "; hit"
        case .collapsed: text += "; fwd=miss; collapsed"
        case .revalidated, .stale: text += "; fwd=stale"
        case .miss: text += "; fwd=uri-miss"
        case .varyMiss: text += "; fwd=vary-miss"
        case .request: text += "; fwd=request"
        case .bypass: text += "; fwd=bypass"
        case .onlyIfCached: break
        }
        if let forwardedStatus { text += "; fwd-status=\(forwardedStatus)" }
        if isStored { text += "; stored" }
        if let secondsLeft { text += "; ttl=\(secondsLeft)" }
        if let detail = detail ?? (decision == .staleOnError ? decision.rawValue : nil) { text += "; detail=\(detail)" }
        return Array(text.utf8)
    }
}
