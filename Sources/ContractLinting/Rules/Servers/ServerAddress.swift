/// Addresses of servers as clients see them after the variables are replaced.
enum ServerAddress {
    /// Puts values in, percent-encoded where a URL needs it.
    static func substitute(_ url: String, _ values: [String: String]) -> String {
        var out = ""
        var rest = url[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            out += rest[..<open]
            let name = String(rest[rest.index(after: open)..<close])
            out += values[name].map(encoded) ?? "{\(name)}"
            rest = rest[rest.index(after: close)...]
        }
        return out + rest
    }

    /// Whether an address is absolute, with a host and a port that is a number, or relative to the document's own.
    static func isValid(_ address: String) -> Bool {
        if address.utf8.first == UInt8(ascii: "/") { return true }
        guard let colon = address.firstIndex(of: ":"), isScheme(address[..<colon]) else { return false }
        let rest = address[address.index(after: colon)...]
        guard rest.hasPrefix("//") else { return !rest.isEmpty }
        let authority = rest.dropFirst(2).prefix { !["/", "?", "#"].contains($0) }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        return isHost(host)
    }

    /// `host [":" port]` (RFC 3986 §3.2.2, §3.2.3).
    private static func isHost(_ text: Substring) -> Bool {
        var name = text
        if let colon = text.lastIndex(of: ":"), text.last != "]" {
            let port = text[text.index(after: colon)...]
            guard port.isEmpty || UInt16(port) != nil else { return false }
            name = text[..<colon]
        }
        return !name.isEmpty && !name.utf8.contains { [0x20, 0x3C, 0x3E, 0x5C, 0x5E, 0x7C].contains($0) }
    }

    /// `ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )` (RFC 3986 §3.1).
    private static func isScheme(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, (0x61...0x7A).contains(first | 0x20) else { return false }
        return text.utf8.allSatisfy {
            (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || [0x2B, 0x2D, 0x2E].contains($0)
        }
    }

    /// A value with what no URL may hold percent-encoded.
    private static func encoded(_ value: String) -> String {
        var out = ""
        for byte in value.utf8 {
            if byte > 0x20, byte < 0x7F, ![0x22, 0x3C, 0x3E, 0x5C, 0x5E, 0x60, 0x7B, 0x7C, 0x7D].contains(byte) {
                out.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                out += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return out
    }
}
