import RequestRouting
import SourceDiagnostics

/// A route table for tests, made from lines such as `GET /items/{id}`; requests are given as text too.
struct RoutingTable {
    /// The table.
    let table: RouteTable

    /// What was wrong with the definitions.
    let diagnostics: [Diagnostic]

    /// The lines, by row number.
    let lines: [String]

    /// Makes a table of one API, or of none if `lines` is empty.
    init(_ lines: [String], mount: String = "/", hosts: [String] = []) {
        self.init(apis: [(hosts: hosts, mount: mount, lines: lines)])
    }

    /// Makes a table of several APIs; their lines are numbered through.
    init(apis: [(hosts: [String], mount: String, lines: [String])], places: [MountDefinition] = []) {
        var builder = RouteTableBuilder()
        var all: [String] = []
        for api in apis {
            for line in api.lines {
                let words = line.split(separator: " ", maxSplits: 1).map(String.init)
                builder.add(
                    RouteDefinition(
                        id: RouteID(index: all.count), hosts: api.hosts, mount: api.mount, method: words[0],
                        template: words[1], name: line))
                all.append(line)
            }
        }
        for place in places { builder.add(place) }
        (table, diagnostics) = builder.build()
        lines = all
    }

    /// The codes of the diagnostics.
    var codes: [String] { diagnostics.map(\.code) }

    /// What a request finds, without canonicalisation.
    func match(
        _ method: String, _ path: String, host: String = "gw.test", captures: inout RouteCaptures
    ) -> RouteMatch {
        Array(host.utf8).withUnsafeBytes { host in
            Array(method.utf8).withUnsafeBytes { method in
                Array(path.utf8).withUnsafeBytes { path in
                    table.match(host: host, method: method, path: path, captures: &captures)
                }
            }
        }
    }

    /// What a request finds, as text: the line that answers it with the values of its expressions, `405` with `Allow`,
    /// or `404`.
    func answer(_ request: String, host: String = "gw.test") -> String {
        let words = request.split(separator: " ", maxSplits: 1).map(String.init)
        let path = Canonical(words[1]).text ?? "refused"
        var captures = RouteCaptures()
        switch match(words[0], path, host: host, captures: &captures) {
        case .matched(let id, _):
            let values = (0..<captures.count).map { index in
                String(decoding: Array(path.utf8)[captures[index]], as: UTF8.self)
            }
            return ([lines[id.index]] + values).joined(separator: " | ")
        case .methodNotAllowed(let allowed, _, _): return "405 \(allowed)"
        case .notFound: return "404"
        }
    }
}

/// The canonical spelling of a path, as text.
struct Canonical {
    /// What canonicalisation said.
    let outcome: RequestPath

    /// The canonical path, nil if it was refused.
    let text: String?

    /// Brings bytes to their canonical spelling.
    init(_ raw: [UInt8]) {
        var buffer = PathBuffer()
        outcome = raw.withUnsafeBytes { RequestPath.canonicalise($0, into: &buffer) }
        switch outcome {
        case .canonical: text = String(decoding: raw, as: UTF8.self)
        case .rewritten: text = String(decoding: buffer.bytes, as: UTF8.self)
        case .refused: text = nil
        }
    }

    /// Brings a text to its canonical spelling.
    init(_ raw: String) { self.init(Array(raw.utf8)) }
}
