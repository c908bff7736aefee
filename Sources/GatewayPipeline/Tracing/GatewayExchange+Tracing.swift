import GatewayTelemetry
import HTTPExchanges
import NIOCore
import UpstreamCalls

/// What an exchange tells of itself where it is traced: one span for itself, one for each attempt at a service.
extension GatewayExchange {
    /// An attempt begins.
    func beginAttemptSpan() {
        guard let tracer = worker.tracer, let context = trace?.context else { return }
        trace?.attempt = ExchangeTrace.Attempt(
            span: tracer.makeID(), parent: context.span, startedAt: worker.loop.now)
    }

    /// An attempt is over, by a reply or by `failure`. Does nothing where none is open.
    func endAttemptSpan(failure: String? = nil) {
        guard let trace, let attempt = trace.attempt else { return }
        self.trace?.attempt = nil
        record(attempt, of: trace, endpoint: endpointName, failure: failure)
    }

    /// Records the span of an attempt.
    func record(_ attempt: ExchangeTrace.Attempt, of trace: ExchangeTrace, endpoint: String, failure: String?) {
        guard let row else { return }
        worker.tracer?.add(
            trace.span(
                of: attempt, upstream: snapshot.upstreams[row.upstream].configuration.name, method: methodText,
                endpoint: endpoint, resends: max(0, attempts - 1), failure: failure, at: worker.loop.now))
    }

    /// Writes the trace's place for the service, where there is one.
    func writeTraceParent(_ attempt: ExchangeTrace.Attempt?) {
        guard let trace, let attempt else { return }
        let context = trace.fieldValue(for: attempt)
        head.writeStaticString("traceparent: ")
        head.writeWithUnsafeMutableBytes(minimumWritableBytes: TraceContext.length) { context.write(to: $0) }
        head.writeStaticString("\r\n")
    }

    /// Records the exchange's own span.
    func endTrace(outcome: String) {
        endAttemptSpan(failure: "cancelled")
        guard let trace else { return }
        self.trace = nil
        let path = received.withUnsafeReadableBytes { bytes in
            String(decoding: target.slice(of: bytes).prefix { $0 != UInt8(ascii: "?") }.prefix(1024), as: UTF8.self)
        }
        let method = methodText
        var attributes: [(name: String, value: TraceSpan.Value)] = [
            ("http.request.method", .text(method)), ("url.path", .text(path)),
            ("client.address", .text(String(decoding: clientAddress, as: UTF8.self))),
            ("lintel.outcome", .text(outcome)),
            ("lintel.request_id", .text(String(decoding: requestID, as: UTF8.self))),
        ]
        if status > 0 { attributes.append(("http.response.status_code", .number(status))) }
        if violations > 0 { attributes.append(("lintel.violations", .number(violations))) }
        var name = method
        if let row {
            name += " " + row.template
            attributes.append(("http.route", .text(row.template)))
            attributes.append(("lintel.api", .text(row.api)))
            attributes.append(("lintel.operation", .text(row.operation)))
        }
        worker.tracer?.add(
            trace.span(
                trace.context.span, parent: trace.parent, kind: .server, name: name, from: trace.startedAt, to: .now(),
                attributes: attributes, isError: status >= 500))
    }

    /// The method as text.
    private var methodText: String {
        received.withUnsafeReadableBytes { String(decoding: method.slice(of: $0).prefix(32), as: UTF8.self) }
    }
}
