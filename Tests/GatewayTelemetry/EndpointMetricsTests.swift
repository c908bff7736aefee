import GatewayTelemetry
import Testing

@Suite("The health of endpoints in /metrics")
struct EndpointMetricsTests {
    @Test("each endpoint has its state and counters, each circuit its own")
    func series() {
        let registry = MetricsRegistry(workers: 1)
        registry.endpoints.use {
            [
                EndpointMetrics.Row(
                    upstream: "products",
                    endpoints: [
                        EndpointMetrics.Endpoint(
                            name: "10.0.0.1:80", weight: 1, health: "ejected", errors: 0, ejections: 3, recoveries: 2,
                            checksPassed: 5, checksFailed: 4)
                    ],
                    circuit: EndpointMetrics.Circuit(isOpen: true, openings: 6, refusals: 7)),
                EndpointMetrics.Row(upstream: "users", endpoints: [], circuit: nil),
            ]
        }
        var text = PrometheusText()
        registry.render(into: &text)
        let lines = String(decoding: text.bytes, as: UTF8.self).split(separator: "\n")
        for expected in [
            #"lintel_endpoint_health{upstream="products",endpoint="10.0.0.1:80",state="available"} 0"#,
            #"lintel_endpoint_health{upstream="products",endpoint="10.0.0.1:80",state="ejected"} 1"#,
            #"lintel_endpoint_health{upstream="products",endpoint="10.0.0.1:80",state="down"} 0"#,
            #"lintel_endpoint_ejections_total{upstream="products",endpoint="10.0.0.1:80"} 3"#,
            #"lintel_endpoint_recoveries_total{upstream="products",endpoint="10.0.0.1:80"} 2"#,
            #"lintel_health_checks_total{upstream="products",endpoint="10.0.0.1:80",result="failed"} 4"#,
            #"lintel_circuit_open{upstream="products"} 1"#,
            #"lintel_circuit_refusals_total{upstream="products"} 7"#,
        ] { #expect(lines.contains { $0 == expected }, "\(expected)") }
        #expect(!lines.contains { $0.contains("users") })
    }
}
