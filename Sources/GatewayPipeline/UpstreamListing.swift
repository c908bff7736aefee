import GatewayTelemetry
import JSONDocuments
import NIOCore
import UpstreamCalls

/// What `/upstreams` tells: every endpoint with its health, and the circuits.
struct UpstreamListing {
    private let rows: [EndpointMetrics.Row]

    /// The listing of these upstreams.
    init(_ rows: [EndpointMetrics.Row]) { self.rows = rows }

    /// `{"upstreams": [{"name", "circuit"?: {"open", "openings", "refusals"}, "endpoints": [{"name", "weight", "health",
    /// "errors", "ejections", "recoveries", "checks": {"passed", "failed"}}]}]}`
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("upstreams")
        writer.beginArray()
        for row in rows { Self.write(row, to: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ row: EndpointMetrics.Row, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("name")
        writer.string(row.upstream)
        if let circuit = row.circuit {
            writer.key("circuit")
            writer.beginObject()
            writer.key("open")
            writer.bool(circuit.isOpen)
            write([("openings", circuit.openings), ("refusals", circuit.refusals)], to: &writer)
            writer.endObject()
        }
        writer.key("endpoints")
        writer.beginArray()
        for endpoint in row.endpoints {
            writer.beginObject()
            writer.key("name")
            writer.string(endpoint.name)
            writer.key("weight")
            writer.integer(endpoint.weight)
            writer.key("health")
            writer.string(endpoint.health)
            writer.key("errors")
            writer.integer(endpoint.errors)
            write([("ejections", endpoint.ejections), ("recoveries", endpoint.recoveries)], to: &writer)
            writer.key("checks")
            writer.beginObject()
            write([("passed", endpoint.checksPassed), ("failed", endpoint.checksFailed)], to: &writer)
            writer.endObject()
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }

    private static func write(_ counts: [(String, UInt64)], to writer: inout JSONWriter) {
        for (name, count) in counts {
            writer.key(name)
            writer.integer(Int(clamping: count))
        }
    }
}

extension UpstreamKeeper {
    /// The way to the figures of the upstreams, for telemetry.
    var rows: @Sendable () -> [EndpointMetrics.Row] {
        { [weak self] in
            let now = NIODeadline.now()
            return (self?.services ?? []).map { service in
                EndpointMetrics.Row(
                    upstream: service.configuration.name,
                    endpoints: service.endpoints.map { EndpointMetrics.Endpoint($0.report(at: now)) },
                    circuit: service.circuit.map { circuit in
                        let counts = circuit.counts
                        return EndpointMetrics.Circuit(
                            isOpen: circuit.isOpen(at: now), openings: counts.openings, refusals: counts.refusals)
                    })
            }
        }
    }
}

extension EndpointMetrics.Endpoint {
    /// The figures of an endpoint.
    fileprivate init(_ report: EndpointState.Report) {
        self.init(
            name: report.name, weight: report.weight, health: report.health.rawValue, errors: report.errors,
            ejections: report.ejections, recoveries: report.recoveries, checksPassed: report.checksPassed,
            checksFailed: report.checksFailed)
    }
}
