/// Whether a reply may be stored, and for whom (RFC 9111 §3).
package enum Storability: Sendable, Equatable {
    /// Who may be served with the stored reply.
    package enum Audience: Sendable, Equatable { case everybody, principal }

    /// Why a reply is not stored.
    package enum Refusal: String, Sendable, CaseIterable {
        /// The method is not GET.
        case method
        /// The request says `no-store` (RFC 9111 §5.2.1.5).
        case requestNoStore = "request-no-store"
        /// The reply says `no-store` (RFC 9111 §5.2.2.5).
        case noStore = "no-store"
        /// The reply says `private` (RFC 9111 §5.2.2.7).
        case isPrivate = "private"
        /// The reply sets a cookie.
        case setCookie = "set-cookie"
        /// The request had credentials, and nothing allows sharing (RFC 9111 §3.5).
        case authorization
        /// The reply is a part that does not say which, or that nobody asked for (RFC 9111 §3.3).
        case partial
        /// The status is not one that is stored.
        case status
        /// `Vary: *` (RFC 9111 §4.1).
        case varyAny = "vary-any"
        /// `Vary: Cookie` on what everybody shares.
        case varyCookie = "vary-cookie"
        /// `Vary: Authorization` on what everybody shares.
        case varyAuthorization = "vary-authorization"
        /// Neither a lifetime nor a validator.
        case nothingToReuse = "no-lifetime"
        /// The reply broke its contract.
        case contract
        /// The content is larger than `maxObject`, or than the store takes.
        case tooLarge = "too-large"
        /// The reply did not come to its end.
        case incomplete
        /// The key has not been asked for often enough.
        case minUses = "min-uses"
    }

    /// It may be stored.
    case stored(Audience, Freshness)
    /// It may not.
    case refused(Refusal)

    /// Statuses whose caching requirements are kept here: what `must-understand` asks for (RFC 9111 §5.2.2.3).
    package static let understood: Set<Int> = [
        200, 203, 204, 206, 300, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 410, 414, 451, 500, 501, 502, 503,
        504,
    ]
    /// Statuses that a heuristic, or a lifetime of the settings, may be applied to without being named (RFC 9110 §15.1).
    static let heuristic: Set<Int> = [200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501]

    /// Decides about a reply to a GET.
    ///
    /// - Parameters:
    ///   - request: the request's fields.
    ///   - hasPrincipal: whether the caller is known, so that a reply can be kept for that one alone.
    ///   - part: which part a 206 is, where one was asked for.
    package static func decide(
        method: String = "GET", request: RequestCaching, status: Int, fields: FieldList, rules: CacheRules,
        hasPrincipal: Bool, part: ContentPart? = nil, requestedAt: Int64, receivedAt: Int64
    ) -> Storability {
        guard method == "GET" else { return .refused(.method) }
        let directives = ResponseDirectives(fields)
        let said = directives.effective
        if request.directives.noStore { return .refused(.requestNoStore) }
        // RFC 9111 §3.3; 416 is about a part too, and says nothing about the whole.
        guard status != 206 || part != nil, status != 416 else { return .refused(.partial) }
        // RFC 9111 §3: any final status may be stored; 304 is about another reply.
        guard (200...599).contains(status), status != 304 else { return .refused(.status) }
        if said.mustUnderstand, !understood.contains(status) { return .refused(.status) }
        if !rules.overrides {
            // RFC 9111 §5.2.2.3 would let must-understand lift no-store; that nothing lifts it is simpler to rely on.
            if said.noStore { return .refused(.noStore) }
            if said.isPrivate, !hasPrincipal || rules.scope == .shared { return .refused(.isPrivate) }
        }
        guard rules.storesCookies || !fields.has("set-cookie") && !fields.has("set-cookie2") else {
            return .refused(.setCookie)
        }
        let audience: Audience
        switch rules.scope {
        case .shared: audience = .everybody
        case .principal: audience = hasPrincipal ? .principal : .everybody
        case .automatic:
            audience = hasPrincipal && (said.isPrivate || !allowsSharing(said)) ? .principal : .everybody
        }
        // RFC 9111 §3.5: MUST NOT use a reply to a request with Authorization unless a directive allows it.
        if audience == .everybody, request.hasAuthorization, rules.scope != .shared, !allowsSharing(said) {
            return .refused(.authorization)
        }
        if let refusal = objection(vary: VaryNames(fields), audience: audience) { return .refused(refusal) }
        let freshness = Freshness(
            of: fields, status: status, directives: directives, rules: rules, requestedAt: requestedAt,
            receivedAt: receivedAt)
        // RFC 9111 §3: explicit lifetime, public, or a status that may be stored by heuristics.
        guard freshness.source != .none && freshness.source != .heuristic || said.isPublic || heuristic.contains(status)
        else { return .refused(.status) }
        let isReusable = freshness.lifetime > 0 && !said.noCache
        guard isReusable || fields.has("etag") || fields.has("last-modified") else { return .refused(.nothingToReuse) }
        return .stored(audience, freshness)
    }

    /// RFC 9111 §3.5: what allows sharing a reply to a request with credentials.
    static func allowsSharing(_ directives: CacheDirectives) -> Bool {
        directives.isPublic || directives.sharedMaxAge != nil || directives.mustRevalidate
    }

    private static func objection(vary: VaryNames, audience: Audience) -> Refusal? {
        if vary.isAny { return .varyAny }
        guard audience == .everybody else { return nil }
        if vary.names.contains(Array("cookie".utf8)) { return .varyCookie }
        return vary.names.contains(Array("authorization".utf8)) ? .varyAuthorization : nil
    }
}
