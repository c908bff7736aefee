/// The canonical spelling of a request path: what is matched, what is cached under, and what is forwarded.
///
/// Equivalent URIs must reach the same operation, and the upstream must see the path that was matched and no other.
/// So a path is brought to one spelling before anything looks at it:
///
/// - Triplets of unreserved characters are decoded: `%61` becomes `a` (RFC 3986 section 6.2.2.2).
/// - The digits of all other triplets are upper case: `%c3` becomes `%C3` (section 6.2.2.1). `%2F` stays data and never
///   separates segments; neither does `%3B` or any other reserved character become its raw form.
/// - Printable ASCII that may not stand in a path becomes a triplet: `|` becomes `%7C`, `[` becomes `%5B`.
/// - Empty segments stay, and so does a trailing slash.
///
/// Everything on which servers disagree is refused and not repaired, see ``RequestPathRefusal``. Dot segments are
/// refused and not resolved, since a client that means the resolved path can send it (RFC 3986 section 6.2.2.3). They
/// are looked for in the decoded text, between raw or encoded slashes and before semicolons: `/a/%2e%2E/b`,
/// `/a/..%2Fb`, `/a/..;x/b`. A backslash is refused raw and encoded; other encoded control characters than NUL are
/// data.
package enum RequestPath: Sendable, Equatable {
    /// The bytes as received are canonical; nothing was copied.
    case canonical

    /// The canonical bytes are in the caller's buffer.
    case rewritten

    /// The path is answered with 400.
    case refused(RequestPathRefusal)

    /// Finds the canonical spelling of a path.
    ///
    /// - Parameters:
    ///   - raw: The path as received, without query: everything before the first `?` of an origin-form target.
    ///   - buffer: Where a rewritten path goes, at most three times as long. Its content is undefined if the result is
    ///     not ``rewritten``.
    /// - Returns: Where the canonical bytes are, or why there are none.
    /// - Complexity: O(n), one pass; eight bytes at a time while the path is letters, digits, `/`, `-`, `_`, `:`, `;`.
    package static func canonicalise(_ raw: UnsafeRawBufferPointer, into buffer: inout PathBuffer) -> RequestPath {
        guard let first = raw.first, first == PathOctet.slash else { return .refused(.notAbsolute) }
        if isPlainText(raw) { return .canonical }
        var pass = CanonicalPass()
        return pass.run(over: raw, into: &buffer)
    }

    /// Whether all bytes are letters, digits or one of `/ - _ : ;`, in which case nothing can be wrong with them.
    ///
    /// Eight bytes at a time in one integer: adding `128 - n` to a byte below 128 sets its top bit if it is at least n.
    @inline(__always)
    private static func isPlainText(_ raw: UnsafeRawBufferPointer) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops = ones &<< 7
        let count = raw.count
        guard count >= 8 else {
            for byte in raw where !(PathOctet.isPlain(byte) && byte != PathOctet.dot) { return false }
            return true
        }
        var bad: UInt64 = 0
        var offset = 0
        while offset < count {
            // The last word overlaps the one before it.
            let word = raw.loadUnaligned(fromByteOffset: min(offset, count &- 8), as: UInt64.self)
            let low = word & ~tops
            let lowerCased = low | (ones &* 0x20)
            let letters = (lowerCased &+ ones &* (128 - 0x61)) & ~(lowerCased &+ ones &* (128 - 0x7B))
            let slashToSemicolon = (low &+ ones &* (128 - 0x2F)) & ~(low &+ ones &* (128 - 0x3C))
            let hyphen = ~((low ^ (ones &* 0x2D)) &+ ~tops)
            let underscore = ~((low ^ (ones &* 0x5F)) &+ ~tops)
            bad |= word | ~(letters | slashToSemicolon | hyphen | underscore)
            offset &+= 8
        }
        return bad & tops == 0
    }
}

/// The byte by byte pass over a path that is not plain text. It copies from the first byte on that has to change.
private struct CanonicalPass {
    /// How much of a dot segment the current segment could still be.
    private enum Dots { case atStart, one, two, ordinary }

    /// What is known of the segment so far.
    private var dots = Dots.atStart

    /// What has to follow to complete a UTF-8 sequence.
    private var sequence = UTF8Sequence()

    /// Whether something changed, so that bytes go to the buffer.
    private var isCopying = false

    /// Runs over the whole path.
    mutating func run(over raw: UnsafeRawBufferPointer, into buffer: inout PathBuffer) -> RequestPath {
        var index = 0
        let end = raw.count
        while index < end {
            let byte = raw[index]
            if byte == PathOctet.percent {
                guard index &+ 2 < end, let high = PathOctet.hexadecimalValue(raw[index &+ 1]),
                    let low = PathOctet.hexadecimalValue(raw[index &+ 2])
                else { return .refused(.malformedTriplet) }
                let octet = high &<< 4 | low
                if let refusal = enter(octet, isEncoded: true) { return .refused(refusal) }
                let isUnreserved = PathOctet.isUnreserved(octet)
                let isLowerCase = raw[index &+ 1] > 0x60 || raw[index &+ 2] > 0x60
                if isUnreserved || isLowerCase { startCopying(raw[..<index], into: &buffer) }
                if isCopying {
                    if isUnreserved { buffer.append(octet) } else { buffer.appendTriplet(octet) }
                }
                index &+= 3
                continue
            }
            if PathOctet.isPlain(byte) {
                if let refusal = enter(byte, isEncoded: false) { return .refused(refusal) }
                if isCopying { buffer.append(byte) }
            } else {
                guard PathOctet.isEncodable(byte) else { return .refused(Self.refusal(ofRaw: byte)) }
                if let refusal = enter(byte, isEncoded: false) { return .refused(refusal) }
                startCopying(raw[..<index], into: &buffer)
                buffer.appendTriplet(byte)
            }
            index &+= 1
        }
        if !sequence.isComplete { return .refused(.malformedUTF8) }
        if dots == .one || dots == .two { return .refused(.dotSegment) }
        return isCopying ? .rewritten : .canonical
    }

    /// Copies what came before the first change.
    private mutating func startCopying(_ head: Slice<UnsafeRawBufferPointer>, into buffer: inout PathBuffer) {
        guard !isCopying else { return }
        isCopying = true
        buffer.removeAll()
        buffer.append(contentsOf: head)
    }

    /// Takes one decoded octet into account; returns what is wrong with it.
    @inline(__always)
    private mutating func enter(_ octet: UInt8, isEncoded: Bool) -> RequestPathRefusal? {
        if isEncoded {
            if octet == 0 { return .encodedNUL }
            if octet == PathOctet.backslash { return .backslash }
        }
        guard sequence.accepts(octet) else { return .malformedUTF8 }
        switch octet {
        case PathOctet.slash:
            if dots == .one || dots == .two { return .dotSegment }
            dots = .atStart
        case PathOctet.semicolon:
            if dots == .one || dots == .two { return .dotSegment }
            dots = .ordinary
        case PathOctet.dot:
            switch dots {
            case .atStart: dots = .one
            case .one: dots = .two
            case .two, .ordinary: dots = .ordinary
            }
        default:
            dots = .ordinary
        }
        return nil
    }

    /// Why a raw byte that no path may contain is refused.
    private static func refusal(ofRaw byte: UInt8) -> RequestPathRefusal {
        switch byte {
        case PathOctet.backslash: .backslash
        case 0x23, 0x3F: .queryOrFragment
        case 0x80...: .rawNonASCII
        default: .controlCharacter
        }
    }
}
