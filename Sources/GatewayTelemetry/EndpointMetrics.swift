import Synchronization

/// Health of the upstreams' endpoints and circuits: for `/metrics` and `/upstreams`.
///
/// The figures live with the upstreams; here is only the way to them, so that each is read when somebody asks.
package final class EndpointMetrics: Sendable {
    /// One endpoint at a moment.
    package struct Endpoint: Sendable {
        /// `host:port`.
        package let name: String
        /// Its weight.
        package let weight: Int
        /// `available`, `ejected` or `down`.
        package let health: String
        /// Failures since the last success.
        package let errors: Int
        /// Times it was left out.
        package let ejections: UInt64
        /// Times it came back.
        package let recoveries: UInt64
        /// Checks that succeeded.
        package let checksPassed: UInt64
        /// Checks that failed.
        package let checksFailed: UInt64

        /// An endpoint's figures.
        package init(
            name: String, weight: Int, health: String, errors: Int, ejections: UInt64, recoveries: UInt64,
            checksPassed: UInt64, checksFailed: UInt64
        ) {
            self.name = name
            self.weight = weight
            self.health = health
            self.errors = errors
            self.ejections = ejections
            self.recoveries = recoveries
            self.checksPassed = checksPassed
            self.checksFailed = checksFailed
        }
    }

    /// The circuit of an upstream at a moment.
    package struct Circuit: Sendable {
        /// Whether no calls are made.
        package let isOpen: Bool
        /// How often it opened.
        package let openings: UInt64
        /// Calls that it refused.
        package let refusals: UInt64

        /// A circuit's figures.
        package init(isOpen: Bool, openings: UInt64, refusals: UInt64) {
            self.isOpen = isOpen
            self.openings = openings
            self.refusals = refusals
        }
    }

    /// One upstream at a moment.
    package struct Row: Sendable {
        /// The upstream's name in the settings.
        package let upstream: String
        /// Its endpoints.
        package let endpoints: [Endpoint]
        /// Its circuit; nil where it has none.
        package let circuit: Circuit?

        /// An upstream's figures.
        package init(upstream: String, endpoints: [Endpoint], circuit: Circuit?) {
            self.upstream = upstream
            self.endpoints = endpoints
            self.circuit = circuit
        }
    }

    private let source = Mutex<@Sendable () -> [Row]>({ [] })

    /// No upstreams.
    init() {}

    /// Sets where the figures come from.
    package func use(_ source: @escaping @Sendable () -> [Row]) { self.source.withLock { $0 = source } }

    /// The upstreams as they are now.
    package var all: [Row] { source.withLock { $0 }() }

    /// Writes the series.
    func render(into text: inout PrometheusText) {
        let rows = all
        guard !rows.isEmpty else { return }
        func each(_ name: String, _ kind: PrometheusText.Kind, _ help: String, _ value: (Endpoint) -> UInt64) {
            text.family(name, kind, help)
            for row in rows {
                for endpoint in row.endpoints {
                    text.sample(name, [("upstream", row.upstream), ("endpoint", endpoint.name)], value(endpoint))
                }
            }
        }
        text.family("lintel_endpoint_health", .gauge, "1 for the state that an endpoint is in, 0 for the others.")
        for row in rows {
            for endpoint in row.endpoints {
                for state in ["available", "ejected", "down"] {
                    text.sample(
                        "lintel_endpoint_health",
                        [("upstream", row.upstream), ("endpoint", endpoint.name), ("state", state)],
                        UInt64(endpoint.health == state ? 1 : 0))
                }
            }
        }
        each("lintel_endpoint_ejections_total", .counter, "Times an endpoint was left out because it failed.") {
            $0.ejections
        }
        each("lintel_endpoint_recoveries_total", .counter, "Times an endpoint came back after it was out.") {
            $0.recoveries
        }
        text.family("lintel_health_checks_total", .counter, "Questions for an endpoint's health, by result.")
        for row in rows {
            for endpoint in row.endpoints where endpoint.checksPassed + endpoint.checksFailed > 0 {
                let labels = [("upstream", row.upstream), ("endpoint", endpoint.name)]
                text.sample("lintel_health_checks_total", labels + [("result", "passed")], endpoint.checksPassed)
                text.sample("lintel_health_checks_total", labels + [("result", "failed")], endpoint.checksFailed)
            }
        }
        let circuits = rows.compactMap { row in row.circuit.map { (row.upstream, $0) } }
        guard !circuits.isEmpty else { return }
        text.family("lintel_circuit_open", .gauge, "1 while an upstream is not called because it failed too often.")
        for (name, circuit) in circuits {
            text.sample("lintel_circuit_open", [("upstream", name)], UInt64(circuit.isOpen ? 1 : 0))
        }
        text.family("lintel_circuit_openings_total", .counter, "Times the circuit of an upstream opened.")
        for (name, circuit) in circuits {
            text.sample("lintel_circuit_openings_total", [("upstream", name)], circuit.openings)
        }
        text.family("lintel_circuit_refusals_total", .counter, "Calls that were not made because the circuit was open.")
        for (name, circuit) in circuits {
            text.sample("lintel_circuit_refusals_total", [("upstream", name)], circuit.refusals)
        }
    }
}
