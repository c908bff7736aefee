/// Identifiers of schema resources: RFC 3986, as far as references between documents need it.
///
/// Works on text without checking it: an identifier that is no URI simply leads nowhere.
struct ResourceURI: Sendable, Hashable {
    /// Before the first colon.
    var scheme: Substring?
    /// After `//`.
    var authority: Substring?
    /// The path.
    var path: Substring
    /// After `?`.
    var query: Substring?
    /// After `#`, percent-encoded.
    var fragment: Substring?

    /// Takes a reference apart, RFC 3986 appendix B.
    init(_ text: String) {
        var rest = Substring(text)
        if let hash = rest.utf8.firstIndex(of: UInt8(ascii: "#")) {
            fragment = rest[rest.utf8.index(after: hash)...]
            rest = rest[..<hash]
        }
        if let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) {
            query = rest[rest.utf8.index(after: mark)...]
            rest = rest[..<mark]
        }
        if let colon = rest.utf8.firstIndex(of: UInt8(ascii: ":")), Self.isScheme(rest[..<colon]) {
            scheme = rest[..<colon]
            rest = rest[rest.utf8.index(after: colon)...]
        }
        if rest.utf8.starts(with: "//".utf8) {
            rest = rest.dropFirst(2)
            let end = rest.utf8.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
            authority = rest[..<end]
            rest = rest[end...]
        }
        path = rest
    }

    /// Whether a text can be a scheme, RFC 3986 §3.1.
    private static func isScheme(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, (0x61...0x7A).contains(first | 0x20) else { return false }
        return text.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "+")
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
        }
    }

    /// The reference with another one as its base, RFC 3986 §5.2.2.
    func resolved(against base: ResourceURI) -> ResourceURI {
        var result = self
        if scheme != nil {
            result.path = Self.removeDotSegments(path)
            return result
        }
        result.scheme = base.scheme
        if authority != nil {
            result.path = Self.removeDotSegments(path)
            return result
        }
        result.authority = base.authority
        if path.isEmpty {
            result.path = base.path
            if query == nil { result.query = base.query }
        } else if path.utf8.first == UInt8(ascii: "/") {
            result.path = Self.removeDotSegments(path)
        } else {
            result.path = Self.removeDotSegments(Substring(Self.merge(base, path)))
        }
        return result
    }

    /// The base's path up to its last slash, with a relative path behind it, RFC 3986 §5.2.3.
    private static func merge(_ base: ResourceURI, _ path: Substring) -> String {
        if base.authority != nil, base.path.isEmpty { return "/" + path }
        guard let slash = base.path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return String(path) }
        return String(base.path[...slash]) + path
    }

    /// The path without `.` and `..`, RFC 3986 §5.2.4; a relative path keeps the `..` that lead out of it.
    private static func removeDotSegments(_ path: Substring) -> Substring {
        guard path.utf8.contains(UInt8(ascii: ".")) else { return path }
        var output: [Substring] = []
        let isAbsolute = path.utf8.first == UInt8(ascii: "/")
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            switch segment {
            case ".": if isLast { output.append("") }
            case "..":
                if let last = output.last, last != "..", !(output.count == 1 && isAbsolute) {
                    output.removeLast()
                } else if !isAbsolute {
                    output.append(segment)
                }
                if isLast { output.append("") }
            default: output.append(segment)
            }
        }
        return Substring(output.joined(separator: "/"))
    }

    /// The identifier without its fragment.
    var withoutFragment: String {
        var text = ""
        if let scheme { text += scheme + ":" }
        if let authority { text += "//" + authority }
        text += path
        if let query { text += "?" + query }
        return text
    }

    /// Resolves a reference.
    /// - Parameters:
    ///   - reference: A URI reference.
    ///   - base: The identifier that it is relative to.
    /// - Returns: The identifier without fragment, and the fragment (percent-encoded; empty if absent).
    static func resolve(_ reference: String, against base: String) -> (uri: String, fragment: String) {
        // A reference into the same resource is by far the most frequent one.
        if reference.utf8.first == UInt8(ascii: "#") { return (base, String(reference.dropFirst())) }
        let resolved = ResourceURI(reference).resolved(against: ResourceURI(base))
        return (resolved.withoutFragment, resolved.fragment.map { String($0) } ?? "")
    }
}
