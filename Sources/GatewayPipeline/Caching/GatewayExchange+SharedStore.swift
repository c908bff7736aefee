import ResponseCaching

/// The second level's part of an exchange: the leader of a flight asks it before the service.
extension GatewayExchange {
    /// Asks the second level; the exchange waits until it has answered, a few milliseconds at most.
    func askSharedStore(_ turn: CacheTurn) {
        guard let shared = worker.shared, turn.flight != nil else { return }
        turn.isWaiting = true
        let number = ticket
        shared.find(turn) { [self] reply in
            guard ticket == number, client != nil, cacheTurn === turn, turn.isWaiting else { return }
            worker.loop.readClock()
            turn.isWaiting = false
            sharedStoreAnswered(reply, turn)
        }
    }

    /// Serves what another node has stored, or goes on to the service.
    private func sharedStoreAnswered(_ reply: StoredReply?, _ turn: CacheTurn) {
        let now = cacheTime
        if let reply, case .fresh = Reuse.decide(reply.head, request: turn.request.directives, at: now) {
            // The keys differ by who may see it; the narrower one holds wherever it came from.
            _ = worker.cache.store(reply, under: turn.key)
            turn.land(.stored(reply), on: worker, at: now)
            turn.status.detail = "shared"
            return serve(reply, turn, as: .hit)
        }
        count(turn, turn.status.decision)
        if isRequestComplete { call() }
    }

    /// Gives a reply that has just been stored to the other nodes.
    func share(_ reply: StoredReply, under key: CacheKey, _ turn: CacheTurn) {
        worker.shared?.store(reply, under: key, askedAt: turn.requestedAt, at: cacheTime)
    }
}
