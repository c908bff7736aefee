import JSONDocuments
import SourceDiagnostics

/// A policy that asks for a signed token (RFC 7519).
package struct JWTPolicySettings: SettingsSection {
    /// Where the keys come from.
    package enum KeySource: Sendable {
        /// A JWK Set at a URL.
        case url(WebURL)
        /// A JWK Set in a file, by its path and content.
        case file(path: String, content: Secret)
    }

    /// An algorithm that signatures may use (RFC 7518 §3.1, RFC 8037). `none` is none of them.
    package enum Algorithm: String, Sendable, CaseIterable {
        /// RSA with PKCS #1 v1.5 padding.
        case rs256 = "RS256", rs384 = "RS384", rs512 = "RS512"
        /// RSA with PSS padding.
        case ps256 = "PS256", ps384 = "PS384", ps512 = "PS512"
        /// ECDSA on the NIST curves.
        case es256 = "ES256", es384 = "ES384", es512 = "ES512"
        /// Ed25519.
        case edDSA = "EdDSA"
        /// HMAC with a shared secret.
        case hs256 = "HS256", hs384 = "HS384", hs512 = "HS512"
    }

    /// What `iss` has to be.
    package let issuer: String
    /// Where the keys come from.
    package let keys: KeySource
    /// Of which `aud` has to name one; empty means any.
    package let audiences: [String]
    /// The algorithms that are accepted.
    package let algorithms: [Algorithm]
    /// By how much clocks may differ.
    package let leeway: Duration

    /// The keys of a token policy.
    private enum Key {
        /// The key `issuer`.
        static let issuer = SettingKey("issuer", .text(), "What the claim iss has to be.", isRequired: true)
        /// The key `jwks`.
        static let keys = SettingKey(
            "jwks", ValueForm<KeySource>.jwks(), "The keys: a URL, or ${file:PATH}.", isRequired: true)
        /// The key `audiences`.
        static let audiences = DefaultedKey(
            "audiences", ValueForm<[String]>.list(.text()), "Of which the claim aud has to name one; none means any.",
            builtIn: [])
        /// The key `algorithms`.
        static let algorithms = DefaultedKey(
            "algorithms", ValueForm<[Algorithm]>.list(.choice(), minimum: 1), "The algorithms that are accepted.",
            builtIn: [.rs256, .es256, .edDSA])
        /// The key `leeway`.
        static let leeway = DefaultedKey(
            "leeway", .duration(minimum: .zero), "By how much clocks may differ.", builtIn: .seconds(30))
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "JWTPolicy", summary: "Asks for a signed token.",
        keys: [
            Key.issuer.description, Key.keys.description, Key.audiences.description, Key.algorithms.description,
            Key.leeway.description,
        ])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        let issuer = reader.given(Key.issuer)?.value
        let keys = reader.given(Key.keys)?.value
        audiences = reader.value(Key.audiences)
        algorithms = reader.value(Key.algorithms)
        leeway = reader.value(Key.leeway)
        guard let issuer, let keys else { return nil }
        self.issuer = issuer
        self.keys = keys
    }
}

extension ValueForm where Value == JWTPolicySettings.KeySource {
    /// A URL, or a whole `${file:PATH}`.
    static func jwks() -> ValueForm {
        let url = ValueForm<WebURL>.url()
        let show: @Sendable (Value) -> String = { source in
            switch source {
            case .url(let url): url.description
            case .file(let path, _): "${file:\(path)}"
            }
        }
        return .single(.any([url.schema, .reference]), show: show) { value, context in
            guard let text = value.string, text.hasPrefix("${file:") else {
                return url.read([value], context).map { .url($0) }
            }
            guard let expanded = ReferenceExpansion.expand(text, at: value.range, context), let path = expanded.file
            else {
                return nil
            }
            return .file(path: path, content: Secret(expanded.bytes))
        }
    }
}

/// A policy that asks for a key from a list.
package struct APIKeyPolicySettings: SettingsSection {
    /// Where the client puts the key.
    package enum Location: Sendable, Hashable {
        /// A header field of this name.
        case header(String)
        /// A query parameter of this name.
        case query(String)
        /// A cookie of this name.
        case cookie(String)
    }

    /// One key of the list.
    package struct Entry: Sendable {
        /// The key.
        package let key: Secret
        /// Who has it, for logs and limits; nil where the list does not say.
        package let consumer: String?
    }

    /// Where the client puts the key.
    package let location: Location
    /// The keys, at least one.
    package let keys: [Entry]

    /// The keys of a key policy.
    private enum Key {
        /// The key `header`.
        static let header = SettingKey(
            "header", .token(expected: "the name of a header field"), "The field that carries the key.")
        /// The key `query`.
        static let query = SettingKey(
            "query", .text(expected: "the name of a query parameter"), "The parameter that carries it.")
        /// The key `cookie`.
        static let cookie = SettingKey(
            "cookie", .token(expected: "the name of a cookie"), "The cookie that carries it.")
        /// The key `keys`.
        static let keys = SettingKey(
            "keys", ValueForm<[Entry]>.apiKeys(), "The keys, one a line; a name may follow each after a blank.",
            isRequired: true)
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "APIKeyPolicy", summary: "Asks for a key from a list, in a header field, a query parameter or a cookie.",
        keys: [Key.header.description, Key.query.description, Key.cookie.description, Key.keys.description],
        exactlyOneOf: ["header", "query", "cookie"])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        let header = reader.given(Key.header)?.value
        let query = reader.given(Key.query)?.value
        let cookie = reader.given(Key.cookie)?.value
        let keys = reader.given(Key.keys)?.value
        guard let keys,
            let location = header.map(Location.header) ?? query.map(Location.query) ?? cookie.map(Location.cookie)
        else { return nil }
        self.location = location
        self.keys = keys
    }
}

extension ValueForm where Value == [APIKeyPolicySettings.Entry] {
    /// A secret whose lines are keys, each with a name after a blank where the line goes on. Empty lines count for
    /// nothing.
    static func apiKeys() -> ValueForm {
        let secret = ValueForm<Secret>.secret()
        return .single(.reference, show: { _ in "***" }) { value, context in
            guard let content = secret.read([value], context) else { return nil }
            return content.withBytes { bytes in
                var entries: [APIKeyPolicySettings.Entry] = []
                let blanks = [UInt8(ascii: " "), UInt8(ascii: "\t")]
                for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                    .enumerated()
                {
                    var line = line.drop { blanks.contains($0) }
                    while let last = line.last, last == UInt8(ascii: "\r") || blanks.contains(last) {
                        line.removeLast()
                    }
                    guard !line.isEmpty else { continue }
                    let end = line.firstIndex { blanks.contains($0) } ?? line.endIndex
                    let key = Secret(Array(line[..<end]))
                    if entries.contains(where: { $0.key == key }) {
                        context.run.report(
                            "duplicate-secret", "\(context.path): line \(index + 1) repeats the key of an earlier line",
                            at: value.range)
                        return nil
                    }
                    let name = line[end...].drop { blanks.contains($0) }
                    entries.append(
                        .init(key: key, consumer: name.isEmpty ? nil : String(decoding: name, as: UTF8.self)))
                }
                if entries.isEmpty {
                    context.run.report("empty-secret", "\(context.path) holds no key", at: value.range)
                    return nil
                }
                return entries
            }
        }
    }
}

/// A policy that asks for a name and a password (RFC 7617).
package struct BasicPolicySettings: SettingsSection {
    /// The content of the list: one `name:password` a line.
    package let users: Secret
    /// What the browser shows.
    package let realm: String

    /// The keys of a password policy.
    private enum Key {
        /// The key `users`.
        static let users = SettingKey("users", .secret(), "The users: one name:password a line.", isRequired: true)
        /// The key `realm`.
        static let realm = DefaultedKey("realm", .text(), "What browsers show when they ask.", builtIn: "lintel")
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "BasicPolicy", summary: "Asks for a name and a password.",
        keys: [Key.users.description, Key.realm.description])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        let users = reader.given(Key.users)?.value
        realm = reader.value(Key.realm)
        guard let users else { return nil }
        self.users = users
    }
}
