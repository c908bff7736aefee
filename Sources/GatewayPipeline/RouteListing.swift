import JSONDocuments

/// The compiled route table for people and for `/routes`.
package struct RouteListing {
    private let snapshot: Snapshot

    /// The routes of `snapshot`.
    package init(_ snapshot: Snapshot) { self.snapshot = snapshot }

    /// `{"hash": …, "routes": [{"method", "path", "api", "operation", "upstream", "requests", "responses"}]}`
    package var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("hash")
        writer.string(snapshot.hash)
        writer.key("routes")
        writer.beginArray()
        for row in sorted {
            writer.beginObject()
            for (key, value) in [
                ("method", row.method), ("path", row.template), ("api", row.api), ("operation", row.operation),
                ("upstream", row.upstreamName(in: snapshot)),
                ("requests", row.requests.word), ("responses", row.responses.word),
            ] {
                writer.key(key)
                writer.string(value)
            }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    /// One line per route in columns, with a line of headings.
    package var table: String {
        var lines = [["METHOD", "PATH", "OPERATION", "UPSTREAM", "REQUESTS"]]
        lines += sorted.map {
            [
                $0.method, $0.template, "\($0.api).\($0.operation)",
                $0.upstreamName(in: snapshot), $0.requests.word,
            ]
        }
        let widths = (0..<5).map { column in lines.map { $0[column].unicodeScalars.count }.max() ?? 0 }
        return lines.map { cells in
            var line = ""
            for (column, cell) in cells.enumerated() {
                line += cell
                guard column < 4 else { continue }
                line += String(repeating: " ", count: widths[column] - cell.unicodeScalars.count + 2)
            }
            return line
        }.joined(separator: "\n")
    }

    /// By path, then method.
    private var sorted: [RouteRow] {
        snapshot.rows.sorted { ($0.template, $0.method) < ($1.template, $1.method) }
    }
}

extension ContractEnforcement {
    /// The setting's word.
    package var word: String {
        switch self {
        case .enforce: "enforce"
        case .report: "report"
        case .skip: "skip"
        }
    }
}
