/// Where a Redis server is, and who one is there: `redis://[user[:password]@]host[:port][/database]`, `rediss` for TLS.
package struct RedisAddress: Sendable, Equatable {
    /// The host's name or address.
    package let host: String
    /// The port.
    package let port: Int
    /// Whether the connection is secured by TLS.
    package let isSecure: Bool
    /// The user; `default` where there is only a password.
    let user: String
    /// The password; nil: none.
    let password: String?
    /// The number of the database.
    let database: Int
    /// Certificates (PEM) that are trusted for it; nil for the system's.
    package var authorities: [UInt8]?

    /// Reads a URL; nil for one that is none.
    package init?(_ url: [UInt8]) {
        var text = String(decoding: url, as: UTF8.self)[...]
        while text.last?.isNewline == true { text.removeLast() }
        if text.hasPrefix("redis://") {
            isSecure = false
        } else if text.hasPrefix("rediss://") {
            isSecure = true
        } else {
            return nil
        }
        text = text.dropFirst(isSecure ? 9 : 8)
        var (user, password) = ("default", String?.none)
        if let at = text.lastIndex(of: "@") {
            let parts = text[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(parts[0]) else { return nil }
            if parts.count == 2 {
                guard let secret = Self.decoded(parts[1]) else { return nil }
                password = secret
            }
            if !name.isEmpty { user = name }
            text = text[text.index(after: at)...]
        }
        (self.user, self.password) = (user, password)
        var database = 0
        if let slash = text.firstIndex(of: "/") {
            let number = text[text.index(after: slash)...]
            guard number.isEmpty || Int(number).map({ (0...65_535).contains($0) }) == true else { return nil }
            database = Int(number) ?? 0
            text = text[..<slash]
        }
        self.database = database
        if text.first == "[", let end = text.firstIndex(of: "]") {
            host = String(text[text.index(after: text.startIndex)..<end])
            text = text[text.index(after: end)...]
        } else {
            let name = text.prefix { $0 != ":" }
            host = String(name)
            text = text[name.endIndex...]
        }
        guard !host.isEmpty else { return nil }
        if text.isEmpty {
            port = 6379
        } else {
            guard text.first == ":", let number = Int(text.dropFirst()), (1...65_535).contains(number) else {
                return nil
            }
            port = number
        }
    }

    /// Percent-decoded text.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let octet = rest.popFirst() {
            guard octet == UInt8(ascii: "%") else {
                bytes.append(octet)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
