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
        var isFirstSegment = isRelative && index == start
        var part = Part.path
        while index < text.count {
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "?") where part == .path:
                part = .query
                index += 1
                continue
            case UInt8(ascii: "#") where part != .fragment:
                part = .fragment
                index += 1
                continue
            case UInt8(ascii: "/"): isFirstSegment = false
            case UInt8(ascii: ":"):
                // RFC 3986 §4.2: the first segment of a relative path has no colon.
                if part == .path, isFirstSegment { return false }
            default: break
            }
            let isPlain =
                byte == UInt8(ascii: "/") || (byte == UInt8(ascii: "?") && part != .path)
                || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "@")
            if isPlain {
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
        var hostStart = 0
        if let at = text.lastIndex(of: UInt8(ascii: "@")) {
            var index = 0
            while index < at {
                if text[index] == UInt8(ascii: ":") {
                    index += 1
                } else {
                    guard let next = character(text, index, international, allowsPrivate: false) else { return false }
                    index = next
                }
            }
            hostStart = at + 1
        }
        var index = hostStart
        if index < text.count, text[index] == UInt8(ascii: "[") {
            guard let close = text.firstIndex(of: UInt8(ascii: "]")) else { return false }
            guard isIPLiteral(UnsafeRawBufferPointer(rebasing: text[index + 1..<close])) else { return false }
            index = close + 1
        } else {
            while index < text.count, text[index] != UInt8(ascii: ":") {
                guard let next = character(text, index, international, allowsPrivate: false) else { return false }
                index = next
            }
        }
        guard index < text.count else { return true }
        guard text[index] == UInt8(ascii: ":") else { return false }
        return text[(index + 1)...].allSatisfy(ASCIIClass.isDigit)
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
