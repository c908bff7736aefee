import GatewayTelemetry
import Testing

@Suite("Prometheus text format 0.0.4")
struct PrometheusTextTests {
    /// The lines of a text.
    private func lines(_ text: PrometheusText) -> [String] {
        String(decoding: text.bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init)
    }

    /// A registry with something in every family.
    private func populated() -> MetricsRegistry {
        let registry = MetricsRegistry(workers: 2, reasons: ["upstream-refused", "contract"])
        let index = registry.index(of: OperationLabels(api: "shop", operation: "GET /a\"b\\c\nd"))
        let upstream = registry.index(ofUpstream: "products")
        for worker in 0..<2 {
            let shard = registry.shard(worker: worker)
            shard.recordExchange(operation: index, status: 200, nanoseconds: 70_000)
            shard.recordExchange(operation: index, status: 400, nanoseconds: 90_000_000_000)
            shard.recordExchange(operation: 0, status: 404, nanoseconds: 10)
            for place in ViolationPlace.allCases { shard.recordViolations(operation: index, in: place, count: 2) }
            shard.recordFailure(reason: 0)
            shard.recordAttempt(upstream: upstream)
            shard.recordAttempt(upstream: upstream, isRetry: true)
            shard.recordAttemptDuration(upstream: upstream, nanoseconds: 1_000_000)
            for kind in UpstreamFailureKind.allCases { shard.recordAttemptFailure(upstream: upstream, kind: kind) }
            shard.setPool(PoolGauges(open: 3, leased: 2, pending: 1), upstream: upstream)
            shard.setConnections(accepted: 1, refused: 1, open: 4)
            for reason in ShedReason.allCases { shard.recordShed(reason) }
            shard.recordBytes(clientReceived: 1, clientSent: 2, upstreamReceived: 3, upstreamSent: 4)
        }
        registry.recordReload(succeeded: true, at: 1_700_000_000.5)
        registry.recordReload(succeeded: false, at: 1_700_000_001)
        return registry
    }

    @Test("every line is a comment or a sample of the family announced before it, each family once")
    func grammar() throws {
        var text = PrometheusText()
        populated().render(into: &text)
        let label = #"[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*""#
        let sample = try Regex(
            "^([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{(" + label + ",?)*\\})? (NaN|[+-]Inf|-?[0-9][0-9.e+-]*)$")
        var families = Set<String>()
        var current = ""
        var series = Set<String>()
        let all = lines(text)
        #expect(all.last == "")
        for line in all.dropLast() {
            if line.hasPrefix("# HELP ") {
                current = String(line.split(separator: " ")[2])
                #expect(families.insert(current).inserted, "family \(current) announced twice")
            } else if line.hasPrefix("# TYPE ") {
                #expect(line.split(separator: " ")[2] == current)
            } else {
                let match = try #require(try sample.wholeMatch(in: line), "no sample: \(line)")
                let name = String(try #require(match.output[1].substring))
                #expect([current, current + "_bucket", current + "_sum", current + "_count"].contains(name))
                let key = String(line[..<(try #require(line.lastIndex(of: " ")))])
                #expect(series.insert(key).inserted, "series twice: \(key)")
                #expect(name.hasPrefix("lintel_"))
            }
        }
        #expect(families.count > 15)
    }

    @Test("buckets are cumulative, end in +Inf, and agree with _count and _sum")
    func histogram() throws {
        var text = PrometheusText()
        text.histogram(
            "h", [("a", "b")], buckets: [2, 0, 1] + [UInt64](repeating: 0, count: 17) + [4], nanoseconds: 1_500_000_000)
        let all = lines(text).dropLast()
        #expect(all.first == #"h_bucket{a="b",le="6.5536e-05"} 2"#)
        let counts = all.filter { $0.hasPrefix("h_bucket") }.compactMap { UInt64($0.split(separator: " ")[1]) }
        #expect(counts == counts.sorted())
        #expect(counts.count == LatencyBuckets.count)
        #expect(all.contains(#"h_bucket{a="b",le="+Inf"} 7"#))
        #expect(all.contains(#"h_sum{a="b"} 1.5"#))
        #expect(all.last == #"h_count{a="b"} 7"#)
    }

    @Test("label values cannot end their quotes or their line")
    func labels() {
        var text = PrometheusText()
        text.sample("m", [("l", "a\\b\"c\nd é")], UInt64(1))
        #expect(lines(text) == [#"m{l="a\\b\"c\nd é"} 1"#, ""])
    }

    @Test("help texts cannot end their line")
    func help() {
        var text = PrometheusText()
        text.family("m", .gauge, "a\\b\nc \"d\"")
        #expect(lines(text) == [#"# HELP m a\\b\nc "d""#, "# TYPE m gauge", ""])
    }

    @Test("numbers that are none have their words")
    func specialNumbers() {
        var text = PrometheusText()
        for value in [Double.nan, .infinity, -.infinity, 0.25] { text.sample("m", [], value) }
        #expect(lines(text) == ["m NaN", "m +Inf", "m -Inf", "m 0.25", ""])
    }

    @Test(
        "the sums over the workers are what the text says",
        arguments: [
            #"lintel_requests_total{api="",operation="",status="4xx"} 2"#,
            #"lintel_requests_total{api="shop",operation="GET /a\"b\\c\nd",status="2xx"} 2"#,
            #"lintel_violations_total{api="shop",operation="GET /a\"b\\c\nd",message="request",in="cookie"} 4"#,
            #"lintel_violations_total{api="shop",operation="GET /a\"b\\c\nd",message="response",in="status"} 4"#,
            #"lintel_request_duration_seconds_count{api="shop",operation="GET /a\"b\\c\nd"} 4"#,
            #"lintel_failures_total{reason="upstream-refused"} 2"#,
            #"lintel_failures_total{reason="contract"} 0"#,
            #"lintel_upstream_attempts_total{upstream="products"} 4"#,
            #"lintel_upstream_retries_total{upstream="products"} 2"#,
            #"lintel_upstream_failures_total{upstream="products",reason="pool_full"} 2"#,
            #"lintel_pool_open{upstream="products"} 6"#,
            #"lintel_pool_leased{upstream="products"} 4"#,
            #"lintel_pool_pending{upstream="products"} 2"#,
            "lintel_connections_total 2", "lintel_connections_open 8", "lintel_connections_refused_total 2",
            #"lintel_bytes_total{peer="upstream",direction="sent"} 8"#,
            #"lintel_shed_requests_total{reason="memory"} 2"#, "lintel_resident_memory_bytes 0",
            "lintel_config_last_reload_successful 0", #"lintel_config_reloads_total{result="success"} 1"#,
            "lintel_config_last_reload_success_timestamp_seconds 1700000000.5", "lintel_workers 2",
        ])
    func figures(line: String) {
        var text = PrometheusText()
        populated().render(into: &text)
        #expect(lines(text).contains(line))
    }
}
