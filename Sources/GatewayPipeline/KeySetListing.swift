import GatewayTelemetry
import JSONDocuments

/// What `/keys` tells: the key sets that are fetched, and how that goes. Keys themselves are not shown.
struct KeySetListing {
    private let rows: [KeySetMetrics.Row]

    /// The listing of these sets.
    init(_ rows: [KeySetMetrics.Row]) { self.rows = rows }

    /// `{"keySets": [{"url", "keys", "skipped": […], "lastSuccess"?, "failure"?, "fetches": {outcome: count}}]}`;
    /// `lastSuccess` in seconds since 1970.
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("keySets")
        writer.beginArray()
        for row in rows { Self.write(row, to: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ row: KeySetMetrics.Row, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("url")
        writer.string(row.url)
        writer.key("keys")
        writer.integer(row.keys)
        writer.key("skipped")
        writer.beginArray()
        for reason in row.skipped { writer.string(reason) }
        writer.endArray()
        if let time = row.succeededAt {
            writer.key("lastSuccess")
            writer.integer(Int(time))
        }
        if let failure = row.failure {
            writer.key("failure")
            writer.string(failure)
        }
        writer.key("fetches")
        writer.beginObject()
        for (outcome, count) in row.fetches.sorted(by: { $0.key < $1.key }) {
            writer.key(outcome)
            writer.integer(Int(clamping: count))
        }
        writer.endObject()
        writer.endObject()
    }
}
