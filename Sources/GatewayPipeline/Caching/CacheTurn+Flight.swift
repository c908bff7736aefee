import HTTPExchanges
import NIOCore
import ResponseCaching

/// One request for all: of those who miss the same reply at the same time one asks the service, and the others wait for it.
extension CacheTurn {
    /// Leads, waits or goes alone.
    ///
    /// - Parameter end: when the exchange has to be over.
    /// - Parameter landed: hears on the loop, once, how the flight ended that this turn waits for.
    /// - Returns: when waiting takes too long, so that half of the time is kept for going alone; nil unless the turn waits.
    func depart(
        on worker: GatewayWorker, until end: NIODeadline, landed: @escaping (CacheFlight.Outcome) -> Void
    ) -> NIODeadline? {
        let bound = NIOLoopBound((worker.loop, landed), eventLoop: worker.loop.eventLoop)
        let departure = worker.cache.depart(key, at: requestedAt) { outcome in
            bound.eventLoop.execute {
                let (loop, landed) = bound.value
                loop.readClock()
                landed(outcome)
            }
        }
        switch departure {
        case .lead(let flight):
            self.flight = flight
            sequence = flight.sequence
            return nil
        case .wait:
            isWaiting = true
            waits += 1
            let now = worker.loop.now
            return now + .nanoseconds(max(0, (end - now).nanoseconds / 2))
        case .alone: return nil
        }
    }

    /// What somebody else's flight has brought, if that answers this request, too.
    func reply(of landing: CacheFlight.Outcome, at now: Int64) -> StoredReply? {
        guard case .stored(let reply) = landing, reply.head.isSelected(by: request.fields),
            reply.head.freshness.isFresh(at: now) || reply.head.mayStandIn(at: now)
        else { return nil }
        return reply
    }

    /// Whether the turn tries once more to find somebody to wait for.
    func departsAgain(after landing: CacheFlight.Outcome) -> Bool {
        if case .failed = landing { waits < 2 } else { false }
    }

    /// Tells those who wait for this turn, if it leads.
    func land(_ outcome: CacheFlight.Outcome, on worker: GatewayWorker, at now: Int64) {
        guard let flight else { return }
        self.flight = nil
        worker.cache.land(flight, outcome, at: now)
    }

    /// Writes the validators of what is stored, as lines of a request (RFC 9111 §4.3.1); none that the gateway has made.
    func writeValidators(into head: inout ByteBuffer) {
        guard let stale else { return }
        if let tag = stale.head.entityTag, !tag.starts(with: OwnEntityTag.prefix) {
            head.writeStaticString("If-None-Match: ")
            head.writeBytes(tag)
            head.writeStaticString("\r\n")
        }
        if let modified = stale.head.lastModified {
            head.writeStaticString("If-Modified-Since: ")
            head.writeBytes(modified)
            head.writeStaticString("\r\n")
        }
    }

    /// Whether what is stored has a validator that the service knows.
    var hasValidator: Bool {
        guard let stale else { return false }
        return stale.head.lastModified != nil
            || stale.head.entityTag.map { !$0.starts(with: OwnEntityTag.prefix) } ?? false
    }
}
