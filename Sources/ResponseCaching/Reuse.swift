/// Whether a stored reply answers a request (RFC 9111 §4).
package enum Reuse: Sendable, Equatable {
    /// Why the service is asked although something is stored.
    package enum Cause: String, Sendable, CaseIterable {
        /// The lifetime is over.
        case stale
        /// The request says `no-cache` or `max-age=0`-like things that the stored reply does not satisfy.
        case request
        /// The reply says `no-cache`.
        case noCache = "no-cache"
        /// It was purged softly.
        case purged
    }

    /// It is served as it is.
    case fresh
    /// It is served although it is stale, as the request allows (max-stale).
    case staleAllowed
    /// It is served, and revalidated beside that (RFC 5861 §3).
    case staleWhileRevalidating
    /// The service is asked first.
    case revalidate(Cause)

    /// Decides; the caller has matched key and Vary.
    ///
    /// - Parameters:
    ///   - isPurged: whether the reply counts as stale whatever its age.
    ///   - now: milliseconds since 1970.
    package static func decide(
        _ stored: StoredHead, request: CacheDirectives, isPurged: Bool = false, at now: Int64
    ) -> Reuse {
        if stored.directives.noCache { return .revalidate(.noCache) }
        if request.noCache { return .revalidate(.request) }
        let age = stored.freshness.age(at: now)
        let remaining = stored.freshness.remaining(at: now)
        // RFC 9111 §5.2.1.1 and §5.2.1.3: the client sets a bound of its own; max-stale widens max-age.
        let slack = request.maxStale.map { $0 == .max ? .max : $0 * 1000 }
        let isFresh = remaining > 0 && !isPurged
        if let most = request.maxAge, age > most * 1000 {
            guard let slack, slack == .max || age - most * 1000 <= slack, !stored.forbidsStale else {
                return .revalidate(.request)
            }
        }
        if let least = request.minFresh, remaining < least * 1000 { return .revalidate(.request) }
        if isFresh { return .fresh }
        if stored.forbidsStale { return .revalidate(isPurged ? .purged : .stale) }
        if !isPurged, let slack, slack == .max || -remaining <= slack { return .staleAllowed }
        // RFC 5861 §3; a client that bounds age wants no stale reply.
        if request.maxAge == nil, request.minFresh == nil, stored.staleWhileRevalidate > 0,
            -remaining <= stored.staleWhileRevalidate
        {
            return .staleWhileRevalidating
        }
        return .revalidate(isPurged ? .purged : .stale)
    }
}
