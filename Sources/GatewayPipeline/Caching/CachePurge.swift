import GatewayTelemetry
import JSONDocuments
import ResponseCaching
import SourceDiagnostics

/// What the admin listener does about the store: figures, and purging.
struct CachePurge: Sendable {
    /// Largest request.
    static let contentLimit = 64 << 10

    /// Why a request is refused.
    struct Refusal: Error {
        /// In words.
        let detail: String
    }

    /// The store.
    let cache: ResponseCache
    /// The operations.
    let snapshot: Snapshot
    /// What the store did.
    let metrics: CacheMetrics
    /// Passes a request on to other nodes, with the groups that it makes invalid.
    var share: (@Sendable ([UInt8], [[UInt8]]) -> Void)?

    /// `{"budget", "bytes", "entries", "evictions", "flights", "decisions": {name: count}}`
    var statistics: [UInt8] {
        let figures = cache.statistics
        var writer = JSONWriter()
        writer.beginObject()
        for (name, value) in [
            ("budget", figures.budget), ("bytes", figures.bytes), ("entries", figures.entries),
            ("evictions", figures.evictions), ("flights", figures.flights),
        ] {
            writer.key(name)
            writer.integer(value)
        }
        writer.key("decisions")
        writer.beginObject()
        for (name, count) in metrics.decisions {
            writer.key(name)
            writer.integer(Int(count))
        }
        writer.endObject()
        if metrics.shared.isUsed {
            writer.key("shared")
            writer.beginObject()
            writer.key("connections")
            writer.integer(metrics.shared.connections)
            for (event, count) in metrics.shared.counts {
                writer.key(event.rawValue)
                writer.integer(Int(count))
            }
            writer.endObject()
        }
        writer.endObject()
        return writer.bytes
    }

    /// Purges what a request names: `{"operation"?, "params"?, "groups"?, "soft"?}`; the number of replies.
    ///
    /// Complexity: looks at every reply in store.
    func purge(_ content: [UInt8]) throws(Refusal) -> Int {
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: SourceFile(path: "purge", bytes: content))
        } catch {
            throw Refusal(detail: "The content is no JSON.")
        }
        let root = document.root
        guard root.kind == .object else { throw Refusal(detail: "The content is no object.") }
        let known = ["operation", "params", "groups", "soft"]
        for member in root.members where !known.contains(member.name) {
            throw Refusal(detail: "There is no key \"\(member.name)\"; the keys are \(known.joined(separator: ", ")).")
        }
        let isSoft = root["soft"]?.bool ?? false
        var matched = 0
        let names = root["groups"]?.elements.compactMap { $0.string.map { Array($0.utf8) } } ?? []
        if !names.isEmpty {
            let groups = names.map(CacheGroup.named)
            let wanted = Set(groups.map(CacheKey.digest))
            // Counted first; what is on its way is caught by the generation.
            matched += cache.purge(isSoft: isSoft) { _, reply in reply.groups.contains { wanted.contains($0) } }
            cache.invalidate(groups: groups, isSoft: isSoft)
        }
        guard let name = root["operation"]?.string else {
            guard root["operation"] == nil, root["params"] == nil else {
                throw Refusal(detail: "\"params\" needs an \"operation\", written api.operation.")
            }
            guard !names.isEmpty else { throw Refusal(detail: "Say an \"operation\" or \"groups\".") }
            share?(content, names.map(CacheGroup.named))
            return matched
        }
        guard let row = snapshot.storedOperation(name) else {
            throw Refusal(detail: "There is no cached operation \"\(name)\".")
        }
        var params: [(name: String, value: String)] = []
        for member in root["params"]?.members.map({ $0 }) ?? [] {
            guard let value = member.value.string ?? member.value.numberLiteral else {
                throw Refusal(detail: "The parameter \"\(member.name)\" is neither text nor number.")
            }
            params.append((member.name, value))
        }
        // The second level finds no parameters: all replies of the operation are fetched anew there.
        share?(content, names.map(CacheGroup.named) + [SharedStore.operation(api: row.api, row.operation)])
        // Whole replies of compositions that such a part stands in.
        cache.invalidate(groups: [SharedStore.operation(api: row.api, row.operation)], isSoft: isSoft)
        let prefix = Array("\(row.api)\0\(row.operation)\0".utf8)
        let template = row.template.split(separator: "/", omittingEmptySubsequences: false)
        return matched
            + cache.purge(isSoft: isSoft) { key, _ in
                guard key.bytes.starts(with: prefix) else { return false }
                let parts = key.parts
                guard parts.count > 5 else { return false }
                return Self.matches(path: parts[4], query: parts[5], template: template, params: params)
            }
    }

    /// Whether path and query have the values of all parameters.
    private static func matches(
        path: ArraySlice<UInt8>, query: ArraySlice<UInt8>, template: [Substring],
        params: [(name: String, value: String)]
    ) -> Bool {
        let segments = path.split(separator: 0x2F, omittingEmptySubsequences: false)
        let pairs = query.split(separator: 0x26)
        return params.allSatisfy { param in
            if let index = template.firstIndex(of: "{\(param.name)}") {
                return index < segments.count && decoded(segments[index]) == param.value
            }
            return pairs.contains { pair in
                let parts = pair.split(separator: 0x3D, maxSplits: 1, omittingEmptySubsequences: false)
                return decoded(parts[0]) == param.name && decoded(parts.count > 1 ? parts[1] : []) == param.value
            }
        }
    }

    /// Percent-decoded text.
    private static func decoded(_ bytes: ArraySlice<UInt8>) -> String {
        var result: [UInt8] = []
        var rest = bytes
        while let octet = rest.popFirst() {
            if octet == 0x25, rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                result.append(value)
                rest = rest.dropFirst(2)
            } else {
                result.append(octet)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
