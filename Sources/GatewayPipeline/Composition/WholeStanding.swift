import HTTPExchanges
import ResponseCaching

/// What one part allows as to storing the whole reply.
struct PartStanding {
    /// Why the whole is not stored; nil where the part does not forbid it.
    var refusal: Storability.Refusal?
    /// When the part stops being fresh, in milliseconds since 1970; nil where it says nothing.
    var freshUntil: Int64?
    /// Whether it is the caller's alone.
    var isPersonal = false
    /// Whether it says so itself (RFC 9111 §5.2.2.7).
    var isPrivate = false
    /// Whether it must not be used when it is stale (RFC 9111 §4.2.4).
    var forbidsStale = false
    /// The groups that it belongs to, as hashes.
    var groups: [Int] = []

    /// Nothing known.
    private init() {}

    /// A part whose response broke its contract.
    static let broken: PartStanding = {
        var standing = PartStanding()
        standing.refusal = .contract
        return standing
    }()

    /// A part out of the store.
    ///
    /// - Parameter isPersonal: whether it was found under the caller's own key.
    init(_ stored: StoredReply, isPersonal: Bool) {
        freshUntil = Self.end(of: stored.head.freshness, noCache: stored.head.directives.noCache)
        self.isPersonal = isPersonal
        isPrivate = stored.head.directives.isPrivate
        forbidsStale = stored.head.forbidsStale
        groups = stored.groups
    }

    /// A part that its service has just answered.
    ///
    /// - Parameters:
    ///   - fields: the fields of the response, as a store would keep them.
    ///   - rules: what the settings say about the called operation; its defaults where they say nothing.
    ///   - isSecured: whether the operation asks for credentials, or gets the client's.
    ///   - hasPrincipal: whether the caller is known.
    init(
        _ fields: FieldList, status: Int, request: RequestCaching, rules: CacheRules, isSecured: Bool,
        hasPrincipal: Bool, groups: [Int], requestedAt: Int64, receivedAt: Int64
    ) {
        let directives = ResponseDirectives(fields)
        let freshness = Freshness(
            of: fields, status: status, directives: directives, rules: rules, requestedAt: requestedAt,
            receivedAt: receivedAt)
        switch Storability.decide(
            request: request, status: status, fields: fields, rules: rules, hasPrincipal: isSecured && hasPrincipal,
            requestedAt: requestedAt, receivedAt: receivedAt)
        {
        case .stored(let audience, _): isPersonal = audience == .principal
        // Without a lifetime of its own a part forbids nothing: the settings of the whole say how long it lasts.
        case .refused(.nothingToReuse), .refused(.status): isPersonal = isSecured && hasPrincipal
        case .refused(let refusal): self.refusal = refusal
        }
        if isSecured, !hasPrincipal { refusal = refusal ?? .authorization }
        freshUntil = Self.end(of: freshness, noCache: directives.effective.noCache)
        isPrivate = directives.effective.isPrivate
        let said = directives.effective
        forbidsStale = said.mustRevalidate || said.proxyRevalidate || said.noCache
        self.groups = groups
    }

    /// When a lifetime is over; nil where none is known.
    private static func end(of freshness: Freshness, noCache: Bool) -> Int64? {
        if noCache { return 0 }
        guard freshness.source != .none else { return nil }
        return freshness.receivedAt + max(0, freshness.lifetime - freshness.initialAge)
    }
}

/// What all parts together allow: the least freshness, the narrowest scope, every group.
struct WholeStanding {
    /// The first reason why the whole is not stored.
    private(set) var refusal: Storability.Refusal?
    /// When the first part stops being fresh; nil while none says anything.
    private(set) var freshUntil: Int64?
    /// Whether a part says nothing about how long it is fresh.
    private(set) var lacksLifetime = false
    /// Whether a part is the caller's alone.
    private(set) var isPersonal = false
    /// Whether a part says so itself.
    private(set) var isPrivate = false
    /// Whether a part must not be used stale.
    private(set) var forbidsStale = false
    /// All groups, as hashes.
    private(set) var groups: Set<Int> = []

    /// Most groups of one reply: each is looked up at each hit.
    static let groupLimit = 512

    /// Takes a part in.
    mutating func take(_ part: PartStanding) {
        refusal = refusal ?? part.refusal
        if let end = part.freshUntil {
            freshUntil = min(freshUntil ?? end, end)
        } else {
            lacksLifetime = true
        }
        isPersonal = isPersonal || part.isPersonal
        isPrivate = isPrivate || part.isPrivate
        forbidsStale = forbidsStale || part.forbidsStale
        groups.formUnion(part.groups)
        if groups.count > Self.groupLimit { refusal = refusal ?? .tooLarge }
    }

    /// How long the whole is fresh, in milliseconds; nil where nothing says so.
    ///
    /// - Parameter lifetime: what the settings of the composition say.
    func lifetime(_ lifetime: Int64?, overrides: Bool, at now: Int64) -> Int64? {
        if overrides, let lifetime { return lifetime }
        let least = freshUntil.map { max(0, $0 - now) }
        guard let lifetime else { return lacksLifetime ? nil : least }
        return min(lifetime, least ?? lifetime)
    }
}
