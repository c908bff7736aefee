import Synchronization

/// One piece of work of a trace (OpenTelemetry specification, "Trace API", Span).
package struct TraceSpan: Sendable {
    /// On which side of a call the work was done; the numbers are those of OTLP.
    package enum Kind: Int, Sendable {
        /// Within the gateway: a step of a composition.
        case `internal` = 1
        /// A client's exchange.
        case server = 2
        /// An attempt at a service.
        case client = 3
    }

    /// The value of an attribute.
    package enum Value: Sendable, Equatable {
        /// Text.
        case text(String)
        /// A number.
        case number(Int)
    }

    /// The trace, and the span's own id as its `span`.
    package var context: TraceContext
    /// The span that caused this one; 0 for none.
    package var parent: UInt64
    /// Its kind.
    package var kind: Kind
    /// Its name, of low cardinality: `GET /products/{id}`.
    package var name: String
    /// When it began, in nanoseconds since 1970.
    package var start: Int64
    /// How long it took, in nanoseconds.
    package var nanoseconds: UInt64
    /// What is known about it; names are those of OpenTelemetry's semantic conventions where there is one.
    package var attributes: [(name: String, value: Value)]
    /// Whether it failed by the doing of whom the span is about.
    package var isError: Bool

    /// A span.
    package init(
        context: TraceContext, parent: UInt64, kind: Kind, name: String, start: Int64, nanoseconds: UInt64,
        attributes: [(name: String, value: Value)], isError: Bool
    ) {
        self.context = context
        self.parent = parent
        self.kind = kind
        self.name = name
        self.start = start
        self.nanoseconds = nanoseconds
        self.attributes = attributes
        self.isError = isError
    }
}

/// Spans on their way from the event loops to the one who sends them: bounded, and nobody ever waits for room.
///
/// A loop gathers spans of its own and hands them over a few times a second, so that a lock is taken once for many.
/// What does not fit is dropped and counted: traces are worth less than the traffic that they tell of.
package final class SpanQueue: Sendable {
    private struct State {
        var spans: [TraceSpan] = []
        var dropped: UInt64 = 0
        var exported: UInt64 = 0
        var failed: UInt64 = 0
    }

    /// Spans that may wait.
    package let limit: Int
    private let state = Mutex(State())

    /// An empty queue.
    package init(limit: Int = 8192) { self.limit = limit }

    /// Takes spans as far as there is room.
    ///
    /// - Parameter dropped: how many the loop had to drop itself.
    package func add(_ spans: [TraceSpan], dropped: UInt64 = 0) {
        state.withLock { state in
            let room = max(0, limit - state.spans.count)
            state.spans += spans.prefix(room)
            state.dropped += UInt64(max(0, spans.count - room)) + dropped
        }
    }

    /// Hands out the oldest spans, at most so many.
    package func take(atMost count: Int) -> [TraceSpan] {
        state.withLock { state in
            let taken = Array(state.spans.prefix(count))
            state.spans.removeFirst(taken.count)
            return taken
        }
    }

    /// Notes what became of spans that were handed out.
    package func recordSent(_ count: Int, hasSucceeded: Bool) {
        state.withLock { state in
            if hasSucceeded { state.exported += UInt64(count) } else { state.failed += UInt64(count) }
        }
    }

    /// Spans by what became of them.
    package var counts: (exported: UInt64, failed: UInt64, dropped: UInt64) {
        state.withLock { ($0.exported, $0.failed, $0.dropped) }
    }

    /// Writes the series.
    package func render(into text: inout PrometheusText) {
        let counts = counts
        guard counts != (0, 0, 0) else { return }
        text.family("lintel_trace_spans_total", .counter, "Spans of traces, by what became of them.")
        text.sample("lintel_trace_spans_total", [("result", "exported")], counts.exported)
        text.sample("lintel_trace_spans_total", [("result", "failed")], counts.failed)
        text.sample("lintel_trace_spans_total", [("result", "dropped")], counts.dropped)
    }
}
