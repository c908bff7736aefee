import Glibc
import SourceDiagnostics

/// A policy that allows a number of requests in a span of time.
package struct RateLimitPolicySettings: SettingsSection {
    /// What is counted by itself.
    package enum Subject: String, Sendable, CaseIterable {
        /// Each known consumer; who is unknown counts by address.
        case consumer
        /// Each client address.
        case address
        /// Each operation, whoever calls it.
        case operation
    }

    /// What is counted by itself.
    package let key: Subject
    /// How many requests in which time.
    package let limit: Rate
    /// How many may come at once; nil means as many as the limit's number.
    package let burst: Int?

    /// The keys of a rate limit.
    private enum Key {
        /// The key `key`.
        static let key = DefaultedKey(
            "key", ValueForm<Subject>.choice(), "What is counted by itself.", builtIn: .consumer)
        /// The key `limit`.
        static let limit = SettingKey("limit", .rate(), "How many requests in which time.", isRequired: true)
        /// The key `burst`.
        static let burst = SettingKey(
            "burst", .integer(1...1_000_000), "How many may come at once; without it, as many as the limit's number.")
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "RateLimitPolicy", summary: "Allows a number of requests in a span of time.",
        keys: [Key.key.description, Key.limit.description, Key.burst.description])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        key = reader.value(Key.key)
        let limit = reader.given(Key.limit)?.value
        burst = reader.given(Key.burst)?.value
        guard let limit else { return nil }
        self.limit = limit
    }
}

/// A policy that allows pages of other origins (WHATWG Fetch, "CORS protocol"). The methods come from the contract.
package struct CORSPolicySettings: SettingsSection {
    /// The origins, or `*` alone.
    package let origins: [String]
    /// Whether cookies and credentials may be sent.
    package let credentials: Bool
    /// Request fields that are allowed beside the declared ones.
    package let headers: [String]
    /// Response fields that pages may read.
    package let exposeHeaders: [String]
    /// How long a browser may remember the answer.
    package let maxAge: Duration

    /// The keys of the policy.
    private enum Key {
        /// The key `origins`.
        static let origins = SettingKey(
            "origins", ValueForm<[String]>.list(.origin(), minimum: 1), "The origins that are allowed, or * alone.",
            isRequired: true)
        /// The key `credentials`.
        static let credentials = DefaultedKey(
            "credentials", .boolean(), "Whether cookies and credentials may be sent.", builtIn: false)
        /// The key `headers`.
        static let headers = DefaultedKey(
            "headers", ValueForm<[String]>.list(.token(expected: "the name of a header field")),
            "Request fields that are allowed beside the declared ones.", builtIn: [])
        /// The key `exposeHeaders`.
        static let exposeHeaders = DefaultedKey(
            "exposeHeaders", ValueForm<[String]>.list(.token(expected: "the name of a header field")),
            "Response fields that pages may read.", builtIn: [])
        /// The key `maxAge`.
        static let maxAge = DefaultedKey(
            "maxAge", .duration(minimum: .zero), "How long a browser may remember the answer.", builtIn: .seconds(600))
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "CORSPolicy", summary: "Allows pages of other origins; the methods come from the contract.",
        keys: [
            Key.origins.description, Key.credentials.description, Key.headers.description,
            Key.exposeHeaders.description,
            Key.maxAge.description,
        ])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        let origins = reader.given(Key.origins)?.value
        credentials = reader.value(Key.credentials)
        headers = reader.value(Key.headers)
        exposeHeaders = reader.value(Key.exposeHeaders)
        maxAge = reader.value(Key.maxAge)
        if let origins, origins.contains("*"), let range = reader.range(of: "origins") {
            // WHATWG Fetch: a wildcard never goes with credentials; and beside it the other origins would say nothing.
            if origins.count > 1 || credentials {
                reader.context.run.report(
                    "conflicting-keys",
                    "\(reader.context.path).origins: * stands alone, and never with credentials: true", at: range)
            }
        }
        guard let origins else { return nil }
        self.origins = origins
    }
}

extension ValueForm where Value == String {
    /// An origin such as `https://shop.example.com`, or `*`.
    static func origin() -> ValueForm {
        .scalar(
            .text(pattern: "^(\\*|https?://[^/@?#]+)$", examples: ["https://shop.example.com"]),
            expected: "an origin such as https://shop.example.com, or *", code: "bad-url", show: { $0 }
        ) { text throws(ScalarObjection) in
            if text == "*" { return text }
            let url = try WebURL(parsing: text)
            guard url.rest.isEmpty else { throw ScalarObjection(reason: "an origin has no path") }
            // Browsers send scheme and host in lower case, and the port only where it is not the scheme's own.
            let isDefault = url.port == (url.scheme == "https" ? 443 : 80)
            let host = (url.host.contains(":") ? "[\(url.host)]" : url.host).lowercased()
            return "\(url.scheme)://\(host)" + (isDefault ? "" : ":\(url.port)")
        }
    }
}

/// A policy that allows or refuses addresses of clients. What is refused is refused, whatever is allowed.
package struct AddressPolicySettings: SettingsSection {
    /// The networks that are allowed; empty means all.
    package let allow: [AddressRange]
    /// The networks that are refused.
    package let deny: [AddressRange]

    /// The keys of the policy.
    private enum Key {
        /// The key `allow`.
        static let allow = DefaultedKey(
            "allow", ValueForm<[AddressRange]>.list(.network()), "The networks that are allowed; none means all.",
            builtIn: [])
        /// The key `deny`.
        static let deny = DefaultedKey(
            "deny", ValueForm<[AddressRange]>.list(.network()), "The networks that are refused.", builtIn: [])
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "AddressPolicy", summary: "Allows or refuses addresses of clients.",
        keys: [Key.allow.description, Key.deny.description])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        allow = reader.value(Key.allow)
        deny = reader.value(Key.deny)
        if !reader.has("allow"), !reader.has("deny") {
            reader.context.run.report(
                "missing-key", "\(reader.context.path) needs one of the keys allow, deny", at: reader.range)
        }
    }
}

/// A network: an address and how many of its bits count.
package struct AddressRange: Sendable, Hashable {
    /// The address in network byte order: 4 bytes (IPv4) or 16 (IPv6); bits beyond `prefixLength` are zero.
    package let address: [UInt8]
    /// How many bits count.
    package let prefixLength: Int
    /// The network as written.
    package let text: String
}

extension ValueForm where Value == AddressRange {
    /// `192.0.2.0/24`, `2001:db8::/32`, or one address.
    static func network() -> ValueForm {
        .scalar(
            .text(pattern: "^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$", examples: ["192.0.2.0/24", "2001:db8::/32"]),
            expected: "a network such as 192.0.2.0/24 or 2001:db8::/32", code: "bad-address", show: { $0.text }
        ) { text throws(ScalarObjection) in
            let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            let address = String(parts.first ?? "")
            var bytes = [UInt8](repeating: 0, count: 16)
            if HostText.isIPv4(address) {
                bytes = [UInt8](repeating: 0, count: 4)
                _ = bytes.withUnsafeMutableBytes { inet_pton(AF_INET, address, $0.baseAddress) }
            } else if HostText.isIPv6(address) {
                _ = bytes.withUnsafeMutableBytes { inet_pton(AF_INET6, address, $0.baseAddress) }
            } else {
                throw ScalarObjection()
            }
            var length = bytes.count * 8
            if parts.count == 2 {
                guard parts[1].utf8.allSatisfy(\.isASCIIDigit), let number = Int(parts[1]), number <= length else {
                    throw ScalarObjection(reason: "the prefix length has to be from 0 to \(length)")
                }
                length = number
            }
            for index in bytes.indices {
                let counting = min(8, max(0, length - index * 8))
                let mask = UInt8(truncatingIfNeeded: 0xFF00 >> counting)
                guard bytes[index] & ~mask == 0 else {
                    throw ScalarObjection(reason: "the address has bits beyond the prefix length")
                }
            }
            return AddressRange(address: bytes, prefixLength: length, text: text)
        }
    }
}

/// A policy that sets and removes fields.
package struct HeaderPolicySettings: SettingsSection {
    /// Changes of the request before it is forwarded.
    package let request: HeaderEditSettings?
    /// Changes of the response before it is sent.
    package let response: HeaderEditSettings?

    /// The keys of the policy.
    private enum Key {
        /// The key `request`.
        static let request = SettingKey(
            "request", ValueForm<HeaderEditSettings>.section(), "Changes of the request before it is forwarded.")
        /// The key `response`.
        static let response = SettingKey(
            "response", ValueForm<HeaderEditSettings>.section(), "Changes of the response before it is sent.")
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "HeaderPolicy", summary: "Sets and removes fields.",
        keys: [Key.request.description, Key.response.description])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        request = reader.given(Key.request)?.value
        response = reader.given(Key.response)?.value
        request?.check(
            in: reader.context.appending("request"), at: reader.range(of: "request"), reserved: Self.requestFields)
        response?.check(
            in: reader.context.appending("response"), at: reader.range(of: "response"), reserved: Self.responseFields)
    }

    /// Fields that speak about one connection or delimit content (RFC 9110 §7.6.1, RFC 9112 §6): whoever changes them
    /// changes where a message ends.
    private static let connectionFields: Set<String> = [
        "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
        "http2-settings", "content-length", "content-encoding", "proxy-authenticate", "proxy-authorization",
        "proxy-authentication-info", "via", "x-request-id",
    ]

    /// Fields of requests that the gateway itself decides or states.
    private static let requestFields = connectionFields.union([
        "host", "expect", "content-type", "max-forwards", "accept-encoding", "forwarded", "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
    ])

    /// Fields of responses that the gateway itself decides or states.
    private static let responseFields = connectionFields.union([
        "date", "age", "content-type", "content-range", "allow", "retry-after", "www-authenticate", "cache-status",
        "ratelimit", "ratelimit-policy", "access-control-allow-origin", "access-control-allow-credentials",
        "access-control-allow-headers", "access-control-allow-methods", "access-control-expose-headers",
        "access-control-max-age",
    ])
}

/// Changes of the fields of one message.
package struct HeaderEditSettings: SettingsSection {
    /// Fields that are set, whatever was there before.
    package let set: [Named<String>]
    /// Fields that are removed.
    package let remove: [String]

    /// The keys of the changes.
    private enum Key {
        /// The key `set`.
        static let set = SettingKey(
            "set", ValueForm<[Named<String>]>.mapping(of: .fieldValue(), names: .token),
            "Fields that are set, whatever was there before.")
        /// The key `remove`.
        static let remove = DefaultedKey(
            "remove", ValueForm<[String]>.list(.token(expected: "the name of a header field")),
            "Fields that are removed.",
            builtIn: [])
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "HeaderEdit", summary: "Changes of the fields of one message.",
        keys: [Key.set.description, Key.remove.description])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        set = reader.given(Key.set)?.value ?? []
        remove = reader.value(Key.remove)
    }

    /// Reports names that may not be changed, and names that stand twice: case does not tell them apart (RFC 9110 §5.1).
    fileprivate func check(in context: ValueContext, at range: SourceRange?, reserved: Set<String>) {
        guard let range else { return }
        var seen: Set<String> = []
        for (name, place) in set.map({ ($0.name, $0.range) }) + remove.map({ ($0, range) }) {
            let lower = name.lowercased()
            if reserved.contains(lower) {
                context.run.report(
                    "reserved-field",
                    "\(context.path): \(name) belongs to the connection or is stated by the gateway itself", at: place)
            } else if !seen.insert(lower).inserted {
                context.run.report("duplicate-field", "\(context.path): \(name) stands here twice", at: place)
            }
        }
    }
}

extension ValueForm where Value == String {
    /// The value of a field (RFC 9110 §5.5): no control characters, no blanks around it.
    static func fieldValue() -> ValueForm {
        .scalar(
            .text(pattern: "^[^\\u0000-\\u001F\\u007F]*$", examples: []), expected: "the value of a header field",
            code: "bad-text", show: { $0 }
        ) { text throws(ScalarObjection) in
            guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }), !text.hasPrefix(" "), !text.hasSuffix(" ") else {
                throw ScalarObjection(reason: "it has control characters or blanks around it")
            }
            return text
        }
    }
}
