/// A stored head brought up to date by a 304 (RFC 9111 §3.2 and §4.3.4), and the lines of a 304 to the client.
package enum HeadMerging {
    /// Fields that describe the stored content and stay as they are (RFC 9111 §3.2), or are for one hop or message.
    static let kept: Set<String> = [
        "content-length", "content-encoding", "content-range", "transfer-encoding", "connection", "keep-alive", "te",
        "trailer", "upgrade", "x-request-id", "cache-status", "age",
    ]

    /// The stored lines, those that the 304 has too replaced by its own.
    package static func merge(stored: FieldList, update: FieldList) -> FieldList {
        var result = FieldList()
        let fresh = update.lines.filter { !kept.contains(String(decoding: $0.name, as: UTF8.self)) }
        let names = Set(fresh.map(\.name))
        for line in stored.lines where !names.contains(line.name) { result.append(line) }
        for line in fresh { result.append(line) }
        return result
    }

    /// Whether a 200 to HEAD speaks of the stored reply: the same validators where it has any, the same length where it states
    /// one (RFC 9111 §4.3.5). Then it brings the stored head up to date; else what is stored is stale.
    ///
    /// - Parameters:
    ///   - length: octets of the stored content.
    ///   - isOwnTag: whether the stored entity tag was made here, so that the service's says nothing about it.
    package static func speaksOf(_ stored: StoredHead, length: Int, isOwnTag: Bool, toHEAD update: FieldList) -> Bool {
        if let tag = update.first("etag"), isOwnTag || tag != stored.entityTag { return false }
        if let modified = update.first("last-modified"), modified != stored.lastModified { return false }
        if let stated = update.first("content-length"), stated.deltaSeconds != Int64(length) { return false }
        return true
    }

    /// Whether a 304 changes what the stored content is: it kept its contract as one media type and cannot be another.
    package static func changesMediaType(stored: FieldList, update: FieldList) -> Bool {
        func essence(_ fields: FieldList) -> [UInt8]? {
            fields.first("content-type").map { Array($0.prefix { $0 != 0x3B }).trimmed.lowercased }
        }
        guard let new = essence(update) else { return false }
        return new != essence(stored)
    }

    /// Whether a 304 speaks of the stored reply (RFC 9111 §4.3.4).
    package static func speaksOf(_ stored: StoredHead, update: FieldList) -> Bool {
        guard let tag = update.first("etag").flatMap(EntityTag.init) else { return true }
        guard let own = stored.entityTag.flatMap(EntityTag.init) else { return false }
        return tag.matchesWeakly(own)
    }

    /// RFC 9110 §15.4.5: what a 304 carries.
    package static func standsInNotModified(_ name: [UInt8]) -> Bool {
        switch String(decoding: name, as: UTF8.self) {
        case "cache-control", "content-location", "date", "etag", "expires", "vary", "last-modified",
            "cdn-cache-control":
            true
        default: false
        }
    }
}
