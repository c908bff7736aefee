import HTTPExchanges
import NIOCore
import ResponseCaching

/// A call's dealings with the store, before its service is asked and after it has answered.
///
/// | the store has | then |
/// |---|---|
/// | a fresh reply | it is the answer |
/// | a stale one within `staleWhileRevalidate` | it is the answer; another call brings it up to date |
/// | a stale one | the service is asked whether it is still good; within `staleIfError` it stands in for a failure |
/// | nothing | one call asks the service, others for the same wait for it |
extension CompositionCall {
    /// Milliseconds since 1970.
    private var now: Int64 { GatewayWorker.wallClock() / 1_000_000 }

    // MARK: Before

    /// Looks the part up; true where that was the answer, or somebody else's is being waited for.
    func storeAnswers(_ turn: CacheTurn) -> Bool {
        var finding = worker.cache.lookup(turn.key, request: turn.request.fields)
        var isPersonal = turn.sharedKey != nil || turn.plan.isSecured && turn.plan.rules.scope == .principal
        if let sharedKey = turn.sharedKey {
            if case .found = finding {
            } else {
                finding = worker.cache.lookup(sharedKey, request: turn.request.fields)
                isPersonal = false
            }
        }
        var cause = CacheStatus.Decision.miss
        switch finding {
        case .found(let reply, let isPurged):
            isStalePersonal = isPersonal
            switch Reuse.decide(
                reply.head, request: turn.request.directives, isPurged: isPurged, at: turn.requestedAt)
            {
            case .fresh, .staleAllowed:
                let isDue =
                    !isPurged && !turn.request.directives.noStore
                    && reply.head.freshness.isDueEarly(at: turn.requestedAt) { .random(in: 0...1) }
                if isDue { refresh(reply, turn) }
                if answer(with: reply, isPersonal: isPersonal, as: .hit) { return true }
            case .staleWhileRevalidating:
                refresh(reply, turn)
                if answer(with: reply, isPersonal: isPersonal, as: .staleHit) { return true }
            case .revalidate(let why):
                turn.stale = reply
                cause = why == .request ? .request : .stale
            }
        case .otherVariant: cause = .varyMiss
        case .missing: break
        }
        turn.sequence = worker.cache.sequence
        turn.status = CacheStatus(cause)
        if turn.plan.rules.minUses > 1, turn.stale == nil,
            worker.cache.countUse(of: turn.key) < turn.plan.rules.minUses
        {
            turn.mayStore = false
        }
        guard cause != .request, turn.mayStore, !turn.request.directives.noStore else {
            count(cause)
            return false
        }
        depart(turn)
        if !turn.isWaiting { askSharedStore(turn) }
        if !turn.isWaiting, outcome == nil { count(cause) }
        return turn.isWaiting || outcome != nil
    }

    /// Answers with what is stored; false where that is no part.
    func answer(with reply: StoredReply, isPersonal: Bool, as decision: CacheStatus.Decision) -> Bool {
        guard let part = PartStore.part(of: reply, into: worker.loop.responseTable) else { return false }
        part.standing = PartStanding(reply, isPersonal: isPersonal)
        part.isStored = true
        count(decision)
        finish(.replied(part))
        return true
    }

    /// Counts a decision.
    private func count(_ decision: CacheStatus.Decision) {
        if let index = CacheStatus.Decision.allCases.firstIndex(of: decision) { worker.cacheDecisions[index] += 1 }
    }

    // MARK: One call for all

    /// Leads, waits or goes alone.
    private func depart(_ turn: CacheTurn) {
        let late = turn.depart(on: worker, until: endsBy) { [self] in landed($0) }
        if let late { worker.loop.deadlines.set(slot, to: late) }
    }

    /// Somebody's reply has come, or will not come.
    private func landed(_ result: CacheFlight.Outcome) {
        guard isWanted, outcome == nil, let turn, turn.isWaiting else { return }
        turn.isWaiting = false
        worker.loop.deadlines.set(slot, to: endsBy)
        // What a flight under the caller's own key brings may be the caller's alone.
        if let reply = turn.reply(of: result, at: now),
            answer(with: reply, isPersonal: turn.sharedKey != nil, as: .collapsed)
        {
            return
        }
        if turn.departsAgain(after: result) {
            depart(turn)
            if turn.isWaiting { return }
        }
        count(turn.status.decision)
        ask()
    }

    /// The other one takes too long: the call goes alone.
    func goesAlone(_ turn: CacheTurn) {
        turn.isWaiting = false
        worker.loop.deadlines.set(slot, to: endsBy)
        count(turn.status.decision)
        ask()
    }

    /// Asks the second level before the service, if this call leads.
    private func askSharedStore(_ turn: CacheTurn) {
        guard let shared = worker.shared, turn.flight != nil, turn.stale == nil else { return }
        turn.isWaiting = true
        shared.find(turn) { [self] reply in
            guard isWanted, outcome == nil, turn.isWaiting else { return }
            turn.isWaiting = false
            worker.loop.readClock()
            let now = now
            if let reply, case .fresh = Reuse.decide(reply.head, request: turn.request.directives, at: now) {
                _ = worker.cache.store(reply, under: turn.key)
                land(turn, .stored(reply))
                if answer(with: reply, isPersonal: turn.sharedKey != nil, as: .hit) { return }
            }
            guard hasLookedUp else { return }
            count(turn.status.decision)
            ask()
        }
    }

    /// Tells those who wait.
    func land(_ turn: CacheTurn, _ outcome: CacheFlight.Outcome) {
        turn.land(outcome, on: worker, at: now)
    }

    // MARK: Beside the answer

    /// Has another call bring what is stored up to date (RFC 5861 §3); it answers nobody.
    private func refresh(_ reply: StoredReply, _ turn: CacheTurn) {
        guard case .lead(let flight) = worker.cache.depart(turn.key, at: turn.requestedAt, waiter: nil) else { return }
        let own = CacheTurn(
            plan: turn.plan, key: turn.key, sharedKey: turn.sharedKey, request: turn.request, query: turn.query,
            groups: turn.groups, requestedAt: turn.requestedAt)
        own.flight = flight
        own.sequence = flight.sequence
        own.stale = reply
        CompositionCall(refreshing: own, like: self).startAsking()
    }

    // MARK: After

    /// The request with the validators of what is stored (RFC 9111 §4.3.1); nil where nothing is to be revalidated.
    func conditionalHead(_ head: ByteBuffer) -> ByteBuffer? {
        guard let turn, turn.mayStore, turn.hasValidator else { return nil }
        var head = head
        // Before the empty line.
        head.moveWriterIndex(to: head.writerIndex - 2)
        turn.writeValidators(into: &head)
        head.writeStaticString("\r\n")
        return head
    }

    /// Answers with what is stored because the service failed (RFC 5861 §4); false where that is not allowed.
    func standsIn() -> Bool {
        guard let turn, let stale = turn.stale, stale.head.mayStandIn(at: now) else { return false }
        land(turn, .stored(stale))
        return answer(with: stale, isPersonal: isStalePersonal, as: .staleOnError)
    }

    /// Takes a 304 to a conditional request; false where it speaks of something else, and the whole is asked for.
    func takeNotModified(_ table: HeadTable, bytes: UnsafeRawBufferPointer, _ turn: CacheTurn) -> Bool {
        guard let stale = turn.stale else { return false }
        let update = FieldList(table, bytes: bytes) { CacheTurn.isStored($0, row: row) }
        let table = worker.loop.responseTable
        guard HeadMerging.speaksOf(stale.head, update: update),
            let reply = turn.merged(stale, update: update, in: table, date: worker.loop.currentDate, at: now)
        else {
            turn.stale = nil
            return false
        }
        let isKept = turn.keep(reply, hasPrincipal: turn.plan.isSecured, in: table, on: worker, at: now)
        land(turn, isKept ? .stored(reply) : .unshared)
        if answer(with: reply, isPersonal: isStalePersonal, as: .revalidated) { return true }
        turn.stale = nil
        return false
    }

    /// Looks at a response's head, and begins to keep it.
    func beginKeeping(_ table: HeadTable, bytes: UnsafeRawBufferPointer) {
        guard turn != nil || tellsStanding else { return }
        let fields = CacheTurn.storedFields(table, bytes: bytes, row: row, date: worker.loop.currentDate)
        storedFields = fields
        guard let turn else { return }
        guard turn.mayStore else { return land(turn, .unshared) }
        let limit = min(
            turn.plan.rules.maxObject, worker.cache.objectLimit - StoredReply.overhead, Int(row.responseBodyLimit))
        switch turn.decide(
            fields, table, bytes: bytes, framing: table.framing, hasPrincipal: turn.plan.isSecured, limit: limit,
            at: now)
        {
        case .success(let capture): turn.capture = capture
        case .failure: land(turn, .unshared)
        }
    }

    /// Stores a response that is complete, if it has kept its contract.
    func keep(_ content: ByteBuffer, isBroken: Bool) {
        guard let turn, var capture = turn.capture else { return }
        turn.capture = nil
        guard !isBroken, content.readableBytes <= capture.limit else { return land(turn, .unshared) }
        // Storage of its own: what came over a connection may share a larger buffer.
        capture.content = ByteBuffer(bytes: content.readableBytesView)
        let reply = turn.reply(of: capture)
        guard turn.store(reply, for: capture.audience, on: worker, at: now) else { return land(turn, .unshared) }
        land(turn, .stored(reply))
    }

    /// What the answer allows as to storing the whole; nil where nothing of the kind is asked.
    func standing(isBroken: Bool) -> PartStanding? {
        guard tellsStanding else { return nil }
        guard !isBroken, let fields = storedFields, let client else { return .broken }
        let named = turn?.groups(of: fields)
        return PartStanding(
            fields, status: status, request: turn?.request ?? RequestCaching(request.fields),
            rules: turn?.plan.rules ?? CacheRules(), isSecured: row.security != nil || forwardsCredentials,
            hasPrincipal: client.principal(for: row) != nil,
            groups: named
                ?? ([CacheGroup.path(request.publicPath, api: row.api)] + CacheGroup.groups(of: fields))
                .map(CacheKey.digest), requestedAt: requestedAt, receivedAt: now)
    }
}
