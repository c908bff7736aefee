import TrafficPolicies

/// The keys that are fetched, as one event loop sees them, and the exchanges that wait for them.
extension GatewayWorker {
    /// Most exchanges that wait at one moment: made-up key ids must not fill the memory.
    static let waitingLimit = 256

    /// What an exchange does whose token the keys at hand do not decide.
    enum KeyProspect: Equatable {
        /// It waits: a fetch is under way.
        case wait
        /// The keys are new, and the token is none of theirs: 401.
        case refuse
        /// The keys cannot be had: 503, with the seconds until the next attempt.
        case unavailable(retryAfter: Int)
    }

    /// Decides, and asks for a fetch where that may help.
    func prospect(of origin: KeySetOrigin, _ reason: CredentialRefusal) -> KeyProspect {
        let now = KeyRotation.Instant.now
        // Nothing is known of an origin in the moment after its snapshot was swapped in.
        let standing = credentials.keyring.entry(of: origin)?.standing
        let isComing = standing?.isFetching ?? true
        if let standing, !isComing, now < standing.asksFrom {
            guard standing.isFailing || reason == .noKeys else { return .refuse }
            return .unavailable(retryAfter: Int((standing.asksFrom - now).components.seconds) + 1)
        }
        guard waiting.count < Self.waitingLimit else { return .unavailable(retryAfter: 1) }
        // One of those who wait has asked for all of them.
        if !isComing, !waiting.contains(where: { $0.awaitedKeys == origin }) { keySets?.keyWasMissed(of: origin) }
        keySets?.metrics.recordWait(url: origin.url)
        return .wait
    }

    /// Takes the next state of a key set; exchanges that wait for it go on when a fetch is over.
    func take(_ entry: Keyring.Entry?, of origin: KeySetOrigin) {
        loop.readClock()
        credentials.keyring.set(entry, for: origin)
        guard let entry, !entry.standing.isFetching else { return }
        let resumed = waiting.filter { $0.awaitedKeys == origin }
        waiting.removeAll { $0.awaitedKeys == origin }
        for exchange in resumed { exchange.keysCame() }
    }

    /// Takes an exchange out that waits no longer.
    func stopWaiting(_ exchange: GatewayExchange) { waiting.removeAll { $0 === exchange } }
}
