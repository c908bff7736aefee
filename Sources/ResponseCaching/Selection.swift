/// What of a stored reply goes to the client: all, nothing (304), or a part (RFC 9110 §13.2, §14).
package enum Selection: Sendable, Equatable {
    /// The whole reply.
    case whole
    /// 304: the client has it.
    case notModified
    /// 206: these octets.
    case part(Range<Int>)
    /// 416: the range lies outside.
    case unsatisfiable

    /// Decides for a stored reply with `length` octets of content.
    package static func decide(_ stored: StoredHead, request: RequestCaching, length: Int, now: Int64) -> Selection {
        if isUnmodified(stored, request: request, now: now) { return .notModified }
        guard stored.status == 200, !stored.isOddRange, let range = request.range,
            mayBePart(stored, request: request, now: now)
        else {
            return .whole
        }
        return part(range, length: length)
    }

    /// RFC 9110 §13.2.2: If-None-Match first; If-Modified-Since only without it.
    static func isUnmodified(_ stored: StoredHead, request: RequestCaching, now: Int64) -> Bool {
        // RFC 9110 §13.2.1: preconditions count only where the reply without them would be 2xx.
        guard stored.status / 100 == 2 else { return false }
        if let tags = request.ifNoneMatch {
            if request.matchesAny { return true }
            guard let tag = stored.entityTag.flatMap(EntityTag.init) else { return false }
            return tags.contains { $0.matchesWeakly(tag) }
        }
        guard let since = request.ifModifiedSince.flatMap({ HTTPDateParsing.seconds($0, now: now / 1000) }) else {
            return false
        }
        // RFC 9111 §4.3.2: without Last-Modified the Date stands for it.
        let modified = stored.lastModified.flatMap { HTTPDateParsing.seconds($0, now: now / 1000) } ?? stored.date
        return modified <= since
    }

    /// RFC 9110 §13.1.5: If-Range by the strong comparison, or by a date that is exactly Last-Modified.
    static func mayBePart(_ stored: StoredHead, request: RequestCaching, now: Int64) -> Bool {
        guard let condition = request.ifRange else { return true }
        if let tag = EntityTag(condition) {
            return stored.entityTag.flatMap(EntityTag.init).map { tag.matchesStrongly($0) } ?? false
        }
        guard let modified = stored.lastModified, modified == condition,
            let time = HTTPDateParsing.seconds(modified, now: now / 1000)
        else { return false }
        // RFC 9110 §8.8.2.2: a date is a strong validator only when it is a minute older than the reply.
        return stored.date - time >= 60
    }

    /// One range of octets (RFC 9110 §14.1.2). Several are answered whole, as is what cannot be read (§14.2).
    static func part(_ value: [UInt8], length: Int) -> Selection {
        let lower = value.lowercased
        guard lower.starts(with: Array("bytes=".utf8)) else { return .whole }
        let text = Array(lower.dropFirst(6)).trimmed
        guard !text.contains(0x2C), let dash = text.firstIndex(of: 0x2D) else { return .whole }
        let (first, last) = (Array(text[..<dash]), Array(text[(dash + 1)...]))
        if first.isEmpty {
            guard let count = last.deltaSeconds.map(Int.init) else { return .whole }
            guard count > 0, length > 0 else { return .unsatisfiable }
            return .part(max(0, length - count)..<length)
        }
        guard let start = first.deltaSeconds.map(Int.init) else { return .whole }
        if last.isEmpty { return start < length ? .part(start..<length) : .unsatisfiable }
        guard let end = last.deltaSeconds.map(Int.init), end >= start else { return .whole }
        return start < length ? .part(start..<min(length, end + 1)) : .unsatisfiable
    }
}
