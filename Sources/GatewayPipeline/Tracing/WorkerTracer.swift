import GatewayTelemetry
import HTTPExchanges
import NIOCore

/// The traces of one event loop: which exchanges are traced, their ids, and the spans until they are handed over.
final class WorkerTracer {
    /// Spans that may be gathered between two flushes.
    private static let limit = 2048

    private let queue: SpanQueue
    /// Random numbers below this begin a trace.
    private let threshold: UInt64
    private var ids = RequestIDGenerator()
    private var spans: [TraceSpan] = []
    private var dropped: UInt64 = 0

    /// A tracer that hands its spans to `queue`.
    ///
    /// - Parameter share: the share of exchanges that is traced where the caller has not decided.
    init(queue: SpanQueue, share: Double) {
        self.queue = queue
        threshold = share >= 1 ? .max : UInt64(Double(UInt64.max) * max(0, share))
    }

    /// A span id; never 0.
    func makeID() -> UInt64 { max(1, ids.word()) }

    /// The trace of an exchange; nil where it is not traced.
    ///
    /// Trace Context §3.2: more than one `traceparent` is as good as none. The caller's decision is kept, whichever it
    /// was (§3.2.2.5.1): half a trace is worth little.
    func begin(_ head: RequestHead, at now: NIODeadline) -> ExchangeTrace? {
        var caller: TraceContext?
        var count = 0
        for index in 0..<head.table.count where Self.isTraceParent(head.table[index], of: head.bytes) {
            count += 1
            caller = TraceContext(head.table[index].value.slice(of: head.bytes))
        }
        if count == 1, let caller {
            guard caller.isSampled else { return nil }
            return ExchangeTrace(
                context: caller.child(span: makeID(), sampled: true), parent: caller.span,
                wallAtStart: GatewayWorker.wallClock(), startedAt: now)
        }
        guard ids.word() < threshold else { return nil }
        return ExchangeTrace(
            context: TraceContext(traceHigh: ids.word(), traceLow: makeID(), span: makeID(), flags: 1), parent: 0,
            wallAtStart: GatewayWorker.wallClock(), startedAt: now)
    }

    /// Whether a line is `traceparent`.
    static func isTraceParent(_ line: FieldLine, of bytes: UnsafeRawBufferPointer) -> Bool {
        line.token == .other && line.name.slice(of: bytes).isToken("traceparent")
    }

    /// Keeps a span until the next flush.
    func add(_ span: TraceSpan) {
        if spans.count < Self.limit { spans.append(span) } else { dropped += 1 }
    }

    /// Hands over what was gathered.
    func flush() {
        guard !spans.isEmpty || dropped > 0 else { return }
        queue.add(spans, dropped: dropped)
        spans.removeAll(keepingCapacity: true)
        dropped = 0
    }
}

/// What an exchange that is traced knows of its trace.
struct ExchangeTrace {
    /// One attempt at a service that is under way.
    struct Attempt {
        /// The attempt's span id.
        let span: UInt64
        /// The span that caused it.
        let parent: UInt64
        /// When it began.
        let startedAt: NIODeadline
        /// The status of its reply; 0 before.
        var status = 0
    }

    /// The trace, and the exchange's own span id.
    let context: TraceContext
    /// The caller's span; 0 for none.
    let parent: UInt64
    /// Nanoseconds since 1970 when the exchange began.
    let wallAtStart: Int64
    /// The same moment on the monotonic clock.
    let startedAt: NIODeadline
    /// The attempt at hand.
    var attempt: Attempt?

    /// A trace of an exchange that begins.
    init(context: TraceContext, parent: UInt64, wallAtStart: Int64, startedAt: NIODeadline) {
        self.context = context
        self.parent = parent
        self.wallAtStart = wallAtStart
        self.startedAt = startedAt
    }

    /// The field value that the service of an attempt is told.
    func fieldValue(for attempt: Attempt) -> TraceContext { context.child(span: attempt.span, sampled: true) }

    /// A span of the trace, with the times of the monotonic clock.
    func span(
        _ id: UInt64, parent: UInt64, kind: TraceSpan.Kind, name: String, from start: NIODeadline, to end: NIODeadline,
        attributes: [(name: String, value: TraceSpan.Value)], isError: Bool
    ) -> TraceSpan {
        TraceSpan(
            context: context.child(span: id, sampled: true), parent: parent, kind: kind, name: name,
            start: wallAtStart &+ (start - startedAt).nanoseconds,
            nanoseconds: end > start ? UInt64((end - start).nanoseconds) : 0, attributes: attributes, isError: isError)
    }

    /// The span of an attempt that is over.
    ///
    /// - Parameter failure: why it brought no reply; nil where it brought one.
    func span(
        of attempt: Attempt, upstream: String, method: String, endpoint: String, resends: Int, failure: String?,
        at now: NIODeadline
    ) -> TraceSpan {
        var attributes: [(name: String, value: TraceSpan.Value)] = [
            ("http.request.method", .text(method)), ("server.address", .text(endpoint)),
            ("lintel.upstream", .text(upstream)),
        ]
        if resends > 0 { attributes.append(("http.request.resend_count", .number(resends))) }
        if attempt.status > 0 { attributes.append(("http.response.status_code", .number(attempt.status))) }
        if let failure { attributes.append(("error.type", .text(failure))) }
        return span(
            attempt.span, parent: attempt.parent, kind: .client, name: "\(method) \(upstream)", from: attempt.startedAt,
            to: now, attributes: attributes, isError: failure != nil || attempt.status >= 500)
    }
}
