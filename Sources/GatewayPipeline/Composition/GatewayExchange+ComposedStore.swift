import HTTPExchanges
import NIOCore
import ResponseCaching

/// The whole reply of a composition on its way into the store: with the least freshness of its parts, the narrowest scope
/// and all groups, so that whatever makes a part invalid makes the whole invalid.
extension GatewayExchange {
    /// Adds what clients and caches are told about storing a composed reply, and stores it where that is allowed.
    func addWholeFields(_ content: ByteBuffer, isPartial: Bool) {
        guard let turn = cacheTurn, let standing = composition?.standing, let row else {
            // A partial reply is never stored as a whole.
            if isPartial { worker.loop.additions.add("Cache-Control", "no-store") }
            return
        }
        switch keepWhole(content, standing, turn, isPartial: isPartial) {
        case .success(let tag):
            turn.status.isStored = true
            worker.loop.additions.add("ETag", tag)
            if let said = Self.directives(of: standing, turn) { worker.loop.additions.add("Cache-Control", said) }
        case .failure(let refused):
            // Why nothing is to be stored here has been said before.
            giveUp(turn, turn.mayStore ? refused.refusal : nil)
            if isPartial || standing.refusal == .noStore {
                worker.loop.additions.add("Cache-Control", "no-store")
            } else if let said = Self.directives(of: standing, turn) {
                worker.loop.additions.add("Cache-Control", said)
            }
        }
        if let names = Self.vary(row) { worker.loop.additions.add("Vary", names) }
        if let said = turn.plan.inputs.noVarySearch { worker.loop.additions.add("No-Vary-Search", said) }
        worker.loop.additions.add("Cache-Status", turn.status.fieldValue)
    }

    /// Stores a whole reply.
    ///
    /// - Returns: its entity tag, or why it is not stored.
    private func keepWhole(
        _ content: ByteBuffer, _ standing: WholeStanding, _ turn: CacheTurn, isPartial: Bool
    ) -> Result<[UInt8], CacheTurn.Refused> {
        let rules = turn.plan.rules
        func refused(_ refusal: Storability.Refusal) -> Result<[UInt8], CacheTurn.Refused> {
            .failure(CacheTurn.Refused(refusal: refusal))
        }
        guard turn.mayStore else { return refused(.method) }
        guard !isPartial else { return refused(.incomplete) }
        guard !turn.request.directives.noStore else { return refused(.requestNoStore) }
        guard !isResponseBroken else { return refused(.contract) }
        if let refusal = standing.refusal, !rules.overrides || refusal != .noStore && refusal != .isPrivate {
            return refused(refusal)
        }
        if rules.scope == .shared, standing.isPrivate, !rules.overrides { return refused(.isPrivate) }
        let now = cacheTime
        guard let lifetime = standing.lifetime(rules.lifetime, overrides: rules.overrides, at: now), lifetime > 0
        else { return refused(.nothingToReuse) }
        guard content.readableBytes <= min(rules.maxObject, worker.cache.objectLimit - StoredReply.overhead) else {
            return refused(.tooLarge)
        }
        // A caller's own parts make it the caller's own.
        let isPersonal = standing.isPersonal && rules.scope != .shared
        let copy = ByteBuffer(bytes: content.readableBytesView)
        let tag = OwnEntityTag.tag(of: copy)
        var fields = FieldList()
        fields.append("content-type", Array("application/json".utf8))
        fields.append("date", worker.loop.currentDate)
        fields.append("etag", tag)
        if let said = Self.directives(of: standing, turn) { fields.append("cache-control", said) }
        if let row, let names = Self.vary(row) { fields.append("vary", names) }
        var freshness = Freshness(
            of: fields, status: 200, directives: ResponseDirectives(fields), rules: rules,
            requestedAt: turn.requestedAt, receivedAt: now)
        // The least of the parts is never lengthened, so it counts as one that the reply states.
        (freshness.lifetime, freshness.initialAge, freshness.source) = (lifetime, 0, .maxAge)
        let head = StoredHead(
            status: 200, fields: fields, freshness: freshness.spread(by: .random(in: 0...1)), rules: rules,
            request: turn.request.fields)
        let reply = StoredReply(
            head: head, headBytes: CacheWire.head(status: 200, reason: Array("OK".utf8), fields: fields),
            content: copy, groups: turn.groups.map(CacheKey.digest) + standing.groups, sequence: turn.sequence)
        guard turn.store(reply, for: isPersonal ? .principal : .everybody, on: worker, at: now) else {
            return refused(.tooLarge)
        }
        turn.land(.stored(reply), on: worker, at: now)
        return .success(tag)
    }

    /// What the parts say that those who come after have to heed: `private`, `must-revalidate`. Nil for nothing.
    private static func directives(of standing: WholeStanding, _ turn: CacheTurn) -> [UInt8]? {
        guard !turn.plan.rules.overrides else { return nil }
        var words: [String] = []
        if standing.isPrivate { words.append("private") }
        if standing.forbidsStale { words.append("must-revalidate") }
        return words.isEmpty ? nil : Array(words.joined(separator: ", ").utf8)
    }

    /// The header fields that are inputs: they select the reply (RFC 9110 §12.5.5). Nil for none.
    private static func vary(_ row: RouteRow) -> [UInt8]? {
        let names = row.composition?.plan.inputs.filter { $0.location == .header }.map(\.wireName) ?? []
        return names.isEmpty ? nil : Array(names.joined(separator: ", ").utf8)
    }
}
