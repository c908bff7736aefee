import GatewayTelemetry
import Testing

@Suite("Spans of traces")
struct TraceSpanTests {
    private static func span(_ id: UInt64 = 0xAB, isError: Bool = false) -> TraceSpan {
        TraceSpan(
            context: TraceContext(traceHigh: 1, traceLow: 0xFF, span: id, flags: 1), parent: isError ? 7 : 0,
            kind: .server,
            name: "GET /x \"quoted\"", start: 1_700_000_000_000_000_001, nanoseconds: 5,
            attributes: [("http.route", .text("/x")), ("http.response.status_code", .number(200))], isError: isError)
    }

    @Test("a request is OTLP's JSON: hexadecimal ids, 64-bit numbers as text, enumerations as numbers")
    func encoding() {
        let bytes = SpanEncoding.request([Self.span(), Self.span(0xCD, isError: true)], service: "lintel")
        let attributes =
            #""attributes":[{"key":"http.route","value":{"stringValue":"/x"}},"#
            + #"{"key":"http.response.status_code","value":{"intValue":"200"}}]"#
        let times = #""startTimeUnixNano":"1700000000000000001","endTimeUnixNano":"1700000000000000006""#
        let trace = #""traceId":"000000000000000100000000000000ff""#
        let name = #""name":"GET /x \"quoted\"","kind":2"#
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"lintel"}}]},"#
                + #""scopeSpans":[{"scope":{"name":"lintel"},"spans":["#
                + "{\(trace),\"spanId\":\"00000000000000ab\",\(name),\(times),\(attributes)},"
                + "{\(trace),\"spanId\":\"00000000000000cd\",\"parentSpanId\":\"0000000000000007\",\(name),\(times),"
                + "\(attributes),\"status\":{\"code\":2}}]}]}]}")
    }

    @Test("the queue hands out the oldest first, takes no more than its limit and counts the rest")
    func queue() {
        let queue = SpanQueue(limit: 3)
        queue.add([Self.span(1), Self.span(2)])
        queue.add([Self.span(3), Self.span(4)], dropped: 5)
        #expect(queue.counts.dropped == 6)
        #expect(queue.take(atMost: 2).map(\.context.span) == [1, 2])
        #expect(queue.take(atMost: 2).map(\.context.span) == [3])
        #expect(queue.take(atMost: 2).isEmpty)
        queue.recordSent(2, hasSucceeded: true)
        queue.recordSent(1, hasSucceeded: false)
        #expect(queue.counts == (2, 1, 6))
        var text = PrometheusText()
        queue.render(into: &text)
        let lines = String(decoding: text.bytes, as: UTF8.self).split(separator: "\n")
        #expect(lines.contains(#"lintel_trace_spans_total{result="dropped"} 6"#))
    }
}
