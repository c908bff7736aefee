import HTTPExchanges
import ResponseCaching

/// What becomes of a service's response in the store: the same for an exchange that passes it on and for a composition
/// that makes a part of it.
extension CacheTurn {
    // MARK: Fields

    /// Whether a line of a response is stored with it. What is said about origins is said anew to each page.
    static func isStored(_ line: FieldLine, row: RouteRow?) -> Bool {
        ResponseHead.isForwarded(line) && !(row?.cors != nil && line.token == .originPermission)
    }

    /// The fields of a response as they are stored: those that go on, without those that only the first client may see.
    ///
    /// - Parameter date: the time of receipt, as a date (RFC 9110 §5.6.7).
    static func storedFields(
        _ table: HeadTable, bytes: UnsafeRawBufferPointer, row: RouteRow?, date: [UInt8]
    ) -> FieldList {
        let received = FieldList(table, bytes: bytes) { isStored($0, row: row) }
        let hidden = CacheDirectives(received.values("cache-control")).noCacheFields
        var fields = FieldList()
        // RFC 9111 §3.1: what a proxy says about itself is not stored.
        let own: Set<[UInt8]> = [Array("proxy-authenticate".utf8), Array("proxy-authentication-info".utf8)]
        for line in received.lines where !hidden.contains(line.name) && !own.contains(line.name) { fields.append(line) }
        // RFC 9110 §6.6.1: a stored reply without a Date gets the time of its receipt.
        if !table.hasDate { fields.append("date", date) }
        return fields
    }

    /// The groups of a reply, as hashes.
    func groups(of fields: FieldList) -> [Int] {
        (groups + CacheGroup.groups(of: fields)).map(CacheKey.digest)
    }

    // MARK: A whole response

    /// Decides about a response whose head has come: what is to be filled with its content, or why nothing is kept.
    ///
    /// - Parameters:
    ///   - hasPrincipal: whether the caller is known, so that the reply can be kept for that one alone.
    ///   - limit: most octets of content.
    func decide(
        _ fields: FieldList, _ table: HeadTable, bytes: UnsafeRawBufferPointer, framing: BodyFraming,
        hasPrincipal: Bool, limit: Int, at now: Int64
    ) -> Result<Capture, Refused> {
        switch Storability.decide(
            request: request, status: table.status, fields: fields, rules: plan.rules, hasPrincipal: hasPrincipal,
            part: asksForPart ? ContentPart(fields) : nil, requestedAt: requestedAt, receivedAt: now)
        {
        case .refused(let refusal): return .failure(Refused(refusal: refusal))
        case .stored(let audience, let freshness):
            if case .length(let length) = framing, length > Int64(limit) {
                return .failure(Refused(refusal: .tooLarge))
            }
            return .success(
                Capture(
                    fields: fields, status: table.status, reason: Array(table.reason.slice(of: bytes)),
                    head: StoredHead(
                        status: table.status, fields: fields, freshness: freshness.spread(by: .random(in: 0...1)),
                        rules: plan.rules, request: request.fields),
                    audience: audience, limit: limit))
        }
    }

    /// Why nothing is kept.
    struct Refused: Error {
        /// The reason by name.
        let refusal: Storability.Refusal
    }

    /// The reply that a capture with all of its content makes.
    func reply(of capture: Capture) -> StoredReply {
        var head = capture.head
        var fields = FieldList()
        for line in capture.fields.lines where line.name != Array("age".utf8) { fields.append(line) }
        if head.entityTag == nil, capture.status == 200 {
            let tag = OwnEntityTag.tag(of: capture.content)
            fields.append("etag", tag)
            head.entityTag = tag
        }
        return StoredReply(
            head: head, headBytes: CacheWire.head(status: capture.status, reason: capture.reason, fields: fields),
            content: capture.content, groups: groups(of: fields), sequence: sequence)
    }

    /// Stores a reply for those who may be served with it, here and for the fleet; false where it is too large, or was
    /// made invalid while it came.
    func store(
        _ reply: StoredReply, for audience: Storability.Audience, on worker: GatewayWorker, at now: Int64
    ) -> Bool {
        let key = audience == .everybody ? sharedKey ?? self.key : self.key
        guard worker.cache.store(reply, under: key) else { return false }
        if plan.isForFleets { worker.shared?.store(reply, under: key, askedAt: requestedAt, at: now) }
        return true
    }

    // MARK: A 304

    /// The stored reply brought up to date by a 304 (RFC 9111 §4.3.4), which speaks of it; nil where it must not be.
    ///
    /// - Parameter table: room to parse in; not the loop's while a response that stands in it is still on its way.
    func merged(
        _ stale: StoredReply, update: FieldList, in table: HeadTable, date: [UInt8], at now: Int64
    ) -> StoredReply? {
        let directives = ResponseDirectives(update).effective
        guard !directives.noStore || plan.rules.overrides else { return nil }
        var fields = FieldList()
        var reason: [UInt8] = []
        let isRead = stale.headBytes.withUnsafeReadableBytes { bytes in
            guard CacheWire.parse(bytes, into: table) else { return false }
            let stored = FieldList(table, bytes: bytes)
            guard !HeadMerging.changesMediaType(stored: stored, update: update) else { return false }
            fields = HeadMerging.merge(stored: stored, update: update)
            reason = Array(table.reason.slice(of: bytes))
            return true
        }
        guard isRead else { return nil }
        var complete = fields
        if !update.has("date") {
            complete = FieldList()
            for line in fields.lines where line.name != Array("date".utf8) { complete.append(line) }
            complete.append("date", date)
        }
        let freshness = Freshness(
            of: complete, status: stale.head.status, directives: ResponseDirectives(complete), rules: plan.rules,
            requestedAt: requestedAt, receivedAt: now)
        let head = StoredHead(
            status: stale.head.status, fields: complete, freshness: freshness.spread(by: .random(in: 0...1)),
            rules: plan.rules, request: request.fields)
        return StoredReply(
            head: head, headBytes: CacheWire.head(status: head.status, reason: reason, fields: complete),
            content: stale.content, groups: groups(of: complete), sequence: sequence)
    }

    /// Stores a reply that a 304 has brought up to date, if what it says now still allows that; else what was stored goes.
    func keep(
        _ reply: StoredReply, hasPrincipal: Bool, in table: HeadTable, on worker: GatewayWorker, at now: Int64
    ) -> Bool {
        var fields = FieldList()
        reply.headBytes.withUnsafeReadableBytes { bytes in
            if CacheWire.parse(bytes, into: table) { fields = FieldList(table, bytes: bytes) }
        }
        let decision = Storability.decide(
            request: request, status: reply.head.status, fields: fields, rules: plan.rules, hasPrincipal: hasPrincipal,
            requestedAt: requestedAt, receivedAt: now)
        guard case .stored(let audience, _) = decision else {
            worker.cache.remove(key)
            if let sharedKey { worker.cache.remove(sharedKey) }
            return false
        }
        return store(reply, for: audience, on: worker, at: now)
    }
}
