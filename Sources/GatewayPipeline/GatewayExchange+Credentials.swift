import HTTPExchanges
import NIOCore
import TrafficPolicies

/// The credentials' part of an exchange: after the match, before the contract, so that strangers get no hints.
extension GatewayExchange {
    /// Whether the caller may use the operation; replies 401, 403 or 503 when not (configuration.md, "Replies"), or
    /// waits for the keys that decide it, and then the exchange goes on by ``keysCame()``.
    func callerMayPass(_ row: RouteRow, query: UnsafeRawBufferPointer?, head: RequestHead) -> Bool {
        guard let plan = row.security else { return true }
        let view = CredentialView(query: query, table: head.table, bytes: head.bytes, peer: head.peer)
        let now = GatewayWorker.wallClock() / 1_000_000_000
        switch plan.evaluate(view, at: now, using: &worker.credentials) {
        case .granted(let consumer):
            if row.cache != nil || row.composition?.usesStore == true { notePrincipal(consumer, under: plan) }
            self.consumer = consumer
            if let wanted = row.composition?.plan.claims, !wanted.isEmpty {
                return takeClaims(wanted, under: plan, in: view)
            }
            return true
        case .unauthenticated(let challenges, let reason): refuse(row, challenges, reason)
        case .undecided(let origin, let challenges, let reason):
            switch worker.prospect(of: origin, reason) {
            case .wait: wait(for: origin, row, framing: head.table.framing)
            case .refuse: refuse(row, challenges, reason)
            case .unavailable(let retryAfter): replyUnavailable(row, retryAfter: retryAfter)
            }
        case .forbidden(let challenge, _):
            reply(
                ProblemDocument(
                    status: 403, title: "Forbidden",
                    detail: "The credentials are good, but do not grant what \(row.operation) needs."),
                outcome: "insufficient-scope", challenges: [challenge])
        }
        return false
    }

    /// One text for everything: an unknown key and a wrong one are the same to whoever tries them.
    private func refuse(_ row: RouteRow, _ challenges: [[UInt8]], _ reason: CredentialRefusal) {
        reply(
            ProblemDocument(
                status: 401, title: "Unauthorized",
                detail: "The request shows no credentials that \(row.operation) accepts."),
            outcome: reason.rawValue, challenges: challenges)
    }

    /// The gateway cannot tell good credentials from bad ones now. That is no doing of the client's, and a 401 would
    /// make it throw away a good token (RFC 9110 §15.6.4).
    private func replyUnavailable(_ row: RouteRow, retryAfter: Int) {
        reply(
            ProblemDocument(
                status: 503, title: "Service Unavailable",
                detail: "The credentials for \(row.operation) cannot be checked at the moment."),
            outcome: CredentialRefusal.noKeys.rawValue, retryAfter: retryAfter)
    }

    // MARK: Waiting for keys

    /// Waits: nothing more of the request is read, and the exchange's own time is the limit.
    private func wait(for origin: KeySetOrigin, _ row: RouteRow, framing: BodyFraming) {
        awaitedKeys = origin
        worker.waiting.append(self)
        endsBy = startedAt + row.timeout
        worker.loop.deadlines.set(slot, to: endsBy)
        if framing != .none { client?.setReadsContent(false) }
    }

    /// The fetch is over, well or badly: the request is looked at once more, from its target on.
    func keysCame() {
        awaitedKeys = nil
        routeAgain()
        guard let client, awaitedKeys == nil else { return }
        if isRequestComplete { return contentEnded(trailers: []) }
        // Content that is streamed is read when there is a connection to send it on.
        if !isLeasing { client.setReadsContent(true) }
    }

    /// The exchange's time is over before the keys have come.
    func keysDidNotCome() {
        guard let row else { return }
        replyUnavailable(row, retryAfter: 1)
    }
}
