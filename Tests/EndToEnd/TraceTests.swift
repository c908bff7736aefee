import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Traces")
    struct TraceTests {
        private static let caller = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

        /// One span as the collector got it, by a few of its members.
        private struct Span {
            let text: String

            func value(_ key: String) -> String? {
                text.range(after: "\"\(key)\":\"").map { String($0.prefix { $0 != "\"" }) }
            }
        }

        /// The spans that a collector was sent.
        private static func spans(_ collector: RecordingBackend) -> [Span] {
            collector.requests.flatMap { request -> [Span] in
                let text = String(decoding: request.content, as: UTF8.self)
                guard let spans = text.range(after: "\"spans\":[") else { return [] }
                return spans.split(separator: "{\"traceId\"")
                    .filter { $0.contains("spanId") }.map { Span(text: "{\"traceId\"" + $0) }
            }
        }

        /// A collector, and a gateway that sends it every trace.
        private static func gateway(
            _ upstream: Int, sample: String = "100%"
        ) throws -> (RecordingBackend, RunningGateway) {
            let collector = try RecordingBackend { _, socket in
                try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{}")
            }
            let gateway = try RunningGateway(
                upstream: upstream,
                telemetry: "traces: { otlp: \"http://127.0.0.1:\(collector.port)\", sample: \(sample) }")
            return (collector, gateway)
        }

        @Test(
            "an exchange is a span within the caller's trace, its attempt one within that, and the service is told so")
        func spans() throws {
            let backend = try RecordingBackend()
            let (collector, gateway) = try Self.gateway(backend.port, sample: "0%")
            #expect(
                try HTTPClient.send("GET /t/x?a=b", to: gateway.port, host: "gw.test", fields: [Self.caller]).status
                    == 200)
            #expect(Clock.poll(for: 10) { Self.spans(collector).count >= 2 })
            let spans = Self.spans(collector)
            let exchange = try #require(spans.first { $0.text.contains("\"kind\":2") })
            let attempt = try #require(spans.first { $0.text.contains("\"kind\":3") })
            for span in spans { #expect(span.value("traceId") == "0af7651916cd43dd8448eb211c80319c") }
            #expect(exchange.value("parentSpanId") == "b7ad6b7169203331")
            #expect(attempt.value("parentSpanId") == exchange.value("spanId"))
            #expect(exchange.text.contains(#"{"key":"url.path","value":{"stringValue":"/t/x"}}"#), "without the query")
            #expect(attempt.text.contains("127.0.0.1:\(backend.port)"))
            let told = try #require(backend.requests.first).fields.all("traceparent")
            #expect(told == ["00-0af7651916cd43dd8448eb211c80319c-\(attempt.value("spanId") ?? "")-01"])
            #expect(collector.requests.first?.target == "/v1/traces")
            #expect(collector.requests.first?.fields["Content-Type"] == "application/json")
        }

        @Test("each attempt is a span of its own, with why it failed")
        func attempts() throws {
            let backend = try RecordingBackend { request, socket in
                if request.connection == 1 { throw RecordingBackend.Hangup.reset }
                try RecordingBackend.ok(request, socket)
            }
            let (collector, gateway) = try Self.gateway(backend.port)
            #expect(try HTTPClient.send("GET /t/x", to: gateway.port, host: "gw.test").status == 200)
            #expect(Clock.poll(for: 10) { Self.spans(collector).count >= 3 })
            let attempts = Self.spans(collector).filter { $0.text.contains("\"kind\":3") }
            #expect(attempts.count == 2)
            #expect(attempts[0].text.contains(#"{"key":"error.type","value":{"stringValue":"connection-reset"}}"#))
            #expect(attempts[1].text.contains(#""http.request.resend_count","value":{"intValue":"1"}"#))
            #expect(Set(attempts.map { $0.value("parentSpanId") }).count == 1)
            #expect(Set(backend.requests.map { $0.fields["traceparent"] }).count == 2)
        }

        @Test("a caller who decided against a trace is obeyed, and what it sent goes on as it is")
        func unsampled() throws {
            let backend = try RecordingBackend()
            let (collector, gateway) = try Self.gateway(backend.port)
            let field = String(Self.caller.dropLast(2)) + "00"
            #expect(
                try HTTPClient.send("GET /t/x", to: gateway.port, host: "gw.test", fields: [field]).status == 200)
            #expect(backend.requests[0].fields["traceparent"].map { "traceparent: \($0)" } == field)
            #expect(try HTTPClient.send("GET /t/y", to: gateway.port, host: "gw.test").status == 200)
            #expect(Clock.poll(for: 10) { !Self.spans(collector).isEmpty })
            #expect(Self.spans(collector).allSatisfy { $0.value("traceId") != "0af7651916cd43dd8448eb211c80319c" })
        }

        @Test("a collector that is away costs spans and no exchange, and what is left is sent when the gateway ends")
        func collectorAway() throws {
            let backend = try RecordingBackend()
            let port = try LoopbackSocket.freePort()
            let gateway = try RunningGateway(
                upstream: backend.port, telemetry: "traces: { otlp: \"http://127.0.0.1:\(port)/in\", sample: 100% }")
            for _ in 0..<20 {
                #expect(try HTTPClient.send("GET /t/x", to: gateway.port, host: "gw.test").status == 200)
            }
            #expect(Clock.poll(for: 10) { gateway.process.error.contains("traces cannot be sent") })
            let metrics = try HTTPClient.send("GET /metrics", to: gateway.adminPort, host: "a").text
            #expect(!metrics.contains(#"lintel_trace_spans_total{result="failed"} 0"#))
            let collector = try RecordingBackend(port: port) { _, socket in
                try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            }
            #expect(try HTTPClient.send("GET /t/last", to: gateway.port, host: "gw.test").status == 200)
            #expect(gateway.stop() == 0)
            #expect(collector.requests.contains { String(decoding: $0.content, as: UTF8.self).contains("/t/last") })
            #expect(collector.requests.allSatisfy { $0.target == "/in" })
        }

        @Test("a collector with https is spoken to by TLS, and only if it is whom it should be")
        func encrypted() throws {
            let backend = try RecordingBackend()
            let collector = try RecordingBackend { _, socket in
                try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            }
            let front = try RunningGateway(
                TemporaryFolder(
                    TestCertificates.files.merging([
                        "routes/gateway.yaml": """
                        version: 1
                        gateway:
                          listeners: { public: { bind: "127.0.0.1:0", \(TestCertificates.listener) } }
                          admin: { bind: "127.0.0.1:0" }
                        upstreams: { service: { targets: ["http://127.0.0.1:\(collector.port)"] } }
                        apis:
                          all:
                            spec: ../specs/empty.json
                            upstream: service
                            undeclared: pass
                        """,
                        "specs/empty.json":
                            #"{"openapi":"3.1.0","info":{"title":"empty","version":"1"},"paths":{}}"#,
                    ]) { $1 }))
            let url = "https://127.0.0.1:\(front.port)"
            let trusting = try RunningGateway(
                upstream: backend.port,
                telemetry: "traces: { otlp: \"\(url)\", sample: 100%, ca: ../tls/authority.pem }",
                files: TestCertificates.files)
            #expect(try HTTPClient.send("GET /t/x", to: trusting.port, host: "gw.test").status == 200)
            #expect(Clock.poll(for: 10) { Self.spans(collector).count >= 2 }, "\(trusting.process.error)")
            #expect(collector.requests.first?.target == "/v1/traces")
            let wary = try RunningGateway(
                upstream: backend.port, telemetry: "traces: { otlp: \"\(url)\", sample: 100% }")
            let before = collector.requests.count
            #expect(try HTTPClient.send("GET /t/x", to: wary.port, host: "gw.test").status == 200)
            #expect(Clock.poll(for: 10) { wary.process.error.contains("traces cannot be sent") })
            #expect(collector.requests.count == before)
        }

        @Test("each step of a composition is a span, its call one within that")
        func composition() throws {
            let backend = try RecordingBackend { _, socket in
                try socket.send(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"a\":\"one\"}")
            }
            let collector = try RecordingBackend { _, socket in
                try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            }
            let gateway = try RunningGateway(
                TemporaryFolder([
                    "routes/gateway.yaml": """
                    version: 1
                    gateway:
                      listeners: { public: { bind: "127.0.0.1:0" } }
                      admin: { bind: "127.0.0.1:0" }
                      workers: 1
                      telemetry: { traces: { otlp: "http://127.0.0.1:\(collector.port)", sample: 100% } }
                    upstreams: { service: { targets: ["http://127.0.0.1:\(backend.port)"] } }
                    apis: { things: { spec: ../specs/things.json, mount: /things, upstream: service } }
                    compositions:
                      page:
                        get: /page
                        steps: { thing: { call: things.getThing } }
                        respond: { a: $steps.thing.body#/a }
                    """,
                    "specs/things.json":
                        #"{"openapi":"3.1.0","info":{"title":"t","version":"1"},"paths":{"/thing":{"get":{"operationId":"getThing","responses":{"200":{"description":"ok","content":{"application/json":{"schema":{"type":"object","required":["a"],"properties":{"a":{"type":"string"}}}}}}}}}}}"#,
                ]))
            #expect(try HTTPClient.send("GET /page", to: gateway.port).status == 200)
            #expect(Clock.poll(for: 10) { Self.spans(collector).count >= 3 })
            let spans = Self.spans(collector)
            let exchange = try #require(spans.first { $0.text.contains("\"kind\":2") })
            let step = try #require(spans.first { $0.value("name") == "step thing" })
            let call = try #require(spans.first { $0.text.contains("\"kind\":3") })
            #expect(step.value("parentSpanId") == exchange.value("spanId"))
            #expect(call.value("parentSpanId") == step.value("spanId"))
            let told = try #require(backend.requests.first?.fields["traceparent"])
            #expect(told.contains(call.value("spanId") ?? "-"))
        }
    }
}

extension String {
    /// What stands behind the first `text`; nil where it does not stand.
    fileprivate func range(after text: String) -> Substring? {
        firstRange(of: text).map { self[$0.upperBound...] }
    }
}
