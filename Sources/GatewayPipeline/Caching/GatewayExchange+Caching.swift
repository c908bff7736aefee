import HTTPExchanges
import NIOCore
import ResponseCaching
import TrafficPolicies

/// The store's part of an exchange: after credentials and parameters, before the service.
extension GatewayExchange {
    /// Milliseconds since 1970.
    var cacheTime: Int64 { GatewayWorker.wallClock() / 1_000_000 }

    /// Keeps who is calling, for the key.
    func notePrincipal(_ consumer: Consumer?, under plan: SecurityRequirementPlan) {
        callers = consumer == nil ? [] : worker.credentials.callers(under: plan)
        principal = KnownCaller.octets(of: callers)
    }

    /// Looks the request up; true when the service has to be asked, now or after waiting for somebody who has asked.
    func consultCache(
        _ plan: CachePlan, _ row: RouteRow, head: RequestHead, path: UnsafeRawBufferPointer,
        query: UnsafeRawBufferPointer?, host: UnsafeRawBufferPointer
    ) -> Bool {
        let turn = makeTurn(plan, row, head: head, path: path, query: query, host: host)
        cacheTurn = turn
        if let reason = bypassReason(turn, row, head: head) {
            turn.mayStore = false
            turn.asksForWhole = false
            return miss(turn, .bypass, detail: reason)
        }
        var finding = worker.cache.lookup(turn.key, request: turn.request.fields)
        if let sharedKey = turn.sharedKey {
            if case .found = finding {} else { finding = worker.cache.lookup(sharedKey, request: turn.request.fields) }
        }
        if isRefreshing {
            if case .found(let reply, _) = finding { turn.stale = reply }
            turn.flight = refreshFlight
            turn.sequence = worker.cache.sequence
            return miss(turn, .stale, counts: false)
        }
        let cause: CacheStatus.Decision
        switch finding {
        case .found(let reply, let isPurged):
            switch Reuse.decide(
                reply.head, request: turn.request.directives, isPurged: isPurged, at: turn.requestedAt)
            {
            case .fresh, .staleAllowed:
                if turn.mayStore, !isPurged, isDueEarly(reply, turn) { refresh(turn) }
                serve(reply, turn, as: .hit)
                return false
            case .staleWhileRevalidating:
                refresh(turn)
                serve(reply, turn, as: .staleHit)
                return false
            case .revalidate(let why):
                turn.stale = reply
                cause = why == .request ? .request : .stale
            }
        case .missing: cause = .miss
        case .otherVariant: cause = .varyMiss
        }
        if turn.stale == nil, servesPart(turn) { return false }
        // RFC 9111 §5.2.1.7: what is stored or nothing.
        if turn.request.directives.onlyIfCached {
            count(turn, .onlyIfCached)
            reply(
                ProblemDocument(
                    status: 504, title: "Gateway Timeout", detail: "Nothing stored answers, and the request wants that."
                ),
                outcome: CacheStatus.Decision.onlyIfCached.rawValue)
            return false
        }
        turn.sequence = worker.cache.sequence
        if plan.rules.minUses > 1, turn.stale == nil, worker.cache.countUse(of: turn.key) < plan.rules.minUses {
            turn.mayStore = false
            return miss(turn, cause, detail: Storability.Refusal.minUses.rawValue)
        }
        if asksForPart(turn) { return miss(turn, cause) }
        guard cause != .request, turn.mayStore, !turn.request.directives.noStore else { return miss(turn, cause) }
        turn.status = CacheStatus(cause)
        depart(turn)
        if plan.isForFleets { askSharedStore(turn) }
        if !turn.isWaiting, worker.shared == nil || turn.flight == nil || !plan.isForFleets { count(turn, cause) }
        return true
    }

    /// The turn of a request, with its keys.
    private func makeTurn(
        _ plan: CachePlan, _ row: RouteRow, head: RequestHead, path: UnsafeRawBufferPointer,
        query: UnsafeRawBufferPointer?, host: UnsafeRawBufferPointer
    ) -> CacheTurn {
        let request = RequestCaching(FieldList(head.table, bytes: head.bytes))
        var canonical: [UInt8] = []
        if let query {
            if row.undeclaredQuery == .strip, let contract = row.contract,
                let stripped = contract.strippedQuery(query, using: &worker.contracts)
            {
                canonical = stripped.withUnsafeBytes { plan.inputs.canonical($0) }
            } else {
                canonical = plan.inputs.canonical(query)
            }
        }
        func key(_ principal: [UInt8]?) -> CacheKey {
            plan.key(host: host, path: path, query: canonical, fields: request.fields, principal: principal)
        }
        let isPersonal = plan.isSecured && plan.rules.scope != .shared
        let turn = CacheTurn(
            plan: plan, key: key(isPersonal ? principal : nil),
            sharedKey: isPersonal && plan.rules.scope != .principal ? key(nil) : nil, request: request,
            query: canonical,
            groups: [CacheGroup.path(Array(path), api: row.api)] + plan.rules.groups.map(CacheGroup.named)
                + plan.partGroups,
            requestedAt: cacheTime)
        turn.mayStore = plan.storesReplies && !isHEAD
        return turn
    }

    /// Why the store takes no part; nil when it does.
    private func bypassReason(_ turn: CacheTurn, _ row: RouteRow, head: RequestHead) -> String? {
        if isCheckOnly { return "check" }
        if head.table.framing != .none { return "content" }
        if turn.request.hasPrecondition { return "precondition" }
        // A caller whose credentials somebody else checks, or who needs none where others do, is nobody to keep a reply for.
        if turn.plan.isSecured, principal == nil { return "unknown-principal" }
        return nil
    }

    /// Goes on to the service.
    private func miss(
        _ turn: CacheTurn, _ decision: CacheStatus.Decision, detail: String? = nil, counts: Bool = true
    ) -> Bool {
        turn.status = CacheStatus(decision, detail: detail)
        if counts { count(turn, decision) }
        return true
    }

    /// Counts a decision.
    func count(_ turn: CacheTurn, _ decision: CacheStatus.Decision) {
        turn.status.decision = decision
        if let index = CacheStatus.Decision.allCases.firstIndex(of: decision) { worker.cacheDecisions[index] += 1 }
    }

    // MARK: One request for all

    /// Leads, waits or goes alone.
    private func depart(_ turn: CacheTurn) {
        let number = ticket
        let late = turn.depart(on: worker, until: endsBy) { [self] in flightLanded($0, ticket: number) }
        if let late { worker.loop.deadlines.set(slot, to: late) }
    }

    /// Somebody's reply has come, or will not come.
    private func flightLanded(_ outcome: CacheFlight.Outcome, ticket number: UInt64) {
        guard ticket == number, client != nil, let turn = cacheTurn, turn.isWaiting else { return }
        turn.isWaiting = false
        worker.loop.deadlines.set(slot, to: endsBy)
        if let reply = turn.reply(of: outcome, at: cacheTime) { return serve(reply, turn, as: .collapsed) }
        if turn.departsAgain(after: outcome) {
            depart(turn)
            if turn.isWaiting { return }
        }
        count(turn, turn.status.decision)
        if isRequestComplete { call() }
    }

    /// The other one takes too long: the exchange goes alone.
    func flightDidNotLand(_ turn: CacheTurn, now: NIODeadline) {
        turn.isWaiting = false
        guard now < endsBy else { return fail(ExchangeFailure(.exchangeTimeout, retry: .never)) }
        worker.loop.deadlines.set(slot, to: endsBy)
        count(turn, turn.status.decision)
        if isRequestComplete { call() }
    }

    /// Ends the exchange's dealings with the store: whoever waits for it hears that nothing comes.
    func leaveCache(_ turn: CacheTurn) {
        turn.land(.failed, on: worker, at: cacheTime)
    }

    // MARK: Revalidation

    /// Whether a fresh reply is brought up to date beside this hit.
    private func isDueEarly(_ reply: StoredReply, _ turn: CacheTurn) -> Bool {
        !turn.request.directives.onlyIfCached && !turn.request.directives.noStore
            && reply.head.freshness.isDueEarly(at: turn.requestedAt) { .random(in: 0...1) }
    }

    /// Asks the service beside the reply, once for each key (RFC 5861 §3).
    private func refresh(_ turn: CacheTurn) {
        guard case .lead(let flight) = worker.cache.depart(turn.key, at: turn.requestedAt, waiter: nil) else { return }
        let (buffer, address, isSecure, peer) = (received, clientAddress, isSecure, peer)
        let bound = NIOLoopBound(worker, eventLoop: worker.loop.eventLoop)
        worker.loop.eventLoop.execute {
            let worker = bound.value
            worker.loop.readClock()
            guard let exchange = worker.responder() as? GatewayExchange else { return }
            exchange.refresh(buffer, address: address, isSecure: isSecure, peer: peer, flight: flight)
        }
    }

    /// Runs a request that was answered once more, for the store.
    private func refresh(
        _ buffer: ByteBuffer, address: [UInt8], isSecure: Bool, peer: ConnectionPeer?, flight: CacheFlight
    ) {
        let client = DiscardingClient(loop: worker.loop)
        start(client, address: address)
        isRefreshing = true
        refreshFlight = flight
        received = buffer
        self.isSecure = isSecure
        self.peer = peer
        worker.makeRequestID(into: &requestID)
        isHEAD = false
        isIdempotent = true
        statesNoContent = false
        routeAgain()
        guard self.client != nil, isRefreshing else { return }
        if awaitedKeys == nil { contentEnded(trailers: []) } else { isRequestComplete = true }
    }

    /// Adds the validators of what is stored to the outgoing head (RFC 9111 §4.3.1).
    func writeValidators(_ turn: CacheTurn) {
        guard turn.stale != nil, turn.mayStore else { return }
        turn.headEnd = head.writerIndex
        turn.writeValidators(into: &head)
    }

    /// Whether the store answers in place of a response whose head has come; then the exchange is over, or begins anew.
    func cacheAnswers(
        _ table: HeadTable, bytes: UnsafeRawBufferPointer, isComplete: Bool, _ turn: CacheTurn
    ) -> Bool {
        guard let stale = turn.stale else { return false }
        if [500, 502, 503, 504].contains(table.status) {
            turn.status.forwardedStatus = table.status
            return servesOnError()
        }
        guard turn.mayStore, table.status == 304, turn.headEnd != nil else { return false }
        if isComplete { connection = nil } else { cancelCall() }
        let update = FieldList(table, bytes: bytes) { isStored($0) }
        guard HeadMerging.speaksOf(stale.head, update: update),
            let reply = merged(stale, update: update, turn, in: worker.loop.responseTable)
        else {
            // RFC 9111 §4.3.3: the 304 speaks of something else: ask again, for the whole.
            if let end = turn.headEnd { head.moveWriterIndex(to: end) }
            turn.headEnd = nil
            turn.stale = nil
            call()
            return true
        }
        let isKept = keep(reply, turn, in: worker.loop.responseTable)
        turn.land(isKept ? .stored(reply) : .unshared, on: worker, at: cacheTime)
        turn.status.forwardedStatus = 304
        turn.status.isStored = isKept
        serve(reply, turn, as: .revalidated)
        return true
    }

    /// Stores a reply that a 304 has brought up to date, if what it says now still allows that; else what was stored goes.
    ///
    /// - Parameter table: room to parse in; not the loop's while a response that stands in it is still on its way.
    func keep(_ reply: StoredReply, _ turn: CacheTurn, in table: HeadTable) -> Bool {
        turn.keep(
            reply, hasPrincipal: turn.plan.isSecured && principal != nil, in: table, on: worker, at: cacheTime)
    }

    /// The stored reply brought up to date by a 304 (RFC 9111 §4.3.4).
    ///
    /// - Parameter table: room to parse in, as above.
    func merged(_ stale: StoredReply, update: FieldList, _ turn: CacheTurn, in table: HeadTable) -> StoredReply? {
        turn.merged(stale, update: update, in: table, date: worker.loop.currentDate, at: cacheTime)
    }

    /// The groups of a reply, as hashes.
    func groups(of fields: FieldList, _ turn: CacheTurn) -> [Int] { turn.groups(of: fields) }

    /// Serves what is stored because the service failed (RFC 5861 §4); false when that is not allowed.
    func servesOnError() -> Bool {
        guard let turn = cacheTurn, let stale = turn.stale, !isHeadSent, stale.head.mayStandIn(at: cacheTime) else {
            return false
        }
        cancelCall()
        responseCheck = nil
        turn.land(.stored(stale), on: worker, at: cacheTime)
        serve(stale, turn, as: .staleOnError)
        return true
    }
}
