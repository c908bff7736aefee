import Glibc
import JSONDocuments
import TestSupport
import Testing

extension EndToEnd {
    /// The dashboard in docker/grafana, against what a gateway really exports.
    @Suite("The Grafana dashboard")
    struct DashboardTests {
        /// The labels of every series, by name.
        private static func series(_ text: String) throws -> [String: Set<String>] {
            let sample = /([a-z_]+)(?:\{(.*)\})? [^ ]+/
            let label = /([a-z_]+)="/
            var series: [String: Set<String>] = [:]
            for line in text.split(separator: "\n") where !line.hasPrefix("#") {
                let match = try #require(try sample.wholeMatch(in: line), "\(line)")
                series[String(match.output.1), default: []].formUnion(
                    (match.output.2 ?? "").matches(of: label).map { String($0.output.1) })
            }
            return series
        }

        /// Every query of the dashboard.
        private static func queries(_ value: JSONValue) -> [String] {
            value.members.flatMap { member in
                member.name == "expr" ? member.value.string.map { [$0] } ?? [] : queries(member.value)
            } + value.elements.flatMap(queries)
        }

        @Test("every metric in its queries, and every label, is one that /metrics has")
        func queries() async throws {
            let text = FileContent.text(PackageFolder.path + "/docker/grafana/lintel.json")
            let queries = Self.queries(try JSONDocument(parsing: text).root)
            try #require(queries.count > 30)
            let backend = try RecordingBackend()
            let gateway = try RunningGateway(
                upstream: backend.port,
                upstreamSettings: "circuit: { minRequests: 2 }\nhealth: { active: { path: /up, interval: 1s } }")
            _ = try HTTPClient.send("GET /t/x", to: gateway.port, host: "gw.test")
            #expect(Clock.poll(for: 5) { backend.requests.contains { $0.target == "/up" } })
            var texts = ""
            #expect(
                Clock.poll(for: 5) {
                    texts = (try? HTTPClient.send("GET /metrics", to: gateway.adminPort).text) ?? ""
                    return texts.contains("lintel_health_checks_total{")
                })
            let first = texts
            try await RunningShop.run { shop in
                for _ in 0..<2 { _ = try HTTPClient.send("GET /products/1", to: shop.gateway.port) }
                _ = try HTTPClient.send("GET /pages/orders/2", to: shop.gateway.port)
                _ = try HTTPClient.send("GET /products?limit=none", to: shop.gateway.port)
                usleep(300_000)
                let series = try Self.series(
                    first + "\n" + HTTPClient.send("GET /metrics", to: shop.gateway.adminPort).text)
                for query in queries {
                    let names = Set(query.matches(of: /lintel_[a-z_]+/).map { String($0.output) })
                    #expect(!names.isEmpty, "\(query)")
                    var labels: Set<String> = []
                    for name in names {
                        #expect(series[name] != nil, "\(name) of \(query)")
                        labels.formUnion(series[name] ?? [])
                    }
                    let used =
                        query.matches(of: /by \(([a-z_, ]*)\)/).flatMap {
                            $0.output.1.split(separator: ", ").map(String.init)
                        } + query.matches(of: /([a-z_]+)[=!]~?"/).map { String($0.output.1) }
                    for label in used { #expect(labels.contains(label), "\(label) of \(query)") }
                }
            }
            gateway.stop()
        }
    }
}
