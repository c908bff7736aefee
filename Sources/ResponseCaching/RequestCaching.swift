import HTTPExchanges

/// What a request says to a cache: directives, conditions, ranges (RFC 9111 §5.2.1, RFC 9110 §13 and §14).
package struct RequestCaching: Sendable {
    /// Cache-Control, or what Pragma stands for (RFC 9111 §5.4).
    package let directives: CacheDirectives
    /// Whether Authorization stands in the request.
    package let hasAuthorization: Bool
    /// The elements of If-None-Match; nil when the field is not there.
    package let ifNoneMatch: [EntityTag]?
    /// Whether If-None-Match is `*`.
    package let matchesAny: Bool
    /// The value of If-Modified-Since.
    package let ifModifiedSince: [UInt8]?
    /// The value of Range, where there is one line.
    package let range: [UInt8]?
    /// The value of If-Range.
    package let ifRange: [UInt8]?
    /// Whether If-Match or If-Unmodified-Since asks for what only the service can tell.
    package let hasPrecondition: Bool
    /// The fields, for Vary.
    package let fields: FieldList

    /// Reads a request's fields.
    package init(_ fields: FieldList) {
        self.fields = fields
        let control = fields.values("cache-control")
        var directives = CacheDirectives(control)
        if control.isEmpty, CacheDirectives(fields.values("pragma")).noCache { directives.noCache = true }
        self.directives = directives
        hasAuthorization = fields.has("authorization")
        let tags = fields.values("if-none-match")
        ifNoneMatch = tags.isEmpty ? nil : tags.flatMap { EntityTag.list($0) }
        matchesAny = tags.contains([0x2A])
        ifModifiedSince = fields.first("if-modified-since")
        let ranges = fields.values("range")
        range = ranges.count == 1 ? ranges.first : nil
        ifRange = fields.first("if-range")
        hasPrecondition = fields.has("if-match") || fields.has("if-unmodified-since")
    }
}

/// An entity tag (RFC 9110 §8.8.3).
package struct EntityTag: Sendable, Equatable {
    /// Whether it is weak.
    package let isWeak: Bool
    /// The opaque tag with its quotes.
    package let opaque: [UInt8]

    /// Reads one tag; nil when it is none.
    package init?(_ value: [UInt8]) {
        let isWeak = value.starts(with: [0x57, 0x2F])
        let opaque = Array(value.dropFirst(isWeak ? 2 : 0))
        guard opaque.count >= 2, opaque.first == 0x22, opaque.last == 0x22,
            !opaque.dropFirst().dropLast().contains(0x22)
        else { return nil }
        self.isWeak = isWeak
        self.opaque = opaque
    }

    /// The tags of one line of If-None-Match. A comma may stand inside the quotes.
    static func list(_ line: [UInt8]) -> [EntityTag] {
        var tags: [EntityTag] = []
        var current: [UInt8] = []
        var isQuoted = false
        for octet in line + [0x2C] {
            if octet == 0x22 { isQuoted.toggle() }
            if octet == 0x2C, !isQuoted {
                if let tag = EntityTag(current.trimmed) { tags.append(tag) }
                current = []
            } else {
                current.append(octet)
            }
        }
        return tags
    }

    /// The weak comparison (RFC 9110 §8.8.3.2).
    package func matchesWeakly(_ other: EntityTag) -> Bool { opaque == other.opaque }
    /// The strong comparison.
    package func matchesStrongly(_ other: EntityTag) -> Bool { !isWeak && !other.isWeak && opaque == other.opaque }
}
