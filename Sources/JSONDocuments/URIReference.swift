/// A URI reference in its five parts (RFC 3986 §4.1), for `$ref`, `$id` and the addresses of documents.
///
/// The parts keep the text as written: nothing is decoded or normalised, so that two resolvers that follow the
/// algorithm of RFC 3986 §5.2 arrive at the same bytes.
package struct URIReference: Sendable, Hashable {
    /// The scheme without its colon.
    package var scheme: String?
    /// The authority without its two slashes.
    package var authority: String?
    /// The path; may be empty.
    package var path: String
    /// The query without its question mark.
    package var query: String?
    /// The fragment without its number sign.
    package var fragment: String?

    /// Takes a reference apart (RFC 3986 appendix B). Every text is some reference, so this never fails.
    package init(_ text: String) {
        var rest = Substring(text)
        if let mark = rest.utf8.firstIndex(of: UInt8(ascii: "#")) {
            fragment = String(rest[rest.utf8.index(after: mark)...])
            rest = rest[..<mark]
        }
        if let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) {
            query = String(rest[rest.utf8.index(after: mark)...])
            rest = rest[..<mark]
        }
        if let colon = rest.utf8.firstIndex(of: UInt8(ascii: ":")), Self.isScheme(rest[..<colon]) {
            scheme = String(rest[..<colon])
            rest = rest[rest.utf8.index(after: colon)...]
        }
        if rest.utf8.starts(with: "//".utf8) {
            rest = rest.dropFirst(2)
            let end = rest.utf8.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
            authority = String(rest[..<end])
            rest = rest[end...]
        }
        path = String(rest)
    }

    /// The `file` URI of an absolute path, percent-encoded where a URI path needs it.
    package init(filePath: String) {
        scheme = "file"
        authority = ""
        path = ""
        for byte in filePath.utf8 {
            if Self.isPathByte(byte) {
                path.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                path += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
    }

    /// The path on this machine that a `file` URI names, decoded; nil for other schemes, hosts and broken encoding.
    package var filePath: String? {
        guard scheme?.lowercased() == "file", authority ?? "" == "" || authority == "localhost" else { return nil }
        guard let bytes = PercentEncoding.decoded(Array(path.utf8)), !bytes.contains(0) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// This reference against a base (RFC 3986 §5.2.2, strict).
    package func resolved(against base: URIReference) -> URIReference {
        var target = self
        if scheme != nil {
            target.path = Self.withoutDotSegments(path)
            return target
        }
        target.scheme = base.scheme
        if authority != nil {
            target.path = Self.withoutDotSegments(path)
            return target
        }
        target.authority = base.authority
        if path.isEmpty {
            target.path = base.path
            target.query = query ?? base.query
        } else if path.utf8.first == UInt8(ascii: "/") {
            target.path = Self.withoutDotSegments(path)
        } else {
            target.path = Self.withoutDotSegments(Self.merge(base, path))
        }
        return target
    }

    /// Resolves a reference against a base, both as text.
    ///
    /// - Returns: The identifier without fragment, and the fragment, percent-encoded; empty if absent.
    package static func resolve(_ reference: String, against base: String) -> (uri: String, fragment: String) {
        // A reference into the same resource is by far the most frequent one.
        if reference.utf8.first == UInt8(ascii: "#") { return (base, String(reference.dropFirst())) }
        let resolved = URIReference(reference).resolved(against: URIReference(base))
        return (resolved.withoutFragment, resolved.fragment ?? "")
    }

    /// The reference as text (RFC 3986 §5.3).
    package var text: String {
        fragment.map { withoutFragment + "#" + $0 } ?? withoutFragment
    }

    /// The reference as text, without number sign and fragment.
    package var withoutFragment: String {
        var out = ""
        if let scheme { out += scheme + ":" }
        if let authority { out += "//" + authority }
        out += path
        if let query { out += "?" + query }
        return out
    }

    /// RFC 3986 §5.2.3.
    private static func merge(_ base: URIReference, _ path: String) -> String {
        if base.authority != nil, base.path.isEmpty { return "/" + path }
        guard let slash = base.path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return String(base.path[...slash]) + path
    }

    /// RFC 3986 §5.2.4, on whole segments; a relative path keeps the `..` that lead out of it.
    private static func withoutDotSegments(_ path: String) -> String {
        let isAbsolute = path.utf8.first == UInt8(ascii: "/")
        let segments = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard segments.contains(where: { Self.isDots($0) }) else { return path }
        var kept: [Substring.UTF8View] = []
        for (position, segment) in segments.enumerated() {
            if isAbsolute, position == 0 { continue }
            guard Self.isDots(segment) else {
                kept.append(segment)
                continue
            }
            if segment.count == 2 {
                if let last = kept.last, !Self.isDots(last) {
                    kept.removeLast()
                } else if !isAbsolute {
                    kept.append(segment)
                }
            }
            if position == segments.count - 1 { kept.append(Substring("").utf8) }
        }
        return (isAbsolute ? "/" : "") + kept.map { String(Substring($0)) }.joined(separator: "/")
    }

    /// Whether a segment is `.` or `..`.
    private static func isDots(_ segment: Substring.UTF8View) -> Bool {
        (segment.count == 1 || segment.count == 2) && segment.allSatisfy { $0 == UInt8(ascii: ".") }
    }

    /// `ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )` (RFC 3986 §3.1).
    private static func isScheme(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, isLetter(first) else { return false }
        return text.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || [0x2B, 0x2D, 0x2E].contains($0) }
    }

    /// ASCII letters.
    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

    /// `pchar` and `/` (RFC 3986 §3.3) without the percent sign.
    private static func isPathByte(_ byte: UInt8) -> Bool {
        if isLetter(byte) || (0x30...0x39).contains(byte) { return true }
        return "-._~!$&'()*+,;=:@/".utf8.contains(byte)
    }
}
