import HTTPExchanges
import NIOCore
import UpstreamCalls

/// A second attempt beside the first (Dean and Barroso, "The tail at scale", 2013): when the reply has not begun after a
/// while, the same request goes to another instance, and whichever reply begins first is the reply.
///
/// Only safe methods without content are asked twice, once each, and the budget for repetitions pays.
extension GatewayExchange {
    /// Whether a second attempt may be made beside the one at hand.
    func mayHedge(_ row: RouteRow) -> Bool {
        guard row.hedgeAfter != nil, hedge == nil, attempts == 1, isSafe, !isHeadSent, handshake == nil else {
            return false
        }
        if case .none = contentMode { return true }
        return false
    }

    /// When that is made.
    func hedgeTime(_ row: RouteRow) -> NIODeadline {
        min(attemptEndsBy, worker.loop.now + (row.hedgeAfter ?? .zero))
    }

    /// Makes the second attempt, if it is time for it and the budget pays.
    ///
    /// - Returns: false when the deadline that passed was another.
    func hedges(now: NIODeadline) -> Bool {
        guard let row, mayHedge(row), let connection, now < attemptEndsBy else { return false }
        worker.loop.deadlines.set(slot, to: attemptEndsBy)
        let pool = serving.lanes[row.upstream].pool
        guard pool.mayRepeat() else { return true }
        attempts += 1
        worker.metrics.recordAttempt(upstream: snapshot.upstreams[row.upstream].metrics, isRetry: true)
        let attempt = HedgedAttempt(for: self, pool: pool)
        if let tracer = worker.tracer, let context = trace?.context {
            attempt.trace = ExchangeTrace.Attempt(span: tracer.makeID(), parent: context.span, startedAt: now)
        }
        hedge = attempt
        attempt.begin(EndpointWish(key: RandomKey.other(than: affinity), avoided: connection.endpointState))
        return true
    }

    /// Gives up the second attempt, if there is one.
    func dropHedge() {
        endSpan(of: hedge, failure: "cancelled")
        hedge?.cancel()
        hedge = nil
    }

    /// Records the span of a second attempt, if it is traced.
    private func endSpan(of hedge: HedgedAttempt?, failure: String) {
        guard let trace, let hedge, let attempt = hedge.trace else { return }
        record(attempt, of: trace, endpoint: hedge.connection?.endpoint.name ?? "", failure: failure)
    }

    /// The second attempt's reply has begun: the first attempt is given up.
    fileprivate func adopt(_ attempt: HedgedAttempt, isComplete: Bool) {
        if isLeasing, let row { serving.lanes[row.upstream].pool.withdraw(self) }
        isLeasing = false
        connection?.cancel()
        endAttemptSpan(failure: "cancelled")
        hedge = nil
        trace?.attempt = attempt.trace
        connection = attempt.connection
        endpointName = attempt.connection?.endpoint.name ?? ""
        if !isComplete { connection?.handOver(to: self) }
    }

    /// The second attempt brought nothing; if the first has failed meanwhile, so has the exchange.
    fileprivate func hedgeFailed(_ failure: ExchangeFailure) {
        endSpan(of: hedge, failure: failure.name)
        hedge = nil
        recordAttemptFailure(failure)
        guard client != nil, connection == nil, !isLeasing else { return }
        if mayRetry(after: failure) { return call() }
        fail(failure)
    }
}

/// Keys for a second attempt where a hash chooses the endpoint.
private enum RandomKey {
    /// A key that leads elsewhere, the same for the same key.
    static func other(than key: UInt64) -> UInt64 { key &* 0x9E37_79B9_7F4A_7C15 &+ 1 }
}

/// The second attempt: it hears of its connection until the reply begins, and then hands over.
final class HedgedAttempt: UpstreamCaller {
    /// The attempt's place in a trace.
    var trace: ExchangeTrace.Attempt?
    /// The connection at hand.
    private(set) var connection: UpstreamConnection?
    private weak var exchange: GatewayExchange?
    private let pool: UpstreamPool

    /// An attempt for `exchange` that has not begun.
    init(for exchange: GatewayExchange, pool: UpstreamPool) {
        self.exchange = exchange
        self.pool = pool
    }

    /// Asks for a connection.
    func begin(_ wish: EndpointWish) { pool.lease(to: self, wish: wish) }

    /// Gives the attempt up; nobody hears of it any more.
    func cancel() {
        exchange = nil
        pool.withdraw(self)
        connection?.cancel()
        connection = nil
    }

    func connected(_ connection: UpstreamConnection) {
        guard let exchange else { return connection.cancel() }
        self.connection = connection
        exchange.sendHead(on: connection, attempt: trace)
    }

    func connectionFailed(_ failure: ExchangeFailure) {
        exchange?.hedgeFailed(failure)
    }

    func received(
        _ table: HeadTable, head: ByteBuffer, bytes: UnsafeRawBufferPointer, content: ByteBuffer?, isComplete: Bool
    ) {
        guard let exchange else { return }
        exchange.adopt(self, isComplete: isComplete)
        self.exchange = nil
        exchange.received(table, head: head, bytes: bytes, content: content, isComplete: isComplete)
    }

    func callFailed(_ failure: ExchangeFailure) {
        connection = nil
        exchange?.hedgeFailed(failure)
    }

    func receivedInterim(_ table: HeadTable, bytes: UnsafeRawBufferPointer) {}
    func received(content: ByteBuffer) {}
    func receivedEnd(trailers: [UInt8]) {}
    func upstreamWritabilityChanged(_ isWritable: Bool) {}
}
