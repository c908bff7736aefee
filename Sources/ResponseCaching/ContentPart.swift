/// The part of a reply's content that a 206 holds (RFC 9110 §14.4): which octets of how many.
package struct ContentPart: Sendable, Equatable {
    /// Its octets; never empty.
    package let range: Range<Int>
    /// Octets of the whole.
    package let total: Int

    /// A part; nil for one that is empty or reaches beyond the whole.
    package init?(_ range: Range<Int>, of total: Int) {
        guard !range.isEmpty, range.lowerBound >= 0, range.upperBound <= total else { return nil }
        self.range = range
        self.total = total
    }

    /// Reads Content-Range of a 206, `bytes 0-4/10`. Nil where it is missing, comes twice, counts in another unit, does not
    /// know the whole (`*`), or contradicts itself: such a part is passed on and not stored (RFC 9110 §14.4).
    package init?(_ fields: FieldList) {
        let lines = fields.values("content-range")
        guard lines.count == 1, let line = lines.first, line.prefix(6).map(\.asciiLowercased) == Array("bytes ".utf8)
        else { return nil }
        let text = Array(line.dropFirst(6))
        guard let slash = text.firstIndex(of: 0x2F), let dash = text[..<slash].firstIndex(of: 0x2D),
            let first = Self.number(text[..<dash]), let last = Self.number(text[(dash + 1)..<slash]),
            let total = Self.number(text[(slash + 1)...]), first <= last, last < total
        else { return nil }
        self.init(first..<(last + 1), of: total)
    }

    /// A number of octets, of at most 2^31.
    private static func number(_ text: ArraySlice<UInt8>) -> Int? {
        guard text.count <= 10, let number = Array(text).deltaSeconds, number < 2_147_483_648 else { return nil }
        return Int(number)
    }

    /// Whether it is the whole.
    package var isWhole: Bool { range == 0..<total }

    /// Both as one, where they overlap or adjoin (RFC 9110 §15.3.7.3); nil where there is a gap between them, or they are
    /// of different wholes.
    package func joined(with other: ContentPart) -> ContentPart? {
        guard total == other.total, range.lowerBound <= other.range.upperBound,
            other.range.lowerBound <= range.upperBound
        else { return nil }
        return ContentPart(
            min(range.lowerBound, other.range.lowerBound)..<max(range.upperBound, other.range.upperBound), of: total)
    }

    /// Whether two replies may be put together: the same strong validator (RFC 9111 §3.4). Two without one may be anything.
    package static func mayJoin(_ stored: StoredHead, _ new: StoredHead) -> Bool {
        guard let old = stored.entityTag.flatMap(EntityTag.init), let tag = new.entityTag.flatMap(EntityTag.init) else {
            return false
        }
        return tag.matchesStrongly(old)
    }

    /// What of a stored part answers a request; nil where the service has to be asked (RFC 9111 §3.3: a part answers only
    /// what lies wholly in it).
    package static func selection(_ stored: StoredHead, request: RequestCaching, now: Int64) -> Selection? {
        guard let part = stored.part, let range = request.range else { return nil }
        if Selection.isUnmodified(stored, request: request, now: now) { return .notModified }
        guard Selection.mayBePart(stored, request: request, now: now) else { return nil }
        switch Selection.part(range, length: part.total) {
        case .part(let wanted)
        where part.range.lowerBound <= wanted.lowerBound && wanted.upperBound <= part.range.upperBound:
            return .part(wanted)
        case .unsatisfiable: return .unsatisfiable
        default: return nil
        }
    }
}
