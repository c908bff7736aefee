/// `uri`, `uri-reference`, `iri`, `iri-reference`: RFC 3986 appendix A and RFC 3987 §2.2.
enum URIFormat {
    /// Whether a text is a URI (or IRI): it begins with a scheme.
    static func isURI(_ text: UnsafeRawBufferPointer, international: Bool) -> Bool {
        guard let colon = schemeEnd(text) else { return false }
        return isRest(text, from: colon + 1, international: international, isRelative: false)
    }

    /// Whether a text is a URI (or IRI) or a relative reference.
    static func isReference(_ text: UnsafeRawBufferPointer, international: Bool) -> Bool {
        if let colon = schemeEnd(text) {
            return isRest(text, from: colon + 1, international: international, isRelative: false)
        }
        return isRest(text, from: 0, international: international, isRelative: true)
    }

    /// Offset of the colon after a scheme; `nil` without one. RFC 3986 §3.1.
    private static func schemeEnd(_ text: UnsafeRawBufferPointer) -> Int? {
        guard let first = text.first, ASCIIClass.isLetter(first) else { return nil }
        for (offset, byte) in text.enumerated() {
            if byte == UInt8(ascii: ":") { return offset }
            let isMember =
                ASCIIClass.isAlphanumeric(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: ".")
            if !isMember { return nil }
        }
        return nil
    }

    /// Checks authority, path, query and fragment.
    private static func isRest(
        _ text: UnsafeRawBufferPointer, from start: Int, international: Bool, isRelative: Bool
    ) -> Bool {
        var index = start
        if start + 1 < text.count, text[start] == UInt8(ascii: "/"), text[start + 1] == UInt8(ascii: "/") {
            var end = start + 2
            while end < text.count, !isAuthorityEnd(text[end]) { end += 1 }
            guard isAuthority(UnsafeRawBufferPointer(rebasing: text[start + 2..<end]), international) else {
                return false
            }
            index = end
        }
        // RFC 3986 §4.2: the first segment of a relative path has no colon.
        if isRelative, index == start, hasColonInFirstSegment(text) { return false }
        var part = Part.path
        while index < text.count {
            let byte = text[index]
            if isPlain(byte) {
                index += 1
            } else if byte == UInt8(ascii: "?") {
                if part == .path { part = .query }
                index += 1
            } else if byte == UInt8(ascii: "#") {
                guard part != .fragment else { return false }
                part = .fragment
                index += 1
            } else {
                guard let next = character(text, index, international, allowsPrivate: part == .query) else {
                    return false
                }
                index = next
            }
        }
        return true
    }

    /// Whether a colon comes before the first slash of a path.
    private static func hasColonInFirstSegment(_ text: UnsafeRawBufferPointer) -> Bool {
        for byte in text {
            if isAuthorityEnd(byte) { return false }
            if byte == UInt8(ascii: ":") { return true }
        }
        return false
    }

    /// Whether a byte is a whole pchar (RFC 3986 §3.3) or a slash: one bit for each of them.
    @inline(__always)
    private static func isPlain(_ byte: UInt8) -> Bool {
        guard byte < 0x80 else { return false }
        let members: UInt64 = byte < 0x40 ? 0x2FFF_FFD2_0000_0000 : 0x47FF_FFFE_87FF_FFFF
        return members &>> UInt64(byte & 0x3F) & 1 != 0
    }

    /// Which part of a reference is read.
    private enum Part {
        /// The path.
        case path
        /// After `?`.
        case query
        /// After `#`.
        case fragment
    }

    /// Whether a byte ends the authority.
    private static func isAuthorityEnd(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }

    /// [ userinfo "@" ] host [ ":" port ], RFC 3986 §3.2.
    private static func isAuthority(_ text: UnsafeRawBufferPointer, _ international: Bool) -> Bool {
        var hostStart = text.count
        while hostStart > 0, text[hostStart - 1] != UInt8(ascii: "@") { hostStart -= 1 }
        if hostStart > 0 {
            let at = hostStart - 1
            var index = 0
            while index < at {
                if isPlain(text[index]), text[index] != UInt8(ascii: "@") {
                    index += 1
                } else {
                    guard let next = character(text, index, international, allowsPrivate: false) else { return false }
                    index = next
                }
            }
        }
        var index = hostStart
        if index < text.count, text[index] == UInt8(ascii: "[") {
            guard let close = text.firstIndex(of: UInt8(ascii: "]")) else { return false }
            guard isIPLiteral(UnsafeRawBufferPointer(rebasing: text[index + 1..<close])) else { return false }
            index = close + 1
        } else {
            while index < text.count, text[index] != UInt8(ascii: ":") {
                if isPlain(text[index]) {
                    index += 1
                    continue
                }
                guard let next = character(text, index, international, allowsPrivate: false) else { return false }
                index = next
            }
        }
        guard index < text.count else { return true }
        guard text[index] == UInt8(ascii: ":") else { return false }
        while index + 1 < text.count {
            index += 1
            guard ASCIIClass.isDigit(text[index]) else { return false }
        }
        return true
    }

    /// IPv6address or IPvFuture, RFC 3986 §3.2.2.
    private static func isIPLiteral(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let first = text.first, first | 0x20 == UInt8(ascii: "v") else { return AddressFormat.isIPv6(text) }
        var index = 1
        while index < text.count, ASCIIClass.isHexDigit(text[index]) { index += 1 }
        guard index > 1, index + 1 < text.count, text[index] == UInt8(ascii: ".") else { return false }
        return text[(index + 1)...].allSatisfy { isUnreserved($0) || isSubDelimiter($0) || $0 == UInt8(ascii: ":") }
    }

    /// Reads unreserved, sub-delims, a percent-encoded octet, or in an IRI a character beyond ASCII.
    /// - Returns: Where the next one begins; `nil` if this one is not allowed.
    static func character(
        _ text: UnsafeRawBufferPointer, _ index: Int, _ international: Bool, allowsPrivate: Bool
    ) -> Int? {
        let byte = text[index]
        if isUnreserved(byte) || isSubDelimiter(byte) { return index + 1 }
        if byte == UInt8(ascii: "%") {
            guard index + 2 < text.count, ASCIIClass.isHexDigit(text[index + 1]),
                ASCIIClass.isHexDigit(text[index + 2])
            else { return nil }
            return index + 3
        }
        guard international, byte >= 0x80, let (value, next) = UTF8Reader.scalar(text, index) else { return nil }
        return isInternational(value) || (allowsPrivate && isPrivate(value)) ? next : nil
    }

    /// unreserved, RFC 3986 §2.3.
    static func isUnreserved(_ byte: UInt8) -> Bool {
        ASCIIClass.isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "~")
    }

    /// sub-delims, RFC 3986 §2.2.
    private static func isSubDelimiter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("),
            UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: ";"),
            UInt8(ascii: "="):
            true
        default: false
        }
    }

    /// ucschar, RFC 3987 §2.2.
    static func isInternational(_ value: UInt32) -> Bool {
        switch value {
        case 0xA0...0xD7FF, 0xF900...0xFDCF, 0xFDF0...0xFFEF: true
        case 0x10000...0xDFFFF: value & 0xFFFF <= 0xFFFD
        case 0xE1000...0xEFFFD: true
        default: false
        }
    }

    /// iprivate, RFC 3987 §2.2: in queries only.
    static func isPrivate(_ value: UInt32) -> Bool {
        switch value {
        case 0xE000...0xF8FF, 0xF0000...0xFFFFD, 0x100000...0x10FFFD: true
        default: false
        }
    }
}
