import Glibc

/// Where a listener waits for connections: `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080` or `unix:/run/lintel.sock`.
package enum BindAddress: Sendable, Hashable, CustomStringConvertible {
    /// An address or name, and a port; port 0 lets the system choose.
    case tcp(host: String, port: Int)
    /// A socket in the file system.
    case unix(path: String)

    /// The words of the files.
    package var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }

    /// Reads an address.
    init(parsing text: String) throws(ScalarObjection) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(5))
            guard path.hasPrefix("/") else { throw ScalarObjection(reason: "the path of a socket is absolute") }
            // sun_path holds 108 bytes with the final zero (unix(7)).
            guard path.utf8.count <= 107, !path.utf8.contains(0) else {
                throw ScalarObjection(reason: "the path of a socket has at most 107 bytes")
            }
            self = .unix(path: path)
            return
        }
        guard let colon = text.lastIndex(of: ":") else {
            throw ScalarObjection(reason: "the port is missing", suggestion: text.isEmpty ? nil : "write \(text):8080")
        }
        let host = text[..<colon]
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.count <= 5, digits.utf8.allSatisfy(\.isASCIIDigit), let port = Int(digits),
            port <= 65_535
        else { throw ScalarObjection(reason: "the port has to be from 0 to 65535") }
        guard !host.isEmpty else {
            throw ScalarObjection(reason: "the host is missing", suggestion: "write 0.0.0.0:\(port) for every address")
        }
        if host.hasPrefix("[") {
            guard host.hasSuffix("]"), HostText.isIPv6(String(host.dropFirst().dropLast())) else {
                throw ScalarObjection(reason: "what stands in brackets is no IPv6 address")
            }
            self = .tcp(host: String(host.dropFirst().dropLast()), port: port)
        } else {
            guard HostText.isNameOrIPv4(String(host)) else {
                throw ScalarObjection(
                    reason: host.contains(":")
                        ? "an IPv6 address stands in brackets" : "the host is neither a name nor an address")
            }
            self = .tcp(host: String(host), port: port)
        }
    }
}

/// The address of a service: scheme, host and port. Whatever path a request has is decided by the API, not here.
package struct EndpointURL: Sendable, Hashable, CustomStringConvertible {
    /// Whether the connection is encrypted (`https`).
    package let isSecure: Bool
    /// Name or address, without brackets.
    package let host: String
    /// The port; the scheme's own where none is written.
    package let port: Int

    /// The words of the files.
    package var description: String { (isSecure ? "https://" : "http://") + authority }

    /// `host:port` for a connection and a log line.
    package var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Takes a URL that has neither path nor query.
    init(_ url: WebURL) throws(ScalarObjection) {
        guard url.rest.isEmpty || url.rest == "/" else {
            throw ScalarObjection(
                reason: "a target has no path", suggestion: "give the path as upstreamPath of the API")
        }
        isSecure = url.scheme == "https"
        host = url.host
        port = url.port
    }
}

/// An http or https URL that the gateway itself calls.
package struct WebURL: Sendable, Hashable, CustomStringConvertible {
    /// `http` or `https`.
    package let scheme: String
    /// Name or address, without brackets.
    package let host: String
    /// The port; the scheme's own where none is written.
    package let port: Int
    /// Path and query as written; empty or starting with `/` or `?`.
    package let rest: String
    /// The URL as written.
    package let description: String

    /// Reads a URL (RFC 3986 §3; RFC 9110 §4.2: http and https, a host that is not empty, no user information).
    init(parsing text: String) throws(ScalarObjection) {
        description = text
        guard let separator = text.firstRange(of: "://") else {
            throw ScalarObjection(reason: "the scheme is missing", suggestion: "write http://\(text)")
        }
        scheme = text[..<separator.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else {
            throw ScalarObjection(reason: "the scheme is http or https")
        }
        let after = text[separator.upperBound...]
        let end = after.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? after.endIndex
        let authority = after[..<end]
        rest = String(after[end...])
        guard !rest.contains("#") else { throw ScalarObjection(reason: "a fragment has no meaning here") }
        guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw ScalarObjection(reason: "the path has characters that are not allowed")
        }
        guard !authority.contains("@") else {
            throw ScalarObjection(reason: "user information is not allowed in a URL")
        }
        var hostText = authority
        var port = scheme == "https" ? 443 : 80
        if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
            let digits = authority[authority.index(after: colon)...]
            guard !digits.isEmpty, digits.utf8.count <= 5, digits.utf8.allSatisfy(\.isASCIIDigit),
                let number = Int(digits),
                (1...65_535).contains(number)
            else { throw ScalarObjection(reason: "the port has to be from 1 to 65535") }
            port = number
            hostText = authority[..<colon]
        }
        self.port = port
        if hostText.hasPrefix("["), hostText.hasSuffix("]") {
            host = String(hostText.dropFirst().dropLast())
            guard HostText.isIPv6(host) else {
                throw ScalarObjection(reason: "what stands in brackets is no IPv6 address")
            }
        } else {
            host = String(hostText)
            guard HostText.isNameOrIPv4(host) else {
                throw ScalarObjection(
                    reason: host.isEmpty ? "the host is missing" : "the host is neither a name nor an address")
            }
        }
    }
}

/// The forms of host names and addresses.
enum HostText {
    /// Whether text is an IPv6 address without brackets.
    static func isIPv6(_ text: String) -> Bool {
        var address = in6_addr()
        return inet_pton(AF_INET6, text, &address) == 1
    }

    /// Whether text is an IPv4 address in dotted decimals.
    static func isIPv4(_ text: String) -> Bool {
        var address = in_addr()
        return inet_pton(AF_INET, text, &address) == 1
    }

    /// Whether text is an IPv4 address or a host name of letters, digits, `-` and `_` (services in containers have it).
    static func isNameOrIPv4(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 253 else { return false }
        // Digits and points only: an address, or a mistyped one, never a name (RFC 3986 §3.2.2, RFC 1123 §2.1).
        if text.utf8.allSatisfy({ $0.isASCIIDigit || $0 == UInt8(ascii: ".") }) { return isIPv4(text) }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.utf8.first != UInt8(ascii: "-")
                && label.utf8.last != UInt8(ascii: "-")
                && label.utf8.allSatisfy {
                    $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
                }
        }
    }
}
