/// What decisions need to know of a stored reply.
package struct StoredHead: Sendable {
    /// The status.
    package var status: Int
    /// Lifetime and age.
    package var freshness: Freshness
    /// What the reply says to caches.
    package var directives: CacheDirectives
    /// Its entity tag as written.
    package var entityTag: [UInt8]?
    /// Last-Modified as written.
    package var lastModified: [UInt8]?
    /// Date as seconds since 1970.
    package var date: Int64
    /// Which request fields select it.
    package var vary: VaryNames
    /// Their values in the request that it answered.
    package var varyValues: [[UInt8]]
    /// The part that the content is, of a 206.
    package var part: ContentPart?
    /// Whether another reply than a 206 has a Content-Range: no part of it is served, lest two of them stand in one head.
    package let isOddRange: Bool
    /// Whether the service itself says which parameters do not count (`No-Vary-Search`).
    package let statesNoVarySearch: Bool
    /// How long it may be served stale while it is revalidated, in milliseconds.
    package var staleWhileRevalidate: Int64
    /// How long it may stand in for a failure, in milliseconds.
    package var staleIfError: Int64

    /// Whether stale use is forbidden (RFC 9111 §4.2.4: must-revalidate, proxy-revalidate, s-maxage, no-cache).
    package var forbidsStale: Bool {
        directives.mustRevalidate || directives.proxyRevalidate || directives.sharedMaxAge != nil && !allowsByDirective
            || directives.noCache
    }
    /// RFC 5861 beside s-maxage: a window that the reply itself states is an explicit permission (RFC 9111 §4.2.4); one
    /// of the settings is none, since s-maxage means proxy-revalidate (§5.2.2.10).
    private var allowsByDirective: Bool { directives.staleWhileRevalidate != nil || directives.staleIfError != nil }

    /// Reads a reply's head.
    package init(
        status: Int, fields: FieldList, freshness: Freshness, rules: CacheRules, request: FieldList
    ) {
        self.status = status
        self.freshness = freshness
        directives = ResponseDirectives(fields).effective
        if rules.overrides {
            directives.noCache = false
            directives.noStore = false
        }
        entityTag = fields.first("etag")
        lastModified = fields.first("last-modified")
        let now = freshness.receivedAt / 1000
        part = status == 206 ? ContentPart(fields) : nil
        isOddRange = status != 206 && fields.has("content-range")
        statesNoVarySearch = fields.has("no-vary-search")
        date = fields.first("date").flatMap { HTTPDateParsing.seconds($0, now: now) } ?? now
        vary = VaryNames(fields, extra: rules.vary)
        varyValues = vary.values(in: request)
        staleWhileRevalidate = (directives.staleWhileRevalidate.map { $0 * 1000 }) ?? rules.staleWhileRevalidate ?? 0
        staleIfError = (directives.staleIfError.map { $0 * 1000 }) ?? rules.staleIfError ?? 0
    }

    /// Whether it was selected by the same values of the fields of Vary (RFC 9111 §4.1).
    package func isSelected(by request: FieldList) -> Bool { !vary.isAny && vary.values(in: request) == varyValues }

    /// Whether it can be revalidated.
    package var hasValidator: Bool { entityTag != nil || lastModified != nil }

    /// Whether it may stand in for a failure now (RFC 5861 §4).
    package func mayStandIn(at now: Int64) -> Bool {
        !forbidsStale && staleIfError > 0 && -freshness.remaining(at: now) <= staleIfError
    }
}
